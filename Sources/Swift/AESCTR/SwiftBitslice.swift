// SPDX-License-Identifier: Apache-2.0
// Computes:  AES-CTR, 128-, 192- and 256-bit keys.
// Technique: 32 blocks at a time as 32 bit-planes in SIMD4<UInt32>, one lane a column and one bit a
//            block; a plane for each of a column's 32 bits. SubBytes is a circuit of 113 gates for
//            each of the four rows, ShiftRows a rotation of lanes (pshufd), MixColumns xors of whole
//            planes. No table, no branch and no address depends on key or text.
package enum SwiftBitslice {
  package static let id = "swift-bitslice"

  static let blocksPerBatch = 32
  static let bytesPerBatch = 16 * blocksPerBatch

  /// One plane for the number of rounds, then 32 a round key; the most is 15 round keys.
  package static let contextBytes = 16 * (1 + 15 * 32)

  package static func crypt(
    context: UnsafeRawPointer, counter: UnsafeRawPointer, input: UnsafeRawPointer,
    output: UnsafeMutableRawPointer, count: Int
  ) {
    guard count > 0 else { return }
    run(context, counter, input, output, count)
    wipeStack()
  }

  @inline(never)
  private static func run(
    _ context: UnsafeRawPointer, _ counter: UnsafeRawPointer, _ input: UnsafeRawPointer,
    _ output: UnsafeMutableRawPointer, _ count: Int
  ) {
    let header = context.assumingMemoryBound(to: Plane.self)
    let rounds = Int(header.pointee[0])
    let keys = header + 1
    var number = UInt128(bigEndian: counter.loadUnaligned(as: UInt128.self))
    withUnsafeTemporaryAllocation(of: Plane.self, capacity: 32) { state in
      let state = state.baseAddress!
      var done = 0
      while done < count {
        fill(state, number, keys)
        encrypt(state, keys, rounds)
        transpose(state)
        add(state, from: Int(truncatingIfNeeded: number) & 31, input + done, output + done, min(count - done, bytesPerBatch))
        number &+= 32
        done += bytesPerBatch
      }
    }
  }

  @inline(never)
  private static func fill(
    _ state: UnsafeMutablePointer<Plane>, _ number: UInt128, _ keys: UnsafePointer<Plane>
  ) {
    let first = UInt32(truncatingIfNeeded: number) & 31
    let low = number & ~31
    let a = unsafeBitCast(low.bigEndian, to: Plane.self)
    let b = unsafeBitCast((low &+ 32).bigEndian, to: Plane.self) ^ a
    let later = Plane(repeating: (1 << first) - 1)
    for i in 0..<32 {
      state[i] = spread(a, bit: i) ^ (spread(b, bit: i) & later) ^ keys[i]
    }
    // Block j has j in the last five bits of the counter, wherever in the message that is.
    func place(_ i: Int, _ word: UInt32) { state[i] ^= Plane(0, 0, 0, word) }
    place(24, 0xAAAA_AAAA)
    place(25, 0xCCCC_CCCC)
    place(26, 0xF0F0_F0F0)
    place(27, 0xFF00_FF00)
    place(28, 0xFFFF_0000)
  }

  @inline(never)
  private static func encrypt(
    _ state: UnsafeMutablePointer<Plane>, _ keys: UnsafePointer<Plane>, _ rounds: Int
  ) {
    var keys = keys + 32
    for _ in 1..<rounds {
      for row in 0..<4 { substitute(state + 8 * row) }
      mixColumns(state, keys)
      keys += 32
    }
    for row in 0..<4 { substitute(state + 8 * row) }
    for bit in 0..<8 {
      state[bit] ^= keys[bit]
      state[8 + bit] = state[8 + bit].row1 ^ keys[8 + bit]
      state[16 + bit] = state[16 + bit].row2 ^ keys[16 + bit]
      state[24 + bit] = state[24 + bit].row3 ^ keys[24 + bit]
    }
  }


  @inline(never)
  private static func mixColumns(
    _ state: UnsafeMutablePointer<Plane>, _ keys: UnsafePointer<Plane>
  ) {
    let a0 = state[7]
    let a1 = state[15].row1
    let a2 = state[23].row2
    let a3 = state[31].row3
    let (h0, h1, h2, h3) = (a0 ^ a1, a1 ^ a2, a2 ^ a3, a3 ^ a0)
    var (p0, p1, p2, p3) = (h0, h1, h2, h3)
    @inline(__always) func step(_ bit: Int, _ reduced: Bool) {
      let a0 = state[bit]
      let a1 = state[8 + bit].row1
      let a2 = state[16 + bit].row2
      let a3 = state[24 + bit].row3
      let (t0, t1, t2, t3) = (a0 ^ a1, a1 ^ a2, a2 ^ a3, a3 ^ a0)
      if reduced {
        p0 ^= h0
        p1 ^= h1
        p2 ^= h2
        p3 ^= h3
      }
      state[bit] = p0 ^ a1 ^ t2 ^ keys[bit]
      state[8 + bit] = p1 ^ a2 ^ t3 ^ keys[8 + bit]
      state[16 + bit] = p2 ^ a3 ^ t0 ^ keys[16 + bit]
      state[24 + bit] = p3 ^ a0 ^ t1 ^ keys[24 + bit]
      (p0, p1, p2, p3) = (t0, t1, t2, t3)
    }
    step(0, false)
    step(1, true)
    step(2, false)
    step(3, true)
    step(4, true)
    step(5, false)
    step(6, false)
    step(7, false)
  }

  @inline(__always)
  private static func exchange(
    _ a: inout Plane, _ b: inout Plane, _ shift: UInt32, _ mask: UInt32
  ) {
    let t = ((a >> shift) ^ b) & Plane(repeating: mask)
    b ^= t
    a ^= t << Int32(shift)
  }

  @inline(never)
  private static func transpose(_ state: UnsafeMutablePointer<Plane>) {
    for i in 0..<4 {
      let s = state + i
      var (a0, a1, a2, a3) = (s[0], s[4], s[8], s[12])
      var (a4, a5, a6, a7) = (s[16], s[20], s[24], s[28])
      exchange(&a0, &a4, 16, 0xFFFF)
      exchange(&a1, &a5, 16, 0xFFFF)
      exchange(&a2, &a6, 16, 0xFFFF)
      exchange(&a3, &a7, 16, 0xFFFF)
      exchange(&a0, &a2, 8, 0xFF00FF)
      exchange(&a1, &a3, 8, 0xFF00FF)
      exchange(&a4, &a6, 8, 0xFF00FF)
      exchange(&a5, &a7, 8, 0xFF00FF)
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

  @inline(never)
  private static func add(
    _ state: UnsafeMutablePointer<Plane>, from first: Int, _ input: UnsafeRawPointer,
    _ output: UnsafeMutableRawPointer, _ count: Int
  ) {
    let blocks = count / 16
    for i in 0..<blocks {
      let text = input.loadUnaligned(fromByteOffset: 16 * i, as: Plane.self)
      output.storeBytes(of: text ^ state[(first + i) & 31], toByteOffset: 16 * i, as: Plane.self)
    }
    let last = UnsafeRawPointer(state + ((first + blocks) & 31))
    for i in 0..<count % 16 {
      let text = input.load(fromByteOffset: 16 * blocks + i, as: UInt8.self)
      let byte = last.load(fromByteOffset: i, as: UInt8.self)
      output.storeBytes(of: text ^ byte, toByteOffset: 16 * blocks + i, as: UInt8.self)
    }
  }

  @inline(never)
  static func wipeStack() {
    withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { $0.wipe() }
  }
}
