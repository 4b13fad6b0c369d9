#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory between two pages that nobody may touch: a read or write one byte too far ends the
/// process, also where no sanitizer looks.
package final class GuardedBuffer {
  /// The accessible bytes, whole pages.
  package let bytes: UnsafeMutableRawBufferPointer
  /// An address that faults on any access.
  package var forbidden: UnsafeMutableRawPointer { bytes.baseAddress! - page }

  private let page = Int(sysconf(Int32(_SC_PAGESIZE)))

  /// - Parameter capacity: Rounded up to whole pages.
  package init(capacity: Int) {
    let count = max((capacity + page - 1) / page, 1) * page
    let mapping = mmap(
      nil, count + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapping, mapping != MAP_FAILED,
      mprotect(mapping, page, PROT_NONE) == 0,
      mprotect(mapping + page + count, page, PROT_NONE) == 0
    else { fatalError("no memory for guard pages: \(String(cString: strerror(errno)))") }
    bytes = UnsafeMutableRawBufferPointer(start: mapping + page, count: count)
  }

  deinit { munmap(forbidden, bytes.count + 2 * page) }

  /// `count` bytes, the first one at the start of the first page.
  package func first(_ count: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
  }

  /// `count` bytes, the last one at the end of the last page.
  package func last(_ count: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: bytes[(bytes.count - count)...])
  }
}
