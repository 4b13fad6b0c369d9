import AESCTR
import Testing

@Suite("No counter block is used twice")
struct ExhaustionTests {
  private static let key = [UInt8](0..<16)
  /// It begins in the middle: 2^128 is passed long before the end.
  private static let counter: [UInt8] = [0x80] + [UInt8](repeating: 7, count: 15)

  /// The last blocks before the counter comes back to the first one.
  @Test(arguments: AESCTR.implementations)
  func aMessageEndsAfter2To128Blocks(_ id: String) throws {
    var cipher = try AESCTR.make(id, key: Self.key, counter: Self.counter)
    try cipher.seek(to: AESCTR.Position(block: .max - 2, byte: 5))
    let zeros = [UInt8](repeating: 0, count: 48)
    let whole = expected(zeros, key: Self.key, counter: Self.counter, block: .max - 2)

    var bytes = zeros
    #expect(throws: AESCTRError.keystreamExhausted(requested: 48, left: 43)) {
      try cipher.update(&bytes)
    }
    #expect(bytes == zeros)
    #expect(throws: AESCTRError.keystreamExhausted(requested: 44, left: 43)) {
      _ = try cipher.update([UInt8](repeating: 0, count: 44))
    }
    // It stayed where it was, and goes to the very end.
    #expect(try cipher.update(Array(zeros[..<20])) == Array(whole[5..<25]))
    #expect(try cipher.update(Array(zeros[..<23])) == Array(whole[25...]))
    let end = cipher.position
    #expect(end == AESCTR.Position(block: .max, byte: 16))
    #expect(try cipher.update([]) == [])
    #expect(throws: AESCTRError.keystreamExhausted(requested: 1, left: 0)) {
      _ = try cipher.update([0])
    }
  }

  /// Up to the end in whole blocks, and by the byte.
  @Test(arguments: [16, 48, 1, 3])
  func theEndIsReachedInPiecesOfAnySize(_ piece: Int) throws {
    var cipher = try AESCTR(key: Self.key, counter: Self.counter)
    try cipher.seek(to: AESCTR.Position(block: .max - 2))
    let zeros = [UInt8](repeating: 0, count: 48)
    var output: [UInt8] = []
    while output.count < 48 {
      output += try cipher.update(Array(zeros[..<piece]))
    }
    #expect(output == expected(zeros, key: Self.key, counter: Self.counter, block: .max - 2))
    #expect(throws: AESCTRError.keystreamExhausted(requested: 1, left: 0)) {
      _ = try cipher.update([0])
    }
    // Back from the end.
    try cipher.seek(to: 0)
    #expect(try cipher.update(zeros) == expected(zeros, key: Self.key, counter: Self.counter))
    // The end itself is a place.
    try cipher.seek(to: AESCTR.Position(block: .max, byte: 16))
    #expect(throws: AESCTRError.keystreamExhausted(requested: 1, left: 0)) {
      _ = try cipher.update([0])
    }
  }

  /// 2^32 - 1 blocks from counter 1 on: RFC 3686, section 4.
  @Test func aNonceIsNotRunInto() throws {
    let nonce = [UInt8](repeating: 0xAB, count: 12)
    var cipher = try AESCTR(key: Self.key, nonce: nonce, initialCounter: 1)
    let last = AESCTR.Position(block: (1 << 32) - 2, byte: 16)
    #expect(throws: AESCTRError.position(.init(block: (1 << 32) - 1), last: last)) {
      try cipher.seek(to: AESCTR.Position(block: (1 << 32) - 1))
    }
    try cipher.seek(to: (1 << 36) - 16 - 17)
    let zeros = [UInt8](repeating: 0, count: 17)
    #expect(throws: AESCTRError.keystreamExhausted(requested: 18, left: 17)) {
      _ = try cipher.update(zeros + [0])
    }
    let block = UInt128(1 << 32) - 3
    let whole = expected(
      [UInt8](repeating: 0, count: 32), key: Self.key, counter: nonce + [0, 0, 0, 1], block: block)
    #expect(try cipher.update(zeros) == Array(whole[15...]))
    #expect(throws: AESCTRError.keystreamExhausted(requested: 1, left: 0)) {
      _ = try cipher.update([0])
    }
  }

  /// With one byte of counter, 256 blocks in all.
  @Test(arguments: AESCTR.implementations, [UInt64(0), 1, 200, 255])
  func aMessageOfOneCounterByte(_ id: String, _ initial: UInt64) throws {
    let nonce = [UInt8](repeating: 0xCD, count: 15)
    let counter = nonce + [UInt8(initial)]
    var cipher = try AESCTR.make(id, key: Self.key, counter: counter)
    try cipher.restart(nonce: nonce, initialCounter: initial)
    let text = [UInt8](repeating: 3, count: 16 * (256 - Int(initial)))
    #expect(throws: AESCTRError.self) { _ = try cipher.update(text + [0]) }
    #expect(try cipher.update(text) == expected(text, key: Self.key, counter: counter))
    #expect(throws: AESCTRError.keystreamExhausted(requested: 1, left: 0)) {
      _ = try cipher.update([0])
    }
  }

  @Test func noncesThatDoNotFitAreAnError() {
    for length in [0, 16, 17] {
      #expect(throws: AESCTRError.nonceLength(length)) {
        _ = try AESCTR(key: Self.key, nonce: [UInt8](repeating: 0, count: length))
      }
    }
    #expect(throws: AESCTRError.initialCounter(256, counterBytes: 1)) {
      _ = try AESCTR(
        key: Self.key, nonce: [UInt8](repeating: 0, count: 15), initialCounter: 256)
    }
  }

  @Test func placesThatAreNoneAreAnErrorAndChangeNothing() throws {
    var cipher = try AESCTR(key: Self.key, counter: Self.counter)
    _ = try cipher.update([1, 2, 3])
    let end = AESCTR.Position(block: .max, byte: 16)
    for position in [
      AESCTR.Position(block: 0, byte: 16), .init(block: 1, byte: -1), .init(block: .max, byte: 17),
    ] {
      #expect(throws: AESCTRError.position(position, last: end)) {
        try cipher.seek(to: position)
      }
    }
    #expect(throws: AESCTRError.offset) { try cipher.seek(to: -1) }
    let position = cipher.position
    #expect(position == AESCTR.Position(block: 0, byte: 3))
  }
}
