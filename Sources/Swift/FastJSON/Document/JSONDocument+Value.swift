// SPDX-License-Identifier: Apache-2.0

extension JSONDocument {
  /// A value somewhere in a document, which it keeps alive.
  public struct Value: Sendable {
    let tape: JSONTape
    let index: Int

    public enum Kind: Sendable, Hashable {
      case null, bool, number, string, array, object
    }

    private var word: UInt64 { tape.words[index] }

    public var kind: Kind {
      switch JSONTape.tag(word) {
      case .string, .escapedString, .key, .escapedKey: .string
      case .integer, .wideInteger, .unsigned, .double, .number: .number
      case .yes, .no: .bool
      case .beginObject, .endObject, .emptyObject: .object
      case .beginArray, .endArray, .emptyArray: .array
      case .null, .end: .null
      }
    }

    public var isNull: Bool { kind == .null }

    /// nil where it is no truth value.
    public var bool: Bool? {
      switch JSONTape.tag(word) {
      case .yes: true
      case .no: false
      default: nil
      }
    }

    /// nil where it is no string.
    public var string: String? {
      kind == .string ? String(decoding: tape.text(at: index), as: UTF8.self) : nil
    }

    /// nil where it is no integer, or one that 64 bits cannot hold.
    public var integer: Int64? {
      switch JSONTape.tag(word) {
      case .integer: Int64(bitPattern: word) >> 8
      case .wideInteger: Int64(bitPattern: tape.words[index + 1])
      default: nil
      }
    }

    /// nil where it is no integer from 0 to 2^64 - 1.
    public var unsignedInteger: UInt64? {
      JSONTape.tag(word) == .unsigned
        ? tape.words[index + 1] : integer.flatMap { UInt64(exactly: $0) }
    }

    /// The number, or the double nearest to it; nil where it is none, or beyond the range of doubles.
    public var double: Double? {
      switch JSONTape.tag(word) {
      case .integer, .wideInteger: integer.map { Double($0) }
      case .unsigned: unsignedInteger.map { Double($0) }
      case .double: Double(bitPattern: tape.words[index + 1])
      case .number:
        numberText.flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil }
      default: nil
      }
    }

    /// The text of a number that neither 64 bits nor a double can hold.
    public var numberText: String? {
      JSONTape.tag(word) == .number
        ? String(decoding: tape.text(at: index), as: UTF8.self) : nil
    }

    /// The number of elements of an array or of members of an object; 0 for other values.
    public var count: Int {
      switch JSONTape.tag(word) {
      case .beginObject, .beginArray: JSONTape.payload(tape.words[JSONTape.payload(word)])
      default: 0
      }
    }

    /// The elements of an array; none for other values.
    public var elements: Elements {
      Elements(tape: tape, index: JSONTape.tag(word) == .beginArray ? index + 1 : tape.count)
    }

    /// The members of an object, in their order; none for other values.
    public var members: Members {
      Members(tape: tape, index: JSONTape.tag(word) == .beginObject ? index + 1 : tape.count)
    }

    /// The first member of that key, found by going through them; nil where there is none.
    public subscript(_ key: String) -> Value? {
      var key = key
      return key.withUTF8 { wanted in
        let wanted = UnsafeRawBufferPointer(wanted)
        var index = members.index
        while JSONTape.tag(tape.words[index]).isKey {
          let text = tape.text(at: index)
          let value = tape.next(after: index)
          if text.count == wanted.count, text.elementsEqual(wanted) {
            return Value(tape: tape, index: value)
          }
          index = tape.next(after: value)
        }
        return nil
      }
    }

    /// The element at a position, found by going through those before; nil where there is none.
    public subscript(_ position: Int) -> Value? {
      guard position >= 0 else { return nil }
      return elements.dropFirst(position).first { _ in true }
    }
  }

  /// Goes through the elements of an array.
  public struct Elements: Sequence, IteratorProtocol, Sendable {
    let tape: JSONTape
    var index: Int

    public mutating func next() -> Value? {
      switch JSONTape.tag(tape.words[index]) {
      case .endArray, .end: return nil
      default:
        defer { index = tape.next(after: index) }
        return Value(tape: tape, index: index)
      }
    }
  }

  /// Goes through the members of an object.
  public struct Members: Sequence, IteratorProtocol, Sendable {
    let tape: JSONTape
    var index: Int

    public mutating func next() -> (key: String, value: Value)? {
      guard JSONTape.tag(tape.words[index]).isKey else { return nil }
      let key = String(decoding: tape.text(at: index), as: UTF8.self)
      let value = tape.next(after: index)
      index = tape.next(after: value)
      return (key, Value(tape: tape, index: value))
    }
  }
}

extension JSONDocument.Value: JSONWritable {
  public borrowing func write(to json: consuming JSONWriter) -> JSONWritten {
    JSONWritten(json.cursor.appending(tape, from: index, to: tape.next(after: index)))
  }
}

extension JSONTape.Tag {
  fileprivate var isKey: Bool { self == .key || self == .escapedKey }
}
