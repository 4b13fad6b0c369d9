// SPDX-License-Identifier: Apache-2.0

extension JSONCursor {
  /// Writes `"key":`, and the quote that opens a string if one follows.
  ///
  /// Once this is inlined, the key is a constant: looking for escapes in it and copying it become a
  /// few stores of constants. That needs code without loops and with few branches.
  @inlinable @inline(__always)
  func appending(key: StaticString, opensString: Bool = false) -> JSONCursor {
    let count = key.utf8CodeUnitCount
    if keyMarks(key) != 0 { return appendingLong(key: key, opensString: opensString) }
    let end: UInt128 = opensString ? 0x22_3A22 : 0x3A22
    let endCount = opensString ? 3 : 2
    let start = UnsafeRawPointer(key.utf8Start)
    if count < 16 {
      // Bytes 0 to 15 of the quoted key, and what is left of the end.
      let quoted = Self.bytes(ofShort: key) &<< 8 | 0x22
      store(quoted | (end &<< UInt128(truncatingIfNeeded: count &* 8)) &<< 8, at: 0)
      if count &+ 1 &+ endCount > 16 {
        let rest = UInt32(truncatingIfNeeded: end)
        (position + (count + 1)).storeBytes(of: rest.littleEndian, as: UInt32.self)
      }
    } else {
      // 16 bytes from both ends.
      store(start.loadUnaligned(as: UInt128.self).littleEndian &<< 8 | 0x22, at: 0)
      let tail = (start + (count - 16)).loadUnaligned(as: UInt128.self).littleEndian
      let used = UInt128(truncatingIfNeeded: endCount &* 8)
      // What lies between the two, from the 16th byte on.
      if count > 31 &- endCount { store16(of: start, from: 15, count) }
      if count > 47 &- endCount { store16(of: start, from: 31, count) }
      if count > 63 &- endCount { store16(of: start, from: 47, count) }
      store(tail &>> used | end &<< (128 &- used), at: count &+ endCount &- 15)
    }
    return advanced(by: count &+ 1 &+ endCount)
  }

  /// 16 bytes of a key, behind the opening quote.
  @inlinable @inline(__always)
  func store16(of key: UnsafeRawPointer, from offset: Int, _ count: Int) {
    let offset = min(offset, count &- 16)
    let bytes = (key + offset).loadUnaligned(as: UInt128.self).littleEndian
    store(bytes, at: offset &+ 1)
  }

  /// A key of up to 15 bytes, the first in the lowest bits.
  @inlinable @inline(__always)
  static func bytes(ofShort key: StaticString) -> UInt128 {
    let start = UnsafeRawPointer(key.utf8Start)
    let count = key.utf8CodeUnitCount
    // Two loads that overlap, since nothing can be read behind the key.
    if count >= 8 {
      let first = UInt128(start.loadUnaligned(as: UInt64.self).littleEndian)
      let last = UInt128((start + (count - 8)).loadUnaligned(as: UInt64.self).littleEndian)
      return first | last &<< UInt128(truncatingIfNeeded: (count &- 8) &* 8)
    }
    if count >= 4 {
      let first = UInt128(start.loadUnaligned(as: UInt32.self).littleEndian)
      let last = UInt128((start + (count - 4)).loadUnaligned(as: UInt32.self).littleEndian)
      return first | last &<< UInt128(truncatingIfNeeded: (count &- 4) &* 8)
    }
    if count == 0 { return 0 }
    let middle = UInt128(start[count &>> 1]) &<< UInt128(truncatingIfNeeded: count &>> 1 &* 8)
    return UInt128(start[0]) | middle | UInt128(start[count - 1])
      &<< UInt128(truncatingIfNeeded: (count &- 1) &* 8)
  }

  /// A vector, because two constants of 64 bits would take twice as many instructions.
  @inlinable @inline(__always)
  func store(_ bytes: UInt128, at offset: Int) {
    let words = SIMD2(UInt64(truncatingIfNeeded: bytes), UInt64(truncatingIfNeeded: bytes &>> 64))
    (position + offset).storeBytes(
      of: SIMD2(words[0].littleEndian, words[1].littleEndian), as: SIMD2<UInt64>.self)
  }

  /// A key of more than 64 bytes, or one that needs an escape.
  @usableFromInline @inline(never)
  func appendingLong(key: StaticString, opensString: Bool) -> JSONCursor {
    let text = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
    let named = appendingString(UnsafeRawBufferPointer(text)).appending(byte: 0x3A).checked()
    return opensString ? named.appending(byte: 0x22) : named
  }

  /// Not 0 for a key of more than 64 bytes or one that needs an escape. Looks at the others through
  /// words that overlap.
  @inlinable @inline(__always)
  func keyMarks(_ key: StaticString) -> UInt64 {
    let count = key.utf8CodeUnitCount
    let start = UnsafeRawPointer(key.utf8Start)
    if count > 64 { return 1 }
    if count > 32 {
      return marks(ofFour: start, stopping: 24) | marks(ofFour: start + (count - 32), stopping: 24)
    }
    if count >= 8 { return marks(ofFour: start, stopping: count - 8) }
    // With their top bits set, the bytes that are not there cannot be taken for escapes.
    if count >= 4 {
      let first = UInt64(start.loadUnaligned(as: UInt32.self))
      let last = UInt64((start + (count - 4)).loadUnaligned(as: UInt32.self))
      return marks(first | last << 32)
    }
    if count == 0 { return 0 }
    let ends = UInt64(start[0]) | UInt64(start[count - 1]) << 8
    return marks(ends | UInt64(start[count / 2]) << 16 | 0x8080_8080_8000_0000)
  }

  /// Four words, one after the other, but none that begins beyond `last`.
  @inlinable @inline(__always)
  func marks(ofFour start: UnsafeRawPointer, stopping last: Int) -> UInt64 {
    marks(start.loadUnaligned(as: UInt64.self))
      | marks((start + min(8, last)).loadUnaligned(as: UInt64.self))
      | marks((start + min(16, last)).loadUnaligned(as: UInt64.self))
      | marks((start + last).loadUnaligned(as: UInt64.self))
  }

  @inlinable @inline(__always)
  func marks(_ word: UInt64) -> UInt64 {
    escapeMarks(word) | slashMarks(word) & storage.pointee.slashMask
  }
}

extension UnsafeRawPointer {
  @inlinable @inline(__always)
  subscript(offset: Int) -> UInt8 { (self + offset).load(as: UInt8.self) }
}
