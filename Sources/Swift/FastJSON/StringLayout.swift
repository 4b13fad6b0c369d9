// SPDX-License-Identifier: Apache-2.0

/// What this module knows about the inside of a String on 64-bit platforms, and the test whether it
/// holds in this process.
///
/// Reading a short string's bytes from its own two words costs a fraction of what any public way
/// does. Nothing promises that layout, however, so that nothing relies on it before
/// `isAsExpected` has compared it with what public API says.
///
/// Source: the Swift standard library, StringObject.swift ("String's representation").
@usableFromInline
enum StringLayout {
  /// The two words of a String.
  @frozen
  @usableFromInline
  struct Words {
    /// Small: the first eight bytes. Large: flags, and the number of bytes in the lowest 48 bits.
    @usableFromInline let first: UInt64
    /// Small: seven more bytes, then flags and count. Large: flags and address.
    @usableFromInline let object: UInt64

    @inlinable @inline(__always)
    init(first: UInt64, object: UInt64) {
      self.first = first
      self.object = object
    }
  }

  /// Set in `Words.object` when the bytes lie in the words.
  @usableFromInline static var isSmall: UInt64 { 1 << 61 }

  @inlinable @inline(__always)
  static func words(of string: borrowing String) -> Words {
    guard MemoryLayout<String>.size == 16, MemoryLayout<UnsafeRawPointer>.size == 8 else {
      return Words(first: 0, object: 0)
    }
    let words = unsafeBitCast(copy string, to: SIMD2<UInt64>.self)
    return Words(first: words[0], object: words[1])
  }

  /// The bytes of a large string that keeps them at a fixed distance behind its object's address:
  /// native strings and literals. Valid as long as the string is.
  @inline(__always)
  static func largeBytes(_ words: Words) -> UnsafeRawBufferPointer? {
    words.first & hasTail != 0 && isPlain(words) ? tailBytes(words) : nil
  }

  /// Set in `Words.first` of a large string when the bytes lie behind its object.
  static var hasTail: UInt64 { 1 << 60 }

  /// Whether it is neither small nor bridged nor foreign.
  @inline(__always)
  static func isPlain(_ words: Words) -> Bool { words.object &>> 60 & 0b111 == 0 }

  /// The bytes of a plain string that has a tail.
  @inline(__always)
  static func tailBytes(_ words: Words) -> UnsafeRawBufferPointer {
    let address = UInt(truncatingIfNeeded: words.object & 0x0FFF_FFFF_FFFF_FFFF) &+ 32
    return UnsafeRawBufferPointer(
      start: UnsafeRawPointer(bitPattern: address),
      count: Int(truncatingIfNeeded: words.first & 0xFFFF_FFFF_FFFF))
  }

  /// Whether the layout is the one described here. Tested once a process.
  static let isAsExpected = test()

  private static func test() -> Bool {
    guard MemoryLayout<String>.size == 16, MemoryLayout<UnsafeRawPointer>.size == 8,
      1.littleEndian == 1
    else { return false }
    let texts = ["", "\0", "a", "é", "€uro", "1234567", "12345678", "12345678é", "ABCDEFGHIJKLMNO"]
    for text in texts where !readsSmall(text) { return false }
    // Built when the program runs, so that they lie on the heap; and literals, which never do.
    let built = (0..<5).map { String(repeating: "aé€😀", count: 3 << $0) }
    for text in built + ["a literal of more than fifteen bytes", "ein längeres Literal, mit ä"]
    where !readsLarge(text) { return false }
    return true
  }

  private static func readsSmall(_ text: String) -> Bool {
    let words = words(of: text)
    guard words.object & isSmall != 0, words.object >> 56 & 0xF == text.utf8.count else {
      return false
    }
    return withUnsafeBytes(of: (words.first, words.object)) { bytes in
      bytes.prefix(text.utf8.count).elementsEqual(text.utf8)
        && bytes[text.utf8.count..<15].allSatisfy { $0 == 0 }
        && bytes[15] >= 0x80
    }
  }

  private static func readsLarge(_ text: String) -> Bool {
    let words = words(of: text)
    guard words.object & isSmall == 0, let bytes = largeBytes(words) else { return false }
    return text.utf8.withContiguousStorageIfAvailable { contiguous in
      bytes.baseAddress == UnsafeRawPointer(contiguous.baseAddress)
        && bytes.count == contiguous.count
    } ?? false
  }
}
