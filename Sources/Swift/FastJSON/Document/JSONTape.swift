// SPDX-License-Identifier: Apache-2.0

/// A document in the order in which it is written, in one piece of memory: words of eight bytes, each
/// with a tag in its lowest byte. The text of a string follows its word, padded to whole words.
final class JSONTape: @unchecked Sendable {
  /// What a word stands for. What it carries is in the 56 bits above.
  enum Tag: UInt8 {
    /// Behind the last value.
    case end
    /// Text of so many bytes in which nothing needs an escape, but perhaps slashes.
    case string
    /// Text of which that is not known to hold.
    case escapedString
    case key
    case escapedKey
    /// A signed number of 56 bits.
    case integer
    /// The number is in the next word.
    case wideInteger
    case unsigned
    case double
    /// The text of a number that none of these can hold.
    case number
    case yes, no, null
    /// The index of the word that ends it; an index is in words from the start.
    case beginObject, beginArray
    /// The number of members or elements.
    case endObject, endArray
    case emptyObject, emptyArray
  }

  let words: UnsafeMutablePointer<UInt64>
  /// Without the padding.
  let count: Int
  /// No output, compact, is longer than this, in bytes; `escaped` with slashes escaped too.
  let longestOutput: (plain: Int, escaped: Int)

  /// Vectors that are loaded from the last string's text reach into the padding.
  static let padding = 8

  /// - Parameter words: owned by the tape from now on; padded, and ended with `end`.
  init(words: UnsafeMutablePointer<UInt64>, count: Int, longestOutput: (plain: Int, escaped: Int)) {
    self.words = words
    self.count = count
    self.longestOutput = longestOutput
  }

  deinit { words.deallocate() }

  @inline(__always)
  static func word(_ tag: Tag, _ payload: Int = 0) -> UInt64 {
    UInt64(tag.rawValue) | UInt64(truncatingIfNeeded: payload) << 8
  }

  /// - Precondition: the word is one with a tag.
  @inline(__always)
  static func tag(_ word: UInt64) -> Tag {
    unsafeBitCast(UInt8(truncatingIfNeeded: word), to: Tag.self)
  }

  @inline(__always)
  static func payload(_ word: UInt64) -> Int { Int(truncatingIfNeeded: word >> 8) }

  /// Words that the text of a string takes.
  @inline(__always)
  static func words(ofText bytes: Int) -> Int { (bytes &+ 7) &>> 3 }

  /// The text behind the word at an index.
  func text(at index: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: words + index + 1, count: Self.payload(words[index]))
  }

  /// The index of the word behind the value, or key, at an index.
  func next(after index: Int) -> Int {
    let word = words[index]
    switch Self.tag(word) {
    case .string, .escapedString, .key, .escapedKey, .number:
      return index + 1 + Self.words(ofText: Self.payload(word))
    case .wideInteger, .unsigned, .double: return index + 2
    case .beginObject, .beginArray: return Self.payload(word) + 1
    default: return index + 1
    }
  }
}
