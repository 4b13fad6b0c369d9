import Foundation
import OptlabBasics

/// How long a message is, and where in memory it lies.
struct Placement: CustomStringConvertible {
  /// In bytes.
  var count: Int
  /// Of the address modulo 64, 0 to 63.
  var inputOffset = 0
  var outputOffset = 0
  /// Of the address modulo 16.
  var counterOffset = 0
  /// Whether input and output are one, at `outputOffset`.
  var inPlace = false

  init(count: Int) { self.count = count }

  init(count: Int, random: inout SeededGenerator) {
    self.count = count
    inputOffset = random.below(64)
    outputOffset = random.below(64)
    counterOffset = random.below(16)
  }

  var description: String {
    "\(count) bytes, "
      + (inPlace
        ? "in place at alignment \(outputOffset)"
        : "alignments \(inputOffset) to \(outputOffset)")
  }
}

/// Memory for a message of which every byte around it is watched.
final class CheckedMessage {
  /// Watched bytes on either side.
  private static let margin = 64

  private let input: UnsafeMutableRawBufferPointer
  private let output: UnsafeMutableRawBufferPointer
  private let counterBlock: UnsafeMutableRawBufferPointer
  /// What `input` holds between calls.
  private let pristine: [UInt8]
  /// What watched bytes of `output` and `counterBlock` hold before a call.
  private let canaries: [UInt8]

  /// - Parameters:
  ///   - capacity: Of the longest message, in bytes.
  ///   - text: What the texts follow from.
  init(capacity: Int, text: SeededGenerator) {
    var random = text
    let bytes = capacity + 64 + 2 * Self.margin
    pristine = random.bytes(bytes)
    canaries = (0..<bytes).map { 0xC5 ^ UInt8(truncatingIfNeeded: $0) }
    input = .allocate(byteCount: bytes, alignment: 64)
    input.copyBytes(from: pristine)
    output = .allocate(byteCount: bytes, alignment: 64)
    output.initializeMemory(as: UInt8.self, repeating: 0)
    counterBlock = .allocate(byteCount: 64, alignment: 64)
    counterBlock.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit {
    input.deallocate()
    output.deallocate()
    counterBlock.deallocate()
  }

  /// Encrypts a text, and compares the result and everything around it.
  ///
  /// - Parameters:
  ///   - keystream: What the reference says, at least as long as the message.
  ///   - text: The message; random bytes where it is nil.
  func crypt(
    _ kernel: AESKernel, _ context: UnsafeMutableRawPointer, counter: [UInt8], keystream: [UInt8],
    _ placement: Placement, text: [UInt8]?
  ) throws(Mismatch) {
    let n = placement.count
    let margin = Self.margin
    let inputStart = margin + placement.inputOffset
    let outputStart = margin + placement.outputOffset
    let to = output.baseAddress! + outputStart
    let text = text.map { $0.prefix(n) }
    if let text { write(text, at: inputStart) }
    defer { if text != nil { write(pristine[inputStart..<inputStart + n], at: inputStart) } }

    let watched = outputStart - margin..<outputStart + n + margin
    canaries.withUnsafeBytes {
      output.baseAddress!.advanced(by: watched.lowerBound).copyMemory(
        from: $0.baseAddress! + watched.lowerBound, byteCount: watched.count)
      counterBlock.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<counterBlock.count]))
    }
    if placement.inPlace {
      to.copyMemory(from: input.baseAddress! + inputStart, byteCount: n)
    } else {
      // Nothing that is left unwritten can pass for right.
      keystream.withUnsafeBufferPointer { keystream in
        let text = (input.baseAddress! + inputStart).assumingMemoryBound(to: UInt8.self)
        let result = to.assumingMemoryBound(to: UInt8.self)
        for i in 0..<n { result[i] = ~(text[i] ^ keystream[i]) }
      }
    }
    for i in 0..<16 { counterBlock[placement.counterOffset + i] = counter[i] }

    let from = placement.inPlace ? to : input.baseAddress! + inputStart
    let block = counterBlock.baseAddress! + placement.counterOffset
    kernel.row.crypt(
      context, block.assumingMemoryBound(to: UInt8.self),
      from.assumingMemoryBound(to: UInt8.self), to.assumingMemoryBound(to: UInt8.self), n)

    try checkInput(placement, text)
    try checkText(placement, keystream)
    if let i = difference(output, canaries, watched.lowerBound..<outputStart) {
      throw Mismatch(check: "", summary: "writes \(outputStart - i) byte(s) before the output")
    }
    if let i = difference(output, canaries, outputStart + n..<watched.upperBound) {
      throw Mismatch(
        check: "", summary: "writes past the output: byte \(i - outputStart) of \(n) changed")
    }
    for i in counterBlock.indices {
      let position = i - placement.counterOffset
      let expected = (0..<16).contains(position) ? counter[position] : canaries[i]
      if counterBlock[i] != expected {
        throw Mismatch(check: "", summary: "changes the counter it was given, at byte \(position)")
      }
    }
  }

  private func checkText(_ placement: Placement, _ keystream: [UInt8]) throws(Mismatch) {
    let (inputStart, n) = (Self.margin + placement.inputOffset, placement.count)
    let result = output[(Self.margin + placement.outputOffset)...].prefix(n)
    let isRight = keystream.withUnsafeBufferPointer { keystream in
      let text = (input.baseAddress! + inputStart).assumingMemoryBound(to: UInt8.self)
      let result = UnsafeRawBufferPointer(rebasing: result).assumingMemoryBound(to: UInt8.self)
      var difference: UInt8 = 0
      for i in 0..<n { difference |= result[i] ^ text[i] ^ keystream[i] }
      return difference == 0
    }
    guard !isRight else { return }
    // In place the text is gone, but the input's memory still has it.
    let expected = (0..<n).map { input[inputStart + $0] ^ keystream[$0] }
    if let mismatch = Mismatch(check: "", expected: expected, actual: [UInt8](result)) {
      throw mismatch
    }
  }

  private func checkInput(_ placement: Placement, _ text: ArraySlice<UInt8>?) throws(Mismatch) {
    let (start, n) = (Self.margin + placement.inputOffset, placement.count)
    let position =
      difference(input, pristine, start - Self.margin..<start)
      ?? (text.map { difference(input, $0, at: start) }
        ?? difference(input, pristine, start..<start + n))
      ?? difference(input, pristine, start + n..<start + n + Self.margin)
    if let position {
      throw Mismatch(check: "", summary: "changes its input, at byte \(position - start) of \(n)")
    }
  }

  // MARK: Bytes, many at a time: thousands of lengths are checked

  private func write(_ bytes: ArraySlice<UInt8>, at start: Int) {
    UnsafeMutableRawBufferPointer(rebasing: input[start..<start + bytes.count])
      .copyBytes(from: bytes)
  }

  /// - Returns: The first position of `range` at which they differ; nil where they are the same.
  private func difference(
    _ memory: UnsafeMutableRawBufferPointer, _ expected: [UInt8], _ range: Range<Int>
  ) -> Int? {
    difference(memory, expected[range], at: range.lowerBound)
  }

  private func difference(
    _ memory: UnsafeMutableRawBufferPointer, _ expected: ArraySlice<UInt8>, at start: Int
  ) -> Int? {
    let found = memory[start..<start + expected.count]
    let isSame = expected.withUnsafeBytes {
      $0.isEmpty || memcmp($0.baseAddress!, memory.baseAddress! + start, $0.count) == 0
    }
    return isSame ? nil : zip(found.indices, zip(found, expected)).first { $1.0 != $1.1 }?.0
  }
}
