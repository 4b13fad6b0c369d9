extension SwiftBitslice {
  /// The counter blocks of a batch, made as planes: no block is ever transposed.
  ///
  /// Block j of the batch is the one whose counter has j in its last five bits, wherever in the
  /// message that is. So those five planes are constants, and the other bits are those of one number
  /// for the blocks from the first one's place on, and of the next number for those before it.
  struct CounterPlanes {
    /// The counter of block 0 if the batch began there, as columns.
    private let base: Plane
    /// Where the number after `base` differs from it, as columns.
    private let difference: Plane
    /// In every lane, a one for each block that comes after the last five bits overflowed.
    private let overflowed: Plane
    /// Which block of the batch is the first of the message's.
    let firstSlot: Int
    /// Whether all 32 counters have the upper 15 bytes in common.
    let shareUpperBytes: Bool

    /// - Parameter number: The first of 32 counters.
    @inline(__always)
    init(from number: UInt128) {
      let low = number & ~31
      base = unsafeBitCast(low.bigEndian, to: Plane.self)
      difference = unsafeBitCast((low &+ 32).bigEndian, to: Plane.self) ^ base
      firstSlot = Int(truncatingIfNeeded: number & 31)
      overflowed = Plane(repeating: (1 << UInt32(firstSlot)) - 1)
      shareUpperBytes = UInt8(truncatingIfNeeded: number) <= 255 - 31
    }

    /// Writes the eight planes of `row`, with the round key added.
    @inline(__always)
    func fill(row: Int, _ planes: UnsafeMutablePointer<Plane>, _ key: UnsafePointer<Plane>) {
      for bit in 0..<8 {
        let later = SwiftBitslice.spread(difference, bit: 8 * row + bit) & overflowed
        planes[bit] = SwiftBitslice.spread(base, bit: 8 * row + bit) ^ later ^ key[bit]
      }
      if row == 3 {
        planes[0] ^= Plane(0, 0, 0, 0xAAAA_AAAA)
        planes[1] ^= Plane(0, 0, 0, 0xCCCC_CCCC)
        planes[2] ^= Plane(0, 0, 0, 0xF0F0_F0F0)
        planes[3] ^= Plane(0, 0, 0, 0xFF00_FF00)
        planes[4] ^= Plane(0, 0, 0, 0xFFFF_0000)
      }
    }
  }
}
