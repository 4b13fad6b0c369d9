// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where a thread's stack ends, so that values nested without limit fail before it does.
struct StackBounds {
  private let lowest: UInt
  private let highest: UInt

  /// Room for the calls between two looks at the stack, and for what an error needs. In bytes.
  private static var margin: UInt { 48 << 10 }

  static func ofThisThread() -> StackBounds {
    #if canImport(Glibc) || canImport(Musl)
      var attributes = pthread_attr_t()
      guard let getAttributes, getAttributes(pthread_self(), &attributes) == 0 else {
        return unknown
      }
      defer { pthread_attr_destroy(&attributes) }
      var start: UnsafeMutableRawPointer?
      var size = 0
      guard pthread_attr_getstack(&attributes, &start, &size) == 0, let start else {
        return unknown
      }
      let lowest = UInt(bitPattern: start)
      return StackBounds(lowest: lowest, highest: lowest + UInt(size))
    #else
      return unknown
    #endif
  }

  #if canImport(Glibc) || canImport(Musl)
    /// `pthread_getattr_np`, which the headers only show to programs that ask for extensions.
    private static let getAttributes =
      dlsym(nil, "pthread_getattr_np").map {
        unsafeBitCast(
          $0,
          to: (@convention(c) (pthread_t, UnsafeMutablePointer<pthread_attr_t>) -> CInt).self)
      }
  #endif

  private static var unknown: StackBounds { StackBounds(lowest: 0, highest: 0) }

  /// Whether the caller may go deeper. True on a stack that is not the thread's own.
  var hasRoom: Bool {
    var here = 0
    let address = withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) }
    guard address >= lowest, address < highest else { return true }
    return address - lowest > Self.margin
  }
}
