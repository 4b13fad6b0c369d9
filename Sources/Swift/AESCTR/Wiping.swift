#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension UnsafeMutableRawBufferPointer {
  /// Overwrites memory with zeros, also where the compiler thinks that nobody looks.
  func wipe() {
    guard let baseAddress, count > 0 else { return }
    #if canImport(Darwin)
      memset_s(baseAddress, count, 0, count)
    #else
      explicit_bzero(baseAddress, count)
    #endif
  }
}
