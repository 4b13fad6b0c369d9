extension SwiftBitslice {
  /// Computes the round keys of `key` into `context`, in constant time.
  ///
  /// Source: FIPS 197, section 5.2.
  ///
  /// - Parameters:
  ///   - key: 16, 24 or 32 bytes.
  ///   - context: `contextBytes`, aligned to a plane.
  /// - Returns: Whether AES takes a key of that length; `context` is untouched where not.
  package static func setKey(_ key: UnsafeRawBufferPointer, context: UnsafeMutableRawPointer)
    -> Bool
  {
    guard key.count == 16 || key.count == 24 || key.count == 32 else { return false }
    expand(key, context)
    wipeStack()
    return true
  }

  @inline(never)
  private static func expand(_ key: UnsafeRawBufferPointer, _ context: UnsafeMutableRawPointer) {
    let keyWords = key.count / 4
    let rounds = keyWords + 6
    let planes = context.bindMemory(to: Plane.self, capacity: contextBytes / 16)
    let keys = planes + 1
    planes.initialize(to: Plane(UInt32(rounds), 0, 0, 0))

    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 60) { words in
      let words = words.baseAddress!
      for i in 0..<keyWords {
        words[i] = UInt32(littleEndian: key.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self))
      }
      var roundConstant: UInt32 = 1
      for i in keyWords..<4 * (rounds + 1) {
        var word = words[i - 1]
        if i % keyWords == 0 {
          word = substituted(word >> 8 | word << 24) ^ roundConstant
          roundConstant = roundConstant << 1 ^ (roundConstant >> 7) &* 0x11B
        } else if keyWords > 6, i % keyWords == 4 {
          word = substituted(word)
        }
        words[i] = words[i - keyWords] ^ word
      }
      // A bit of a key is a bit of every block: a lane of zeros or of ones.
      for round in 0...rounds {
        let constant: UInt32 = round == 0 ? 0 : 0x6363_6363
        let columns =
          Plane(
            words[4 * round], words[4 * round + 1], words[4 * round + 2], words[4 * round + 3])
          ^ Plane(repeating: constant)
        for bit in 0..<32 {
          (keys + (32 * round + bit)).initialize(to: spread(columns, bit: bit))
        }
      }
    }
  }

  /// SubWord of four bytes, by the same circuit as the blocks.
  private static func substituted(_ word: UInt32) -> UInt32 {
    withUnsafeTemporaryAllocation(of: Plane.self, capacity: 8) { planes in
      let planes = planes.baseAddress!
      for bit in 0..<8 {
        planes[bit] = Plane(repeating: word >> UInt32(bit) & 0x0101_0101)
      }
      substitute(planes)
      var result: UInt32 = 0x6363_6363
      for bit in 0..<8 {
        result ^= planes[bit][0] << UInt32(bit)
      }
      return result
    }
  }

  /// A lane of ones where a column's word has `bit`, else of zeros.
  @inline(__always)
  static func spread(_ columns: Plane, bit: Int) -> Plane {
    Plane((columns.lanes &<< Int32(31 - bit)) &>> 31)
  }
}
