import Foundation
import OptlabAES
import OptlabCPU
import OptlabJSON
import OptlabReport
import Testing

@Suite("Large messages")
struct LargeMessageTests {
  /// Large enough for what a kernel may do where no cache keeps the output: write past the caches.
  /// The counter passes 2^32 on the way.
  @Test(arguments: KernelArgument.available, [0, 1])
  func aMessageOfManyMebibytes(_ argument: KernelArgument, misalignment: Int) throws {
    let count = (8 << 20) + 777
    let counter = [UInt8](repeating: 0x5A, count: 12) + [0xFF, 0xFF, 0xFF, 0xF3]
    let key = [UInt8](0..<32)
    let text = Self.text(count)
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: 2 * (count + 64), alignment: 64)
    defer { memory.deallocate() }
    let expected = UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
    let start = count + 64 - count % 64 + misalignment
    let actual = UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + count])

    func crypt(_ kernel: AESKernel, _ output: UnsafeMutableRawBufferPointer) throws {
      let context = AESKernel.Context(kernel)
      try context.setKey(key)
      text.withUnsafeBytes { context.crypt(counter: counter, input: $0, output: output) }
    }
    let openssl = try #require(KernelArgument.available.first { $0.kernel.id == "openssl" })
    try crypt(openssl.kernel, expected)
    try crypt(argument.kernel, actual)
    #expect(memcmp(expected.baseAddress!, actual.baseAddress!, count) == 0)
  }
}

extension LargeMessageTests {
  /// So many bytes; their contents do not matter here, so they are made fast.
  fileprivate static func text(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
      for i in 0..<count { bytes[i] = UInt8(truncatingIfNeeded: i &* 167 >> 3) }
      initialized = count
    }
  }
}
