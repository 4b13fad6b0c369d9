extension SwiftBitslice {
  /// ShiftRows, MixColumns and AddRoundKey.
  ///
  /// Source: FIPS 197, section 5.1.3. Row r of the result is 2 a(r) + 3 a(r+1) + a(r+2) + a(r+3):
  /// with t(r) = a(r) + a(r+1), twice t(r) and a(r+1) and t(r+2).
  ///
  /// - Parameters:
  ///   - state: A state's planes; may be `result`.
  ///   - key: A round key's planes.
  @inline(never)
  static func mixColumns(
    _ state: UnsafeMutablePointer<Plane>, into result: UnsafeMutablePointer<Plane>,
    adding key: UnsafePointer<Plane>
  ) {
    // What bit 7 of t(r) adds when it is shifted out: x^8 = x^4 + x^3 + x + 1.
    let (t7_0, t7_1, t7_2, t7_3) = {
      let (a0, a1) = (state[7], state[15].row1)
      let (a2, a3) = (state[23].row2, state[31].row3)
      return (a0 ^ a1, a1 ^ a2, a2 ^ a3, a3 ^ a0)
    }()
    var (below0, below1, below2, below3) = (t7_0, t7_1, t7_2, t7_3)

    @inline(__always)
    func mix(bit: Int, reduced: Bool) {
      let (a0, a1) = (state[bit], state[8 + bit].row1)
      let (a2, a3) = (state[16 + bit].row2, state[24 + bit].row3)
      let (t0, t1, t2, t3) = (a0 ^ a1, a1 ^ a2, a2 ^ a3, a3 ^ a0)
      if reduced {
        below0 ^= t7_0
        below1 ^= t7_1
        below2 ^= t7_2
        below3 ^= t7_3
      }
      result[bit] = below0 ^ a1 ^ t2 ^ key[bit]
      result[8 + bit] = below1 ^ a2 ^ t3 ^ key[8 + bit]
      result[16 + bit] = below2 ^ a3 ^ t0 ^ key[16 + bit]
      result[24 + bit] = below3 ^ a0 ^ t1 ^ key[24 + bit]
      (below0, below1, below2, below3) = (t0, t1, t2, t3)
    }
    mix(bit: 0, reduced: false)
    mix(bit: 1, reduced: true)
    mix(bit: 2, reduced: false)
    mix(bit: 3, reduced: true)
    mix(bit: 4, reduced: true)
    mix(bit: 5, reduced: false)
    mix(bit: 6, reduced: false)
    mix(bit: 7, reduced: false)
  }

  /// What the last round has in place of ``mixColumns(_:into:adding:)``: ShiftRows and AddRoundKey.
  @inline(never)
  static func shiftRows(
    _ state: UnsafeMutablePointer<Plane>, adding key: UnsafePointer<Plane>
  ) {
    for bit in 0..<8 {
      state[bit] ^= key[bit]
      state[8 + bit] = state[8 + bit].row1 ^ key[8 + bit]
      state[16 + bit] = state[16 + bit].row2 ^ key[16 + bit]
      state[24 + bit] = state[24 + bit].row3 ^ key[24 + bit]
    }
  }

  /// Turns 32 planes into 32 blocks: in each lane, 32 words of 32 bits are transposed, so that word
  /// j is column c of block j, its first byte the least significant.
  ///
  /// Source: Warren, "Hacker's Delight", section 7-3.
  @inline(never)
  static func transpose(_ state: UnsafeMutablePointer<Plane>) {
    for i in 0..<4 {
      let s = state + i
      var (a0, a1, a2, a3) = (s[0], s[4], s[8], s[12])
      var (a4, a5, a6, a7) = (s[16], s[20], s[24], s[28])
      exchange(&a0, &a4, 16, 0x0000_FFFF)
      exchange(&a1, &a5, 16, 0x0000_FFFF)
      exchange(&a2, &a6, 16, 0x0000_FFFF)
      exchange(&a3, &a7, 16, 0x0000_FFFF)
      exchange(&a0, &a2, 8, 0x00FF_00FF)
      exchange(&a1, &a3, 8, 0x00FF_00FF)
      exchange(&a4, &a6, 8, 0x00FF_00FF)
      exchange(&a5, &a7, 8, 0x00FF_00FF)
      exchange(&a0, &a1, 4, 0x0F0F_0F0F)
      exchange(&a2, &a3, 4, 0x0F0F_0F0F)
      exchange(&a4, &a5, 4, 0x0F0F_0F0F)
      exchange(&a6, &a7, 4, 0x0F0F_0F0F)
      (s[0], s[4], s[8], s[12]) = (a0, a1, a2, a3)
      (s[16], s[20], s[24], s[28]) = (a4, a5, a6, a7)
    }
    for i in 0..<8 {
      let s = state + 4 * i
      var (a0, a1, a2, a3) = (s[0], s[1], s[2], s[3])
      exchange(&a0, &a2, 2, 0x3333_3333)
      exchange(&a1, &a3, 2, 0x3333_3333)
      exchange(&a0, &a1, 1, 0x5555_5555)
      exchange(&a2, &a3, 1, 0x5555_5555)
      (s[0], s[1], s[2], s[3]) = (a0, a1, a2, a3)
    }
  }

  /// Exchanges the bits of `a` that are `shift` above those of `mask` with the bits `mask` of `b`.
  @inline(__always)
  private static func exchange(
    _ a: inout Plane, _ b: inout Plane, _ shift: UInt32, _ mask: UInt32
  ) {
    let t = (a >> shift ^ b) & Plane(repeating: mask)
    b ^= t
    a ^= t << shift
  }
}
