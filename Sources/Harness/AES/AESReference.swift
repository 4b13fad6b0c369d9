/// AES in counter mode, written down from FIPS 197 byte by byte: what every implementation is
/// checked against. It shares no code and no table with any of them.
///
/// Source: FIPS 197, sections 4 and 5; NIST SP 800-38A, section 6.5.
package struct AESReference: Sendable {
  private static let sBox: [UInt8] = (0...255).map { substitute(UInt8($0)) }

  /// Round key after round key, 16 bytes each.
  private let roundKeys: [UInt8]

  /// Rcon, section 5.2: the powers of 2 in GF(2^8).
  package static let roundConstants = (1..<10).reduce(into: [UInt8(1)]) { constants, _ in
    constants.append(doubled(constants.last!))
  }

  /// - Parameters:
  ///   - key: 16, 24 or 32 bytes; with any other number there is no cipher.
  ///   - roundConstants: Ten; others than the standard's make a cipher that is not AES.
  package init?(key: [UInt8], roundConstants: [UInt8] = Self.roundConstants) {
    guard [16, 24, 32].contains(key.count) else { return nil }
    // FIPS 197, section 5.2. A word is four bytes.
    let keyWords = key.count / 4
    var bytes = key
    for word in keyWords..<4 * (keyWords + 7) {
      var last = Array(bytes.suffix(4))
      if word % keyWords == 0 {
        last = [last[1], last[2], last[3], last[0]].map { Self.sBox[Int($0)] }
        last[0] ^= roundConstants[word / keyWords - 1]
      } else if keyWords > 6, word % keyWords == 4 {
        last = last.map { Self.sBox[Int($0)] }
      }
      for byte in 0..<4 {
        bytes.append(bytes[4 * (word - keyWords) + byte] ^ last[byte])
      }
    }
    roundKeys = bytes
  }

  /// The cipher, FIPS 197, section 5.1.
  ///
  /// - Parameter block: 16 bytes.
  package func encrypt(_ block: [UInt8]) -> [UInt8] {
    encrypt(block) { _ in }
  }

  /// The states on the way: after the first AddRoundKey, then after each round.
  ///
  /// - Parameter block: 16 bytes.
  /// - Returns: 11, 13 or 15 states of 16 bytes; the last one is the encrypted block.
  package func states(of block: [UInt8]) -> [[UInt8]] {
    var states: [[UInt8]] = []
    _ = encrypt(block) { states.append($0) }
    return states
  }

  /// The key schedule, section 5.2: 11, 13 or 15 round keys of 16 bytes.
  package var roundKeyBytes: [[UInt8]] {
    stride(from: 0, to: roundKeys.count, by: 16).map { Array(roundKeys[$0..<$0 + 16]) }
  }

  private func encrypt(_ block: [UInt8], eachState: ([UInt8]) -> Void) -> [UInt8] {
    var state = block
    addRoundKey(0, to: &state)
    eachState(state)
    let rounds = roundKeys.count / 16 - 1
    var shifted = state
    for round in 1...rounds {
      // SubBytes and ShiftRows: byte 4 * column + row comes from `row` columns further on.
      for i in 0..<16 {
        shifted[i] = Self.sBox[Int(state[(i + 4 * (i % 4)) % 16])]
      }
      if round < rounds {
        for column in stride(from: 0, to: 16, by: 4) {
          let all = (0..<4).reduce(0) { $0 ^ shifted[column + $1] }
          for row in 0..<4 {
            // 2 a + 3 b + c + d, where 3 b = 2 b + b.
            let pair = shifted[column + row] ^ shifted[column + (row + 1) % 4]
            state[column + row] = shifted[column + row] ^ all ^ Self.doubled(pair)
          }
        }
      } else {
        state = shifted
      }
      addRoundKey(round, to: &state)
      eachState(state)
    }
    return state
  }

  /// The encrypted counter blocks from `counter` on, with wrap after 2^128 - 1.
  ///
  /// - Parameter bytes: Length of the result.
  package func keystream(counter: UInt128, bytes: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes + 15)
    var counter = counter
    while result.count < bytes {
      result += encrypt(counter.bigEndianBytes)
      counter &+= 1
    }
    result.removeLast(result.count - bytes)
    return result
  }

  private func addRoundKey(_ round: Int, to state: inout [UInt8]) {
    for i in 0..<16 { state[i] ^= roundKeys[16 * round + i] }
  }

  // MARK: GF(2^8), FIPS 197, section 4.2

  private static func doubled(_ a: UInt8) -> UInt8 { a << 1 ^ (a >> 7) &* 0x1B }

  private static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
    var (sum, multiple, rest) = (UInt8(0), a, b)
    while rest != 0 {
      if rest & 1 == 1 { sum ^= multiple }
      multiple = doubled(multiple)
      rest >>= 1
    }
    return sum
  }

  /// The S-box, section 5.1.1: the inverse, a^254, and bit i xored with four other bits of it.
  private static func substitute(_ a: UInt8) -> UInt8 {
    let inverse = (0..<254).reduce(UInt8(1)) { power, _ in product(power, a) }
    func bit(_ i: Int) -> UInt8 { inverse >> UInt8(i % 8) & 1 }
    return (0..<8).reduce(0) { result, i in
      let sum = bit(i) ^ bit(i + 4) ^ bit(i + 5) ^ bit(i + 6) ^ bit(i + 7) ^ (0x63 >> UInt8(i) & 1)
      return result | sum << UInt8(i)
    }
  }
}

extension UInt128 {
  /// What a counter block stands for: 16 bytes, the most significant first.
  package init(bigEndianBytes bytes: [UInt8]) {
    self = bytes.reduce(0) { $0 << 8 | UInt128($1) }
  }

  /// As a counter block.
  package var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { [UInt8]($0) } }
}
