// SPDX-License-Identifier: Apache-2.0
// Computes:  AES-CTR, 128-, 192- and 256-bit keys.
// Technique: the textbook's four T-tables in Swift arrays, bounds-checked; one block at a time.
// Cost:      16 table lookups a round and block; 16 to 22 cycles a byte for AES-128 on Zen 4.
// Pays:      nowhere: it is the baseline, and what is left where no native kernel can run. The
//            addresses of its loads depend on key and text, which a neighbour can learn from the
//            cache (Bernstein, "Cache-timing attacks on AES", 2005).

/// AES in counter mode, written as a textbook does: `swift-table`.
package final class SwiftTable: Sendable {
  package static let id = "swift-table"

  /// FIPS 197's w: 44, 52 or 60 words, the first byte most significant.
  private let schedule: [UInt32]

  /// - Parameter key: 16, 24 or 32 bytes; with any other number there is no cipher.
  package init?(key: UnsafeRawBufferPointer) {
    let keyWords = key.count / 4
    guard key.count == 16 || key.count == 24 || key.count == 32 else { return nil }
    let sBox = AESTables.sBox
    func substituted(_ word: UInt32) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(sBox[Int(word >> UInt32(8 * $1) & 0xFF)]) << UInt32(8 * $1) }
    }

    let count = 4 * (keyWords + 7)
    schedule = [UInt32](unsafeUninitializedCapacity: count) { words, initialized in
      for i in 0..<keyWords {
        words[i] = UInt32(bigEndian: key.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self))
      }
      var roundConstant: UInt8 = 1
      for i in keyWords..<count {
        var word = words[i - 1]
        if i % keyWords == 0 {
          word = substituted(word << 8 | word >> 24) ^ UInt32(roundConstant) << 24
          roundConstant = AESTables.doubled(roundConstant)
        } else if keyWords > 6, i % keyWords == 4 {
          word = substituted(word)
        }
        words[i] = words[i - keyWords] ^ word
      }
      initialized = count
    }
  }

  deinit {
    schedule.withUnsafeBytes { UnsafeMutableRawBufferPointer(mutating: $0).wipe() }
  }

  /// Writes `input` xor the keystream to `output`.
  ///
  /// - Parameters:
  ///   - counter: The first counter block: 16 bytes, big-endian, counted over all 128 bits.
  ///   - input: `count` bytes.
  ///   - output: `count` bytes; may be `input`, may not overlap it otherwise.
  package func crypt(
    counter: UnsafeRawPointer, input: UnsafeRawPointer, output: UnsafeMutableRawPointer, count: Int
  ) {
    var block = UInt128(bigEndian: counter.loadUnaligned(as: UInt128.self))
    let (t0, t1, t2, t3) = (AESTables.t0, AESTables.t1, AESTables.t2, AESTables.t3)
    let sBox = AESTables.sBox
    let schedule = schedule
    let last = schedule.count - 4

    var done = 0
    while done < count {
      var s0 = UInt32(truncatingIfNeeded: block >> 96) ^ schedule[0]
      var s1 = UInt32(truncatingIfNeeded: block >> 64) ^ schedule[1]
      var s2 = UInt32(truncatingIfNeeded: block >> 32) ^ schedule[2]
      var s3 = UInt32(truncatingIfNeeded: block) ^ schedule[3]
      block &+= 1

      // SubBytes, ShiftRows and MixColumns of one column; the words come in ShiftRows' order.
      func column(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> UInt32 {
        t0[Int(a >> 24)] ^ t1[Int(b >> 16 & 0xFF)] ^ t2[Int(c >> 8 & 0xFF)] ^ t3[Int(d & 0xFF)]
      }
      var k = 4
      while k < last {
        let c0 = column(s0, s1, s2, s3) ^ schedule[k]
        let c1 = column(s1, s2, s3, s0) ^ schedule[k + 1]
        let c2 = column(s2, s3, s0, s1) ^ schedule[k + 2]
        let c3 = column(s3, s0, s1, s2) ^ schedule[k + 3]
        (s0, s1, s2, s3) = (c0, c1, c2, c3)
        k += 4
      }

      // The last round has no MixColumns.
      func lastColumn(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> UInt32 {
        UInt32(sBox[Int(a >> 24)]) << 24 | UInt32(sBox[Int(b >> 16 & 0xFF)]) << 16
          | UInt32(sBox[Int(c >> 8 & 0xFF)]) << 8 | UInt32(sBox[Int(d & 0xFF)])
      }
      let high =
        UInt64(lastColumn(s0, s1, s2, s3) ^ schedule[last]) << 32
        | UInt64(lastColumn(s1, s2, s3, s0) ^ schedule[last + 1])
      let low =
        UInt64(lastColumn(s2, s3, s0, s1) ^ schedule[last + 2]) << 32
        | UInt64(lastColumn(s3, s0, s1, s2) ^ schedule[last + 3])

      let keystream = (UInt128(high) << 64 | UInt128(low)).bigEndian
      if count - done >= 16 {
        let text = input.loadUnaligned(fromByteOffset: done, as: UInt128.self)
        output.storeBytes(of: text ^ keystream, toByteOffset: done, as: UInt128.self)
      } else {
        for i in done..<count {
          let byte = UInt8(truncatingIfNeeded: keystream.littleEndian >> UInt128(8 * (i - done)))
          let text = input.load(fromByteOffset: i, as: UInt8.self)
          output.storeBytes(of: text ^ byte, toByteOffset: i, as: UInt8.self)
        }
      }
      done += 16
    }
  }
}
