extension SwiftBitslice {
  /// One bit of one row of the state, of 32 blocks: lane c is column c, and bit j of it block j.
  ///
  /// Of Swift's vector operators only `&+`, `&-`, `&*`, comparisons and those of masks are single
  /// instructions of the compiler. `^`, `&` and the shifts of integer vectors are loops over lanes,
  /// which the optimiser puts together again in a short function and not in a circuit of 113 gates:
  /// there they become four times as many instructions on general registers. So the gates are those
  /// of `SIMDMask`, which takes any bits.
  struct Plane: BitwiseCopyable {
    var lanes: SIMD4<Int32>

    @inline(__always)
    init(_ lanes: SIMD4<Int32>) { self.lanes = lanes }

    @inline(__always)
    init(repeating lane: UInt32) { lanes = SIMD4(repeating: Int32(bitPattern: lane)) }

    @inline(__always)
    init(_ column0: UInt32, _ column1: UInt32, _ column2: UInt32, _ column3: UInt32) {
      lanes = SIMD4(
        Int32(bitPattern: column0), Int32(bitPattern: column1), Int32(bitPattern: column2),
        Int32(bitPattern: column3))
    }

    @inline(__always)
    subscript(column: Int) -> UInt32 { UInt32(bitPattern: lanes[column]) }

    @inline(__always)
    private var mask: SIMDMask<SIMD4<Int32>> { SIMDMask(lanes) }

    @inline(__always)
    static func ^ (a: Plane, b: Plane) -> Plane {
      unsafeBitCast(a.mask .^ b.mask, to: Plane.self)
    }

    @inline(__always)
    static func & (a: Plane, b: Plane) -> Plane {
      unsafeBitCast(a.mask .& b.mask, to: Plane.self)
    }

    @inline(__always)
    static func ^= (a: inout Plane, b: Plane) { a = a ^ b }

    /// Each lane by itself; bits that leave it are lost.
    @inline(__always)
    static func << (a: Plane, bits: UInt32) -> Plane {
      unsafeBitCast(unsafeBitCast(a, to: SIMD4<UInt32>.self) &<< bits, to: Plane.self)
    }

    /// Each lane by itself; zeros come in.
    @inline(__always)
    static func >> (a: Plane, bits: UInt32) -> Plane {
      unsafeBitCast(unsafeBitCast(a, to: SIMD4<UInt32>.self) &>> bits, to: Plane.self)
    }

    /// ShiftRows for row 1, 2 and 3: every column takes the row's byte from that many further on.
    @inline(__always)
    var row1: Plane { Plane(SIMD4(lanes[1], lanes[2], lanes[3], lanes[0])) }
    @inline(__always)
    var row2: Plane { Plane(SIMD4(lanes[2], lanes[3], lanes[0], lanes[1])) }
    @inline(__always)
    var row3: Plane { Plane(SIMD4(lanes[3], lanes[0], lanes[1], lanes[2])) }
  }
}
