import AESCTR
import CAES
import OptlabBasics
import OptlabMeasure
import Synchronization

/// What a timed AES case must have put out: its text, xor a keystream that no measured code has
/// written.
///
/// The keystream comes from `swift-table`, called here, and is held at random places against the
/// reference, which would take too long for all of it.
enum AESExpectedOutput {
  private struct Stream: Hashable {
    var key: [UInt8]
    var counter: [UInt8]
  }

  /// The longest keystream so far of each key and counter: the cases of a workload share them.
  private static let streams = Mutex<[Stream: [UInt8]]>([:])

  /// Blocks of each keystream that the reference is asked for.
  private static let referenceBlocks = 8

  /// The beginning of a keystream, as `swift-table` has it.
  static func unchecked(key: [UInt8], counter: [UInt8], bytes: Int) -> [UInt8] {
    let table = key.withUnsafeBytes { SwiftTable(key: $0)! }
    let zeros = [UInt8](repeating: 0, count: bytes)
    return [UInt8](unsafeUninitializedCapacity: bytes) { output, initialized in
      if bytes > 0 {
        table.crypt(counter: counter, input: zeros, output: output.baseAddress!, count: bytes)
      }
      initialized = bytes
    }
  }

  /// - Parameters:
  ///   - key: 16, 24 or 32 bytes.
  ///   - counter: 16 bytes.
  ///   - isKept: whether another case is likely to ask for the same key and counter.
  static func keystream(
    key: [UInt8], counter: [UInt8], bytes: Int, isKept: Bool
  ) throws(Mismatch) -> [UInt8] {
    let stream = Stream(key: key, counter: counter)
    if let known = streams.withLock({ $0[stream] }), known.count >= bytes { return known }
    let keystream = unchecked(key: key, counter: counter, bytes: bytes)
    let reference = AESReference(key: key)!
    let first = UInt128(bigEndianBytes: counter)
    var random = SystemRandomNumberGenerator()
    for _ in 0..<(bytes == 0 ? 0 : referenceBlocks) {
      let start = Int.random(in: 0...(bytes - 1) / 16, using: &random) * 16
      let expected = reference.keystream(counter: first &+ UInt128(start / 16), bytes: 16)
      let part = keystream[start..<min(start + 16, bytes)]
      guard part.elementsEqual(expected.prefix(part.count)) else {
        throw Mismatch(
          check: Mismatch.timedCalls,
          summary: "\(SwiftTable.id), which it is held against, disagrees with the reference")
      }
    }
    if isKept { streams.withLock { $0[stream] = keystream } }
    return keystream
  }

  /// Compares `output` with `input` xor the keystream.
  ///
  /// - Parameter thoroughly: false looks at the first and the last 64 bytes of each page.
  static func check(
    input: UnsafePointer<UInt8>, output: UnsafePointer<UInt8>, keystream: [UInt8], bytes: Int,
    thoroughly: Bool
  ) throws(Mismatch) {
    let wrong = keystream.withUnsafeBufferPointer { keystream -> Int? in
      let stream = keystream.baseAddress!
      if thoroughly {
        return firstDifference(input, output, stream, 0..<bytes)
      }
      for page in stride(from: 0, to: bytes, by: 4096) {
        let end = min(page + 4096, bytes)
        for part in [page..<min(page + 64, end), max(page, end - 64)..<end] {
          if let wrong = firstDifference(input, output, stream, part) { return wrong }
        }
      }
      return nil
    }
    guard let wrong else { return }
    let expected = input[wrong] ^ keystream[wrong]
    throw Mismatch(
      check: Mismatch.timedCalls,
      summary: "byte \(wrong) of \(bytes) is 0x\(hex(output[wrong], digits: 2)), "
        + "expected 0x\(hex(expected, digits: 2)): "
        + "what was timed is not the work that was verified",
      offset: wrong)
  }

  private static func firstDifference(
    _ input: UnsafePointer<UInt8>, _ output: UnsafePointer<UInt8>,
    _ keystream: UnsafePointer<UInt8>, _ range: Range<Int>
  ) -> Int? {
    var position = range.lowerBound
    func word(_ bytes: UnsafePointer<UInt8>, _ at: Int) -> UInt64 {
      UnsafeRawPointer(bytes + at).loadUnaligned(as: UInt64.self)
    }
    while position + 8 <= range.upperBound,
      word(input, position) ^ word(keystream, position) == word(output, position)
    {
      position += 8
    }
    while position < range.upperBound {
      if input[position] ^ keystream[position] != output[position] { return position }
      position += 1
    }
    return nil
  }
}

extension CaseBuffers {
  /// How many bytes are looked at after every sample; of longer messages, only the ends of pages.
  private static let quick = 64 << 10

  /// Compares the output with the input xor the keystream.
  func check(
    key: [UInt8], counter: [UInt8], thoroughly: Bool, isKept: Bool = true
  ) throws(Mismatch) {
    guard count > 0 else { return }
    let keystream = try AESExpectedOutput.keystream(
      key: key, counter: counter, bytes: count, isKept: isKept)
    try AESExpectedOutput.check(
      input: input, output: output, keystream: keystream, bytes: count,
      thoroughly: thoroughly || count <= Self.quick)
  }
}
