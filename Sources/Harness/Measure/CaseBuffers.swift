import OptlabBasics

/// Input and output of a timed case: 64-byte aligned, never aliasing modulo 4 KiB.
///
/// A load whose address equals that of an older store in its low 12 bits waits for that store on
/// many CPUs. Half a page between input and output keeps them apart.
package final class CaseBuffers {
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

extension CaseBuffers {
  /// Changes the input at ``places(_:)``; where output was, it is another one's from now on.
  package func renew(_ seed: UInt64) {
    for (place, change) in places(seed) { input[place] ^= change | 1 }
  }

  /// Spoils the output at such places, and none of the input.
  package func spoilOutput(_ seed: UInt64) {
    for (place, change) in places(seed) { output[place] ^= change | 1 }
  }

  /// One place in each sixteenth of the first page, so that whoever leaves out a part of a short
  /// message is found out, and one in each page behind it. They follow from `seed`.
  private func places(_ seed: UInt64) -> [(place: Int, change: UInt8)] {
    var random = SeededGenerator(seed: seed)
    func place(_ range: Range<Int>) -> (Int, UInt8) {
      let change = UInt8(truncatingIfNeeded: random.next())
      return (range.lowerBound + random.below(range.count), change)
    }
    let first = min(4096, count)
    let parts = min(16, first)
    return (0..<parts).map { place(first * $0 / parts..<first * ($0 + 1) / parts) }
      + stride(from: 4096, to: count, by: 4096).map { place($0..<min($0 + 4096, count)) }
  }
}
