// SPDX-License-Identifier: Apache-2.0

extension JSONCursor {
  /// Writes `string` in quotes, with its escapes.
  @inlinable @inline(__always)
  func appending(_ string: borrowing String) -> JSONCursor {
    appending(byte: 0x22).appendingText(of: string).appending(byte: 0x22)
  }

  /// Writes `"key":"string",`: a key that is known, the quotes and the comma in as few stores as
  /// possible.
  @inlinable @inline(__always)
  func appendingMember(_ key: StaticString, _ string: borrowing String) -> JSONCursor {
    let text = appending(key: key, opensString: true).appendingText(of: string)
    text.position.storeBytes(of: (0x2C22 as UInt16).littleEndian, as: UInt16.self)
    return text.advanced(by: 2).checked()
  }

  @inlinable @inline(__always)
  func appendingText(of string: borrowing String) -> JSONCursor {
    let words = StringLayout.words(of: string)
    guard words.object & storage.pointee.smallStrings != 0 else {
      return appendingText(ofAny: copy string)
    }
    return appendingText(ofSmall: words)
  }

  /// The text of a string of up to 15 bytes that lies in the two words of the String.
  ///
  /// All 16 bytes are stored at once; if one of them needs an escape, they are written again.
  @inlinable @inline(__always)
  func appendingText(ofSmall words: StringLayout.Words) -> JSONCursor {
    let count = Int(truncatingIfNeeded: words.object >> 56 & 0xF)
    let text = SIMD2(words.first, words.object)
    position.storeBytes(of: text, as: SIMD2<UInt64>.self)
    let bytes = unsafeBitCast(text | padding(from: count), to: SIMD16<UInt8>.self)
    if EscapeScan(escapingSlashes: false).finds(in: bytes) {
      return appendingEscapedText(ofSmall: words)
    }
    return advanced(by: count)
  }

  @usableFromInline @inline(never)
  func appendingEscapedText(ofSmall words: StringLayout.Words) -> JSONCursor {
    let bytes = UInt128(words.object & 0x00FF_FFFF_FFFF_FFFF) << 64 | UInt128(words.first)
    return appendingText(ShortText(bytes: bytes, count: Int(words.object >> 56 & 0xF)))
  }

  /// The text of a string that does not lie in its own words, most of the time. What is rare is
  /// handed on, so that a call costs little.
  @usableFromInline @inline(never)
  func appendingText(ofAny string: String) -> JSONCursor {
    guard storage.pointee.smallStrings != 0,
      let text = StringLayout.largeBytes(StringLayout.words(of: string)),
      (16...Self.longestPart).contains(text.count)
    else { return appendingText(ofRare: string) }
    // One reservation covers a string in which every byte becomes six; very long ones go in parts,
    // so that they do not ask for six times their size.
    let cursor = reserving(6 &* text.count)
    let source = text.baseAddress!
    let out = cursor.position
    let last = text.count &- 16
    let scan = EscapeScan(escapingSlashes: false)
    @inline(__always)
    func copy(_ offset: Int) -> SIMD2<UInt64> {
      let bytes = (source + offset).loadUnaligned(as: SIMD16<UInt8>.self)
      (out + offset).storeBytes(of: bytes, as: SIMD16<UInt8>.self)
      return scan.marks(bytes)
    }
    var done = 0
    while done < last &- 48 {
      let marks = copy(done) | copy(done &+ 16)
      if marks[0] | marks[1] != 0 { return cursor.escaping(text, from: done, at: out + done, scan) }
      done &+= 32
    }
    // Up to 64 bytes are left. Vectors that overlap spare the branches about how many they are.
    let marks =
      copy(done) | copy(min(done &+ 16, last)) | copy(max(last &- 16, done)) | copy(last)
    if marks[0] | marks[1] != 0 { return cursor.escaping(text, from: done, at: out + done, scan) }
    return cursor.moved(to: out + text.count)
  }

  @inline(never)
  private func appendingText(ofRare string: String) -> JSONCursor {
    if storage.pointee.readsStringLayout {
      let words = StringLayout.words(of: string)
      if words.object & StringLayout.isSmall != 0 { return appendingEscapedText(ofSmall: words) }
      if let bytes = StringLayout.largeBytes(words) { return appendingText(bytes) }
    }
    if let cursor = string.utf8.withContiguousStorageIfAvailable({
      appendingText(UnsafeRawBufferPointer($0))
    }) {
      return cursor
    }
    var copy = string
    return copy.withUTF8 { appendingText(UnsafeRawBufferPointer($0)) }
  }

  /// Writes a part of a string in quotes, by public API alone.
  @usableFromInline
  func appending(_ string: Substring) -> JSONCursor {
    if let cursor = string.utf8.withContiguousStorageIfAvailable({
      appendingString(UnsafeRawBufferPointer($0))
    }) {
      return cursor
    }
    var copy = string
    return copy.withUTF8 { appendingString(UnsafeRawBufferPointer($0)) }
  }

  /// Writes UTF-8 text in quotes, with its escapes.
  func appendingString(_ text: UnsafeRawBufferPointer) -> JSONCursor {
    appending(byte: 0x22).appendingText(text).appending(byte: 0x22)
  }

  @inline(__always)
  private func appendingText(_ text: UnsafeRawBufferPointer) -> JSONCursor {
    guard text.count >= 16 else { return appendingText(ShortText(text)) }
    // One reservation covers a string in which every byte becomes six; very long ones go in parts,
    // so that they do not ask for six times their size.
    guard text.count <= Self.longestPart else { return appendingLongText(text) }
    let source = text.baseAddress!
    let scan = EscapeScan(escapingSlashes: storage.pointee.escapesSlashes)
    let cursor = reserving(6 * text.count)
    let out = cursor.position
    var done = 0
    let last = text.count - 16
    while done < last {
      let bytes = (source + done).loadUnaligned(as: SIMD16<UInt8>.self)
      (out + done).storeBytes(of: bytes, as: SIMD16<UInt8>.self)
      if scan.finds(in: bytes) { return cursor.escaping(text, from: done, at: out + done, scan) }
      done += 16
    }
    // The last vector overlaps the one before, which had nothing to escape.
    let bytes = (source + last).loadUnaligned(as: SIMD16<UInt8>.self)
    (out + last).storeBytes(of: bytes, as: SIMD16<UInt8>.self)
    if scan.finds(in: bytes) { return cursor.escaping(text, from: done, at: out + done, scan) }
    return cursor.moved(to: out + text.count)
  }

  /// The longest text that is written with one reservation, in bytes.
  private static var longestPart: Int { 1 << 16 }

  @inline(never)
  private func appendingLongText(_ text: UnsafeRawBufferPointer) -> JSONCursor {
    let scan = EscapeScan(escapingSlashes: storage.pointee.escapesSlashes)
    var cursor = self
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
    return cursor
  }

  @inline(__always)
  private func appendingText(_ text: ShortText) -> JSONCursor {
    escaping(text, at: position, EscapeScan(escapingSlashes: storage.pointee.escapesSlashes))
  }
}
