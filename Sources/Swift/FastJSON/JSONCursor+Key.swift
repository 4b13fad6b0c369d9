// SPDX-License-Identifier: Apache-2.0

extension JSONCursor {
  /// Writes `"key":`, and the quote that opens a string if one follows.
  ///
  /// Once this is inlined, the key is a constant: looking for escapes in it and putting it together
  /// is done by the compiler, and a short one becomes one store of eight bytes, or two. That needs
  /// code without loops and with few branches.
  @inlinable @inline(__always)
  func appending(key: StaticString, opensString: Bool = false) -> JSONCursor {
    let count = key.utf8CodeUnitCount
    let end: UInt32 = opensString ? 0x22_3A22 : 0x3A22
    let total = count + (opensString ? 4 : 3)
    guard count <= 32 else { return appendingLong(key: key, opensString: opensString) }
    if count <= 12 {
      var text: UInt128 = 0
      withUnsafeMutableBytes(of: &text) {
        $0.baseAddress!.copyMemory(from: key.utf8Start, byteCount: count)
      }
      text = text.littleEndian
      if needsEscape(shortKey: text, count) {
        return appendingLong(key: key, opensString: opensString)
      }
      let member = 0x22 | text << 8 | UInt128(end) << (UInt128(count + 1) * 8)
      position.storeBytes(of: UInt64(truncatingIfNeeded: member).littleEndian, as: UInt64.self)
      if total > 8 {
        (position + 8).storeBytes(
          of: UInt64(truncatingIfNeeded: member >> 64).littleEndian, as: UInt64.self)
      }
    } else {
      if needsEscape(key) { return appendingLong(key: key, opensString: opensString) }
      position.storeBytes(of: 0x22, as: UInt8.self)
      (position + 1).copyMemory(from: key.utf8Start, byteCount: count)
      (position + (count + 1)).storeBytes(of: end.littleEndian, as: UInt32.self)
    }
    return advanced(by: total)
  }

  /// A key of more than 32 bytes, or one that needs an escape.
  @usableFromInline @inline(never)
  func appendingLong(key: StaticString, opensString: Bool) -> JSONCursor {
    let text = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
    let named = appendingString(UnsafeRawBufferPointer(text)).appending(byte: 0x3A).checked()
    return opensString ? named.appending(byte: 0x22) : named
  }

  @inlinable @inline(__always)
  func needsEscape(shortKey text: UInt128, _ count: Int) -> Bool {
    // With their top bits set, the bytes that are not there cannot be taken for escapes.
    let text = text | (0x8080_8080_8080_8080_8080_8080_8080_8080 as UInt128) << UInt128(count * 8)
    let low = UInt64(truncatingIfNeeded: text)
    let high = UInt64(truncatingIfNeeded: text >> 64)
    return escapeMarks(low) | escapeMarks(high) != 0
      || slashMarks(low) | slashMarks(high) != 0 && storage.pointee.escapesSlashes
  }

  /// A key of 8 to 32 bytes, seen through four words that overlap.
  @inlinable @inline(__always)
  func needsEscape(_ key: StaticString) -> Bool {
    let start = UnsafeRawPointer(key.utf8Start)
    let last = key.utf8CodeUnitCount - 8
    let a = start.loadUnaligned(as: UInt64.self)
    let b = (start + min(8, last)).loadUnaligned(as: UInt64.self)
    let c = (start + max(0, last - 8)).loadUnaligned(as: UInt64.self)
    let d = (start + last).loadUnaligned(as: UInt64.self)
    return escapeMarks(a) | escapeMarks(b) | escapeMarks(c) | escapeMarks(d) != 0
      || slashMarks(a) | slashMarks(b) | slashMarks(c) | slashMarks(d) != 0
        && storage.pointee.escapesSlashes
  }
}
