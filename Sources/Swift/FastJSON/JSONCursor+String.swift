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
    // The last byte, of which the form is part, has its top bit set.
    let text = SIMD2(words.first, words.object)
    position.storeBytes(of: text, as: SIMD2<UInt64>.self)
    let bytes = unsafeBitCast(text, to: SIMD16<UInt8>.self)
    if EscapeScan(escapingSlashes: false).finds(in: bytes, padding: padding(from: count)) {
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
    let words = StringLayout.words(of: string)
    let text = StringLayout.tailBytes(words)
    guard words.first & storage.pointee.tails != 0, StringLayout.isPlain(words),
      Self.partLengths.contains(text.count), position + text.count <= limit
    else { return appendingText(ofRare: string) }
    return appendingText(ofPart: text, EscapeScan(escapingSlashes: false)) {
      escaping(text, from: $0)
    }
  }

  /// Writes text of 16 bytes or more, for which there is room as it is.
  ///
  /// - Parameter escaping: Writes the rest where there may be something to escape, from a byte of
  ///   the text on that lies 16 or more before its end.
  @inline(__always)
  private func appendingText(
    ofPart text: UnsafeRawBufferPointer, _ scan: EscapeScan, escaping: (Int) -> JSONCursor
  ) -> JSONCursor {
    let source = text.baseAddress!
    let out = position
    let last = text.count &- 16
    @inline(__always)
    func copy(_ offset: Int) -> SIMD16<UInt8> {
      let bytes = (source + offset).loadUnaligned(as: SIMD16<UInt8>.self)
      (out + offset).storeBytes(of: bytes, as: SIMD16<UInt8>.self)
      return bytes
    }
    var done = 0
    while done < last &- 16 {
      var all = scan.collected(copy(done))
      scan.collect(copy(done &+ 16), in: &all)
      if scan.finds(in: all) { return escaping(done) }
      done &+= 32
    }
    // Two vectors that overlap spare a branch about how many bytes are left.
    var all = scan.collected(copy(max(last &- 16, 0)))
    scan.collect(copy(last), in: &all)
    return scan.finds(in: all) ? escaping(min(done, last)) : advanced(by: text.count)
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
    guard text.count <= Self.partLengths.upperBound else { return appendingLongText(text) }
    let cursor = reserving(text.count)
    return storage.pointee.escapesSlashes
      ? cursor.appendingText(ofPart: text, EscapeScan(escapingSlashes: true)) {
        cursor.escapingSlashes(text, from: $0)
      }
      : cursor.appendingText(ofPart: text, EscapeScan(escapingSlashes: false)) {
        cursor.escaping(text, from: $0)
      }
  }

  /// What is written at once, in bytes. Longer text goes in parts, so that it does not ask for six
  /// times its size.
  private static var partLengths: ClosedRange<Int> { 16...(1 << 16) }

  @inline(never)
  private func appendingLongText(_ text: UnsafeRawBufferPointer) -> JSONCursor {
    var cursor = self
    var rest = text
    while !rest.isEmpty {
      // None of the parts is shorter than 16 bytes.
      let most = Self.partLengths.upperBound
      let count = rest.count < most + Self.partLengths.lowerBound ? rest.count : most
      let part = UnsafeRawBufferPointer(rebasing: rest[..<count])
      cursor =
        storage.pointee.escapesSlashes
        ? cursor.escapingSlashes(part, from: 0) : cursor.escaping(part, from: 0)
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    return cursor
  }

  @inline(__always)
  private func appendingText(_ text: ShortText) -> JSONCursor {
    escaping(text, at: position, EscapeScan(escapingSlashes: storage.pointee.escapesSlashes))
  }
}
