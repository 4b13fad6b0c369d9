// SPDX-License-Identifier: Apache-2.0

extension JSONCursor {
  /// Writes `string` in quotes, with its escapes.
  @inlinable @inline(__always)
  func appending(_ string: borrowing String) -> JSONCursor {
    let words = StringLayout.words(of: string)
    guard words.object & storage.pointee.smallStrings != 0 else {
      return appendingAny(copy string)
    }
    return appendingSmall(words)
  }

  /// A string of up to 15 bytes that lies in the two words of the String.
  ///
  /// All 16 bytes are stored at once; if one of them needs an escape, they are written again.
  @inlinable @inline(__always)
  func appendingSmall(_ words: StringLayout.Words) -> JSONCursor {
    let count = Int(truncatingIfNeeded: words.object >> 56 & 0xF)
    let text = SIMD2(words.first, words.object)
    position.storeBytes(of: 0x22, as: UInt8.self)
    (position + 1).storeBytes(of: text, as: SIMD2<UInt64>.self)
    let bytes = unsafeBitCast(text | padding(from: count), to: SIMD16<UInt8>.self)
    if EscapeScan(escapingSlashes: false).finds(in: bytes) { return appendingEscaped(words) }
    let end = position + (count &+ 1)
    end.storeBytes(of: 0x22, as: UInt8.self)
    return moved(to: end + 1)
  }

  @usableFromInline @inline(never)
  func appendingEscaped(_ words: StringLayout.Words) -> JSONCursor {
    let bytes = UInt128(words.object & 0x00FF_FFFF_FFFF_FFFF) << 64 | UInt128(words.first)
    return appending(ShortText(bytes: bytes, count: Int(words.object >> 56 & 0xF)))
  }

  /// Any string.
  @usableFromInline @inline(never)
  func appendingAny(_ string: String) -> JSONCursor {
    if storage.pointee.readsStringLayout {
      let words = StringLayout.words(of: string)
      if words.object & StringLayout.isSmall != 0 { return appendingEscaped(words) }
      if let bytes = StringLayout.largeBytes(words) { return appending(bytes) }
    }
    if let cursor = string.utf8.withContiguousStorageIfAvailable({ appending($0) }) {
      return cursor
    }
    var copy = string
    return copy.withUTF8 { appending($0) }
  }

  /// A part of a string, by public API alone.
  @usableFromInline
  func appending(_ text: Substring) -> JSONCursor {
    if let cursor = text.utf8.withContiguousStorageIfAvailable({ appending($0) }) { return cursor }
    var copy = text
    return copy.withUTF8 { appending($0) }
  }

  /// Writes UTF-8 text in quotes, with its escapes.
  @usableFromInline
  func appending(_ text: UnsafeBufferPointer<UInt8>) -> JSONCursor {
    appending(UnsafeRawBufferPointer(text))
  }

  @inline(__always)
  func appending(_ text: UnsafeRawBufferPointer) -> JSONCursor {
    guard text.count >= 16 else { return appending(ShortText(text)) }
    // One reservation covers a string in which every byte becomes six; very long ones go in parts,
    // so that they do not ask for six times their size.
    guard text.count <= Self.longestPart else { return appendingLong(text) }
    let source = text.baseAddress!
    let scan = EscapeScan(escapingSlashes: storage.pointee.escapesSlashes)
    let cursor = reserving(6 * text.count)
    let out = cursor.position + 1
    cursor.position.storeBytes(of: 0x22, as: UInt8.self)
    var done = 0
    let last = text.count - 16
    while done < last {
      let bytes = (source + done).loadUnaligned(as: SIMD16<UInt8>.self)
      (out + done).storeBytes(of: bytes, as: SIMD16<UInt8>.self)
      if scan.finds(in: bytes) {
        return cursor.escaping(text, from: done, at: out + done, scan).appending(byte: 0x22)
      }
      done += 16
    }
    // The last vector overlaps the one before, which had nothing to escape.
    let bytes = (source + last).loadUnaligned(as: SIMD16<UInt8>.self)
    (out + last).storeBytes(of: bytes, as: SIMD16<UInt8>.self)
    if scan.finds(in: bytes) {
      return cursor.escaping(text, from: done, at: out + done, scan).appending(byte: 0x22)
    }
    return cursor.moved(to: out + text.count).appending(byte: 0x22)
  }

  /// The longest text that is written with one reservation, in bytes.
  static var longestPart: Int { 1 << 16 }

  @inline(never)
  func appendingLong(_ text: UnsafeRawBufferPointer) -> JSONCursor {
    let scan = EscapeScan(escapingSlashes: storage.pointee.escapesSlashes)
    var cursor = appending(byte: 0x22)
    var start = 0
    while start < text.count {
      let end = min(start + Self.longestPart, text.count)
      // A part may begin before its start, so that even the last one has 16 bytes.
      let part = UnsafeRawBufferPointer(rebasing: text[(end - Self.longestPart)..<end])
      cursor = cursor.reserving(6 * (end - start))
      cursor = cursor.escaping(
        part, from: start - (end - Self.longestPart), at: cursor.position, scan)
      start = end
    }
    return cursor.appending(byte: 0x22)
  }

  @inline(__always)
  func appending(_ text: ShortText) -> JSONCursor {
    let cursor = appending(byte: 0x22)
    let scan = EscapeScan(escapingSlashes: storage.pointee.escapesSlashes)
    return cursor.escaping(text, at: cursor.position, scan).appending(byte: 0x22)
  }
}
