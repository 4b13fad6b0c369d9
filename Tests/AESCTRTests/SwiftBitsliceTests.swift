import AESCTR
import Testing

@Suite("swift-bitslice")
struct SwiftBitsliceTests {
  /// Around whole blocks and batches of 512 bytes; counters at every place of a batch, and with
  /// every carry.
  @Test(arguments: [16, 24, 32])
  func agreesWithTheTables(_ keyBytes: Int) throws {
    var random = SeededBytes(seed: UInt64(keyBytes))
    let key = random.bytes(keyBytes)
    var cipher = try AESCTR(
      key: key, counter: [UInt8](repeating: 0, count: 16), implementation: "swift-bitslice")
    let lengths = [1, 15, 16, 17, 31, 33, 127, 128, 255, 497, 511, 512, 513, 1025, 5000, 9000]
    for place in 0..<64 {
      var counter = random.bytes(16)
      counter[15] = UInt8(truncatingIfNeeded: 0xE0 + place)
      let carries = place % 16
      for i in 0..<carries { counter[14 - i % 15] = 0xFF }
      let text = random.bytes(lengths[place % lengths.count])
      try cipher.restart(counter: counter)
      #expect(
        try cipher.update(text) == expected(text, key: key, counter: counter),
        "\(text.count) bytes from \(counter)")
    }
  }

  /// Keys and counters of one byte each, for every byte: all go through the circuit, in the key
  /// schedule and in the first rounds.
  @Test func everyByteIsSubstituted() throws {
    let zeros = [UInt8](repeating: 0, count: 16)
    for byte in UInt8.min...UInt8.max {
      let key = [UInt8](repeating: byte, count: 16)
      let counter = [UInt8](repeating: ~byte, count: 16)
      var cipher = try AESCTR(key: key, counter: counter, implementation: "swift-bitslice")
      #expect(try cipher.update(zeros) == expected(zeros, key: key, counter: counter))
    }
  }
}
