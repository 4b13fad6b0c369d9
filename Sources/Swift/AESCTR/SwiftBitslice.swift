// SPDX-License-Identifier: Apache-2.0
// Computes:  AES-CTR, 128-, 192- and 256-bit keys.
// Technique: 32 blocks at a time as 32 bit-planes of 128 bits: one plane for each bit of each row,
//            one 32-bit lane a column, one bit a block. SubBytes is a circuit of 113 gates, once for
//            each row; ShiftRows rotates lanes, one shuffle a plane; MixColumns adds whole planes.
//            No table, no branch and no address depends on key or text.
// Cost:      some 9,500 instructions for 512 bytes with AES-128; 4.6 cycles a byte on Zen 4.
// Pays:      where no native kernel can run: it is the portable tier of AESCTR. A message of one
//            block costs as much as one of 32.

/// AES in counter mode in constant time, in Swift alone: `swift-bitslice`.
///
/// Idea: Biham, "A fast new DES implementation in software", FSE 1997; Käsper and Schwabe, "Faster
/// and timing-attack resistant AES-GCM", CHES 2009, which has 8 blocks in 8 planes and shuffles
/// bytes (SSSE3). With four times as many blocks a row has planes of its own, so that nothing moves
/// but 32-bit lanes, which baseline x86-64 (SSE2) can do.
package enum SwiftBitslice {
  package static let id = "swift-bitslice"

  static let blocksPerBatch = 32
  static let bytesPerBatch = 16 * blocksPerBatch
  /// Plane 8 * row + bit.
  static let planesPerState = 32

  /// One plane for the number of rounds, then a state's planes for each of up to 15 round keys.
  package static let contextBytes = 16 * (1 + 15 * planesPerState)

  /// Writes `input` xor the keystream to `output`.
  ///
  /// - Parameters:
  ///   - context: What ``setKey(_:context:)`` filled.
  ///   - counter: The first counter block: 16 bytes, big-endian, counted over all 128 bits.
  ///   - input: `count` bytes.
  ///   - output: `count` bytes; may be `input`, may not overlap it otherwise.
  package static func crypt(
    context: UnsafeRawPointer, counter: UnsafeRawPointer, input: UnsafeRawPointer,
    output: UnsafeMutableRawPointer, count: Int
  ) {
    guard count > 0 else { return }
    let header = context.assumingMemoryBound(to: Plane.self)
    let rounds = Int(header.pointee[0])
    let number = UInt128(bigEndian: counter.loadUnaligned(as: UInt128.self))
    crypt(header + 1, rounds, number, input, output, count)
    wipeStack()
  }

  @inline(never)  // so that its frame lies where `wipeStack` wipes
  private static func crypt(
    _ keys: UnsafePointer<Plane>, _ rounds: Int, _ first: UInt128, _ input: UnsafeRawPointer,
    _ output: UnsafeMutableRawPointer, _ count: Int
  ) {
    withUnsafeTemporaryAllocation(of: Plane.self, capacity: 2 * planesPerState) { planes in
      let state = planes.baseAddress!
      let firstRound = state + planesPerState
      // Rows 0 to 2 of the first round are the same for 256 counters in a row: they hold the upper
      // bytes alone (counter-mode caching: Bernstein and Schwabe, "New AES software speed records",
      // INDOCRYPT 2008).
      var cached: UInt128?
      var number = first
      var done = 0
      while done < count {
        let counters = CounterPlanes(from: number)
        if cached == nil || cached != number >> 8 || !counters.shareUpperBytes {
          for row in 0..<3 {
            counters.fill(row: row, firstRound + 8 * row, keys + 8 * row)
            substitute(firstRound + 8 * row)
          }
          cached = counters.shareUpperBytes ? number >> 8 : nil
        }
        counters.fill(row: 3, firstRound + 24, keys + 24)
        substitute(firstRound + 24)
        mixColumns(firstRound, into: state, adding: keys + planesPerState)

        for round in 2..<rounds {
          for row in 0..<4 { substitute(state + 8 * row) }
          mixColumns(state, into: state, adding: keys + planesPerState * round)
        }
        for row in 0..<4 { substitute(state + 8 * row) }
        shiftRows(state, adding: keys + planesPerState * rounds)
        transpose(state)
        add(
          UnsafePointer(state), from: counters.firstSlot, input + done, output + done,
          min(count - done, bytesPerBatch))

        number &+= UInt128(blocksPerBatch)
        done += bytesPerBatch
      }
    }
  }

  /// Writes `input` xor a batch's keystream, which begins with block `first` of `state` and goes on
  /// with block 0 after the last one.
  private static func add(
    _ state: UnsafePointer<Plane>, from first: Int, _ input: UnsafeRawPointer,
    _ output: UnsafeMutableRawPointer, _ count: Int
  ) {
    let blocks = count / 16
    for i in 0..<blocks {
      let text = input.loadUnaligned(fromByteOffset: 16 * i, as: Plane.self)
      let block = state[(first + i) % blocksPerBatch]
      output.storeBytes(of: text ^ block, toByteOffset: 16 * i, as: Plane.self)
    }
    let last = UnsafeRawPointer(state + (first + blocks) % blocksPerBatch)
    for i in 0..<count % 16 {
      let text = input.load(fromByteOffset: 16 * blocks + i, as: UInt8.self)
      let byte = last.load(fromByteOffset: i, as: UInt8.self)
      output.storeBytes(of: text ^ byte, toByteOffset: 16 * blocks + i, as: UInt8.self)
    }
  }

  /// Overwrites the stack that the functions here used: secrets that did not fit into registers.
  @inline(never)
  static func wipeStack() {
    // More than 1,024 bytes at once would come from the heap.
    withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { upper in
      withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { lower in
        upper.wipe()
        lower.wipe()
      }
    }
  }
}
