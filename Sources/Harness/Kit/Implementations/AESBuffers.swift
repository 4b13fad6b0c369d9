/// Input and output of a timed AES case: 64-byte aligned, never aliasing modulo 4 KiB.
///
/// A load whose address equals that of an older store in its low 12 bits waits for that store on
/// many CPUs. Half a page between input and output keeps them apart.
package final class AESBuffers {
  package let input: UnsafeMutablePointer<UInt8>
  package let output: UnsafeMutablePointer<UInt8>
  package let count: Int
  private let memory: UnsafeMutableRawPointer

  private static let page = 4096

  /// - Parameters:
  ///   - count: Bytes of either; the input's are random, those of the output zero.
  ///   - seed: What the input follows from.
  ///   - layout: Any number; 64 in a row put the buffers at 64 different page offsets.
  package init(count: Int, seed: UInt64, layout: Int) {
    let page = Self.page
    // An odd number of cache lines reaches every one of a page's 64.
    let offset = (layout % 64 + 64) % 64 * (29 * 64) % page
    let span = (count + page - 1) / page * page + page
    memory = .allocate(byteCount: 2 * span + page, alignment: page)
    let start = memory.bindMemory(to: UInt8.self, capacity: 2 * span + page)
    start.initialize(repeating: 0, count: 2 * span + page)
    input = start + offset
    output = start + span + (offset + page / 2) % page
    self.count = count

    var random = SeededGenerator(seed: seed)
    let words = UnsafeMutableRawPointer(input)
    for position in stride(from: 0, to: count - count % 8, by: 8) {
      words.storeBytes(of: random.next(), toByteOffset: position, as: UInt64.self)
    }
    for (position, byte) in zip(count - count % 8..<count, random.bytes(count % 8)) {
      input[position] = byte
    }
  }

  deinit { memory.deallocate() }
}
