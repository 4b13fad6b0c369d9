// SPDX-License-Identifier: Apache-2.0

import Synchronization

extension JSONDocument {
  /// Makes a document in code.
  ///
  ///     let document = JSONDocument.build { json in
  ///       json.object { place in
  ///         place.member("name", "Ede")
  ///         place.array("coordinates") { point in
  ///           point.element(52.04)
  ///           point.element(5.67)
  ///         }
  ///       }
  ///     }
  ///
  /// - Precondition: `body` makes exactly one value, and leaves each builder that it is given in its
  ///   place: they must not be exchanged with those of another document.
  public static func build(_ body: (inout Builder) -> Void) -> JSONDocument {
    let document = documents.wrappingAdd(1, ordering: .relaxed).newValue
    var builder = Builder(tape: JSONTapeBuilder(capacity: 64, document: document))
    body(&builder)
    builder.tape.requireSame(document)
    precondition(
      builder.values == 1, "a JSON document is one value, and not \(builder.values)")
    return JSONDocument(builder.tape.finished())
  }

  /// How many were begun to be made in code.
  private static let documents = Atomic(0)

  /// Takes the one value of a document.
  public struct Builder: ~Copyable {
    var tape: JSONTapeBuilder
    fileprivate(set) var values = 0

    public mutating func null() { add { $0.append(word: .null) } }
    public mutating func value(_ value: Bool) { add { $0.append(word: value ? .yes : .no) } }
    public mutating func value(_ value: some BinaryInteger) { add { $0.append(integer: value) } }
    /// A NaN or an infinity is an error when the document is written.
    public mutating func value(_ value: Double) { add { $0.append(value) } }
    public mutating func value(_ value: String) { add { $0.append(string: value, isKey: false) } }
    public mutating func value(_ value: JSONDocument.Value) { add { $0.append(value) } }

    public mutating func object(_ body: (inout ObjectBuilder) -> Void) {
      add { $0.appendObject(body) }
    }

    public mutating func array(_ body: (inout ArrayBuilder) -> Void) {
      add { $0.appendArray(body) }
    }

    private mutating func add(_ body: (inout JSONTapeBuilder) -> Void) {
      values += 1
      body(&tape)
    }
  }

  /// Takes the members of an object, in their order. A key that comes twice is kept twice.
  public struct ObjectBuilder: ~Copyable {
    fileprivate var tape: JSONTapeBuilder

    public mutating func null(_ key: String) { add(key) { $0.append(word: .null) } }
    public mutating func member(_ key: String, _ value: Bool) {
      add(key) { $0.append(word: value ? .yes : .no) }
    }
    public mutating func member(_ key: String, _ value: some BinaryInteger) {
      add(key) { $0.append(integer: value) }
    }
    /// A NaN or an infinity is an error when the document is written.
    public mutating func member(_ key: String, _ value: Double) { add(key) { $0.append(value) } }
    public mutating func member(_ key: String, _ value: String) {
      add(key) { $0.append(string: value, isKey: false) }
    }
    public mutating func member(_ key: String, _ value: JSONDocument.Value) {
      add(key) { $0.append(value) }
    }
    public mutating func object(_ key: String, _ body: (inout ObjectBuilder) -> Void) {
      add(key) { $0.appendObject(body) }
    }
    public mutating func array(_ key: String, _ body: (inout ArrayBuilder) -> Void) {
      add(key) { $0.appendArray(body) }
    }

    private mutating func add(_ key: String, _ body: (inout JSONTapeBuilder) -> Void) {
      tape.append(string: key, isKey: true)
      body(&tape)
    }
  }

  /// Takes the elements of an array.
  public struct ArrayBuilder: ~Copyable {
    fileprivate var tape: JSONTapeBuilder

    public mutating func null() { tape.append(word: .null) }
    public mutating func element(_ value: Bool) { tape.append(word: value ? .yes : .no) }
    public mutating func element(_ value: some BinaryInteger) { tape.append(integer: value) }
    /// A NaN or an infinity is an error when the document is written.
    public mutating func element(_ value: Double) { tape.append(value) }
    public mutating func element(_ value: String) { tape.append(string: value, isKey: false) }
    public mutating func element(_ value: JSONDocument.Value) { tape.append(value) }
    public mutating func object(_ body: (inout ObjectBuilder) -> Void) { tape.appendObject(body) }
    public mutating func array(_ body: (inout ArrayBuilder) -> Void) { tape.appendArray(body) }
  }
}

extension JSONTapeBuilder {
  fileprivate mutating func append(string: String, isKey: Bool) {
    var string = string
    string.withUTF8 { text in
      let text = UnsafeRawBufferPointer(text)
      let needsEscapes = text.contains { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }
      append(text: text, isKey: isKey, needsEscapes: needsEscapes)
    }
  }

  /// Beyond 64 bits, by its digits.
  fileprivate mutating func append(integer value: some BinaryInteger) {
    if let signed = Int64(exactly: value) { return append(signed) }
    if let unsigned = UInt64(exactly: value) { return append(unsigned) }
    var digits = String(value)
    digits.withUTF8 { append(number: UnsafeRawBufferPointer($0)) }
  }

  fileprivate mutating func append(_ value: JSONDocument.Value) {
    append(value.tape, from: value.index, to: value.tape.next(after: value.index))
  }

  fileprivate mutating func appendObject(_ body: (inout JSONDocument.ObjectBuilder) -> Void) {
    begin(isObject: true)
    lend { tape in
      var object = JSONDocument.ObjectBuilder(tape: tape)
      body(&object)
      return object.tape
    }
    end(isObject: true)
  }

  fileprivate mutating func appendArray(_ body: (inout JSONDocument.ArrayBuilder) -> Void) {
    begin(isObject: false)
    lend { tape in
      var array = JSONDocument.ArrayBuilder(tape: tape)
      body(&array)
      return array.tape
    }
    end(isObject: false)
  }

  /// Gives the tape away and takes it back.
  private mutating func lend(_ body: (consuming JSONTapeBuilder) -> JSONTapeBuilder) {
    let document = document
    self = body(self)
    requireSame(document)
  }

  /// What two documents would be that exchanged their builders is no JSON.
  fileprivate func requireSame(_ document: Int) {
    precondition(
      self.document == document, "a builder of one JSON document was exchanged with another's")
  }
}
