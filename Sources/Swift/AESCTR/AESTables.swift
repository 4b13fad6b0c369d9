/// The S-box of AES and the four tables that join it with MixColumns, computed from the arithmetic
/// of GF(2^8).
///
/// Source: FIPS 197, sections 4.2 and 5.1.1; Daemen and Rijmen, "The Design of Rijndael", section
/// 4.2 (32-bit processors).
enum AESTables {
  static let sBox: [UInt8] = {
    // 3 generates the multiplicative group, so x = 3^i has the inverse 3^(255 - i).
    var powers = [UInt8](repeating: 1, count: 256)
    var logarithms = [Int](repeating: 0, count: 256)
    for i in 1..<256 {
      powers[i] = powers[i - 1] ^ doubled(powers[i - 1])
      logarithms[Int(powers[i - 1])] = i - 1
    }
    return (0..<256).map { x in
      let inverse = x == 0 ? 0 : powers[255 - logarithms[x]]
      return (0..<5).reduce(0x63) { $0 ^ rotated(inverse, by: $1) }
    }
  }()

  /// Table `row` maps a byte of row `row` to what it adds to its column: S-box times the column
  /// (2, 1, 1, 3), rotated by `row`. Row 0 is the most significant byte.
  static let t0 = table(row: 0)
  static let t1 = table(row: 1)
  static let t2 = table(row: 2)
  static let t3 = table(row: 3)

  private static func table(row: UInt32) -> [UInt32] {
    sBox.map { s in
      let one = UInt32(s)
      let two = UInt32(doubled(s))
      let column = two << 24 | one << 16 | one << 8 | (two ^ one)
      return column >> (8 * row) | column << ((32 - 8 * row) % 32)
    }
  }

  /// x times 2 in GF(2^8), modulo x^8 + x^4 + x^3 + x + 1.
  static func doubled(_ x: UInt8) -> UInt8 {
    x << 1 ^ (x & 0x80 == 0 ? 0 : 0x1B)
  }

  private static func rotated(_ x: UInt8, by bits: Int) -> UInt8 {
    x << UInt8(bits) | (bits == 0 ? 0 : x >> UInt8(8 - bits))
  }
}
