/// SHA-256, only to pin payloads with.
///
/// Source: FIPS 180-4, section 6.2.
enum SHA256 {
  static func hexDigest(of message: [UInt8]) -> String {
    var padded = message + [0x80]
    padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
    padded += (0..<8).map { UInt8(truncatingIfNeeded: (message.count * 8) >> (56 - 8 * $0)) }
    var state = (0..<8).map { fractionOfRoot(primes[$0], cube: false) }
    let constants = primes.map { fractionOfRoot($0, cube: true) }
    for start in stride(from: 0, to: padded.count, by: 64) {
      compress(&state, padded[start..<start + 64], constants)
    }
    return state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  private static func compress(
    _ state: inout [UInt32], _ block: ArraySlice<UInt8>, _ constants: [UInt32]
  ) {
    var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { i in
      block[i..<i + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    for i in 16..<64 {
      let a = words[i - 15]
      let b = words[i - 2]
      let low = rotated(a, 7) ^ rotated(a, 18) ^ a >> 3
      let high = rotated(b, 17) ^ rotated(b, 19) ^ b >> 10
      words.append(words[i - 16] &+ low &+ words[i - 7] &+ high)
    }
    var s = state
    for i in 0..<64 {
      let e = rotated(s[4], 6) ^ rotated(s[4], 11) ^ rotated(s[4], 25)
      let choice = s[4] & s[5] ^ ~s[4] & s[6]
      let first = s[7] &+ e &+ choice &+ constants[i] &+ words[i]
      let a = rotated(s[0], 2) ^ rotated(s[0], 13) ^ rotated(s[0], 22)
      let majority = s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2]
      s = [first &+ a &+ majority, s[0], s[1], s[2], s[3] &+ first, s[4], s[5], s[6]]
    }
    for i in 0..<8 { state[i] &+= s[i] }
  }

  private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }

  private static let primes: [UInt64] = (2...311).filter { n in
    n < 4 || !(2..<n).contains { $0 * $0 <= n && n % $0 == 0 }
  }

  /// The first 32 bits of the fraction of a prime's square or cube root (sections 4.2.2 and 5.3.3),
  /// by halving intervals of whole numbers.
  private static func fractionOfRoot(_ prime: UInt64, cube: Bool) -> UInt32 {
    var low: UInt128 = 0
    var high: UInt128 = 1 << 40
    let target = UInt128(prime) << (cube ? 96 : 64)
    while high - low > 1 {
      let middle = (low + high) / 2
      if (cube ? middle * middle * middle : middle * middle) <= target {
        low = middle
      } else {
        high = middle
      }
    }
    return UInt32(truncatingIfNeeded: low)
  }
}
