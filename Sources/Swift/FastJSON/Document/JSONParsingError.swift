// SPDX-License-Identifier: Apache-2.0

/// Why text is not one JSON document (RFC 8259), and where.
///
/// It holds no reference: Swift 6.3 cannot compile an optimised program that catches one case of a
/// typed error that does.
///
/// Swift 6.3 crashes at a `catch` of this error with a condition (a `where`, or a value where a
/// payload could be bound), or compiles for ever, unless a `catch { throw error }` stands behind it
/// or the function throws this type alone; so it does with typed errors of any kind.
public struct JSONParsingError: Error, Equatable, CustomStringConvertible {
  public enum Reason: Equatable, Sendable {
    /// Something else stands here than what may.
    case unexpectedByte(expected: Expectation)
    case unexpectedEnd(expected: Expectation)
    /// The string that begins here never ends.
    case unterminatedString
    /// Below 0x20, in a string, and not escaped (section 7).
    case controlCharacter
    /// Half of a UTF-16 surrogate pair, by an escape.
    case loneSurrogate
    case invalidUTF8
    /// More containers inside of each other than so many.
    case tooDeep(Int)
    /// Something other than white space stands behind the value.
    case trailingBytes
  }

  /// What may stand at a place, in words.
  public struct Expectation: Equatable, Sendable, ExpressibleByStringLiteral,
    CustomStringConvertible
  {
    private let text: StaticString

    public init(stringLiteral text: StaticString) { self.text = text }

    public var description: String { text.description }

    public static func == (a: Expectation, b: Expectation) -> Bool {
      a.description == b.description
    }
  }

  public var reason: Reason
  /// In bytes from the start, from 0.
  public var offset: Int
  /// From 1; a column is a byte.
  public var line: Int, column: Int

  init(_ reason: Reason, offset: Int, in text: UnsafeRawBufferPointer) {
    self.reason = reason
    self.offset = offset
    let before = text[..<min(offset, text.count)]
    line = before.count { $0 == 0x0A } + 1
    column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
  }

  public var description: String {
    let what =
      switch reason {
      case .unexpectedByte(let expected): "\(expected) expected"
      case .unexpectedEnd(let expected): "\(expected) expected, but the text ends"
      case .unterminatedString: "a string without an end"
      case .controlCharacter: "a control character that is not escaped"
      case .loneSurrogate: "half of a surrogate pair"
      case .invalidUTF8: "not valid UTF-8"
      case .tooDeep(let most): "more than \(most) levels of nesting"
      case .trailingBytes: "nothing expected behind the value"
      }
    return "line \(line), column \(column) (byte \(offset)): \(what)"
  }
}
