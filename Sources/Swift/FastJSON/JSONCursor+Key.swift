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
    position.storeBytes(of: 0x22, as: UInt8.self)
    (position + 1).copyMemory(from: key.utf8Start, byteCount: count)
    let end: UInt32 = opensString ? 0x22_3A22 : 0x3A22
    (position + (count + 1)).storeBytes(of: end.littleEndian, as: UInt32.self)
    return advanced(by: count + (opensString ? 4 : 3))
  }

  /// A key of more than 32 bytes, or one that needs an escape.
  @usableFromInline @inline(never)
  func appendingLong(key: StaticString, opensString: Bool) -> JSONCursor {
    let text = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
    let named = appendingString(UnsafeRawBufferPointer(text)).appending(byte: 0x3A).checked()
    return opensString ? named.appending(byte: 0x22) : named
  }

  /// Not 0 for a key of more than 32 bytes or one that needs an escape. Looks at the others through
  /// words that overlap.
  @inlinable @inline(__always)
  func keyMarks(_ key: StaticString) -> UInt64 {
    let count = key.utf8CodeUnitCount
    let start = UnsafeRawPointer(key.utf8Start)
    if count > 32 { return 1 }
    if count >= 8 {
      let last = count - 8
      return marks(start.loadUnaligned(as: UInt64.self))
        | marks((start + min(8, last)).loadUnaligned(as: UInt64.self))
        | marks((start + max(0, last - 8)).loadUnaligned(as: UInt64.self))
        | marks((start + last).loadUnaligned(as: UInt64.self))
    }
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

  @inlinable @inline(__always)
  func marks(_ word: UInt64) -> UInt64 {
    escapeMarks(word) | slashMarks(word) & storage.pointee.slashMask
  }
}

extension UnsafeRawPointer {
  @inlinable @inline(__always)
  subscript(offset: Int) -> UInt8 { (self + offset).load(as: UInt8.self) }
}
