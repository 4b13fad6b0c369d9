/// Why bytes are not a JSON document, or not one that a ``JSONValue`` can stand for.
public struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
  public enum Kind: Sendable {
    case invalid
    /// All of it is valid (RFC 8259), but there is no one value that every encoder would take it for.
    case unrepresentable
    /// Valid as far as it was read.
    case tooDeep
  }

  public var kind = Kind.invalid
  /// What was wrong: `a comma or ']' expected`.
  public var reason: String
  /// In bytes, from 0.
  public var offset: Int
  /// From 1; columns count bytes.
  public var line: Int, column: Int

  public var description: String { "line \(line), column \(column): \(reason)" }

  /// What is to be said of the document: `is not valid JSON: line 1, column 2: ...`.
  public var complaint: String {
    switch kind {
    case .invalid: "is not valid JSON: \(self)"
    case .unrepresentable: "is valid JSON that cannot be represented: \(self)"
    case .tooDeep: "cannot be represented: \(self)"
    }
  }
}

/// Reads one JSON document, strictly as RFC 8259 has it, into a `JSONValue`.
///
/// Duplicate keys, numbers beyond all doubles and halves of surrogate pairs are valid there, but errors
/// here, since encoders differ in what they make of them.
package struct JSONParser {
  /// Levels of nesting: what JSONEncoder can write.
  static let deepest = 511

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  /// The first thing that is valid and has no value. What is invalid behind it counts for more.
  private var unrepresentable: JSONSyntaxError?

  package static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONValue {
    var parser = JSONParser(bytes: bytes)
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      throw parser.error("not valid UTF-8", at: error.byteOffsets.lowerBound)
    }
    let value = try parser.value()
    parser.skipSpace()
    if parser.position < bytes.count { throw parser.error("nothing expected after the value") }
    if let unrepresentable = parser.unrepresentable { throw unrepresentable }
    return value
  }

  private mutating func note(_ reason: String, at offset: Int) {
    guard unrepresentable == nil else { return }
    unrepresentable = error(reason, at: offset)
    unrepresentable?.kind = .unrepresentable
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func error(_ reason: String, at offset: Int? = nil) -> JSONSyntaxError {
    let offset = offset ?? position
    let before = bytes[..<min(offset, bytes.count)]
    let lineStart = (before.lastIndex(of: 0x0A) ?? -1) + 1
    return JSONSyntaxError(
      reason: offset >= bytes.count ? "\(reason), but the document ends" : reason, offset: offset,
      line: before.count { $0 == 0x0A } + 1, column: before.count - lineStart + 1)
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  /// Takes the next byte if it is `byte`.
  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(JSONSyntaxError) -> JSONValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
    default: throw error("a value expected")
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONSyntaxError)
    -> JSONValue
  {
    guard bytes[position...].starts(with: word.utf8) else { throw error("a value expected") }
    position += word.utf8.count
    return value
  }

  private mutating func enter() throws(JSONSyntaxError) {
    depth += 1
    if depth > Self.deepest {
      var tooDeep = error("more than \(Self.deepest) levels of nesting")
      tooDeep.kind = .tooDeep
      throw tooDeep
    }
    position += 1
  }

  private mutating func array() throws(JSONSyntaxError) -> JSONValue {
    try enter()
    var values: [JSONValue] = []
    skipSpace()
    if !take(UInt8(ascii: "]")) {
      while true {
        values.append(try value())
        skipSpace()
        if take(UInt8(ascii: "]")) { break }
        guard take(UInt8(ascii: ",")) else { throw error("a comma or ']' expected") }
      }
    }
    depth -= 1
    return .array(values)
  }

  private mutating func object() throws(JSONSyntaxError) -> JSONValue {
    try enter()
    var members: [JSONValue.Member] = []
    var keys: Set<String> = []
    skipSpace()
    if !take(UInt8(ascii: "}")) {
      while true {
        skipSpace()
        guard next == UInt8(ascii: "\"") else { throw error("a key in quotes expected") }
        let start = position
        let key = try string()
        if !keys.insert(key).inserted { note("the key \"\(key)\" comes twice", at: start) }
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw error("a colon expected") }
        members.append(JSONValue.Member(key, try value()))
        skipSpace()
        if take(UInt8(ascii: "}")) { break }
        guard take(UInt8(ascii: ",")) else { throw error("a comma or '}' expected") }
      }
    }
    depth -= 1
    return .object(members)
  }
}

extension JSONParser {
  private mutating func string() throws(JSONSyntaxError) -> String {
    position += 1
    var text: [UInt8] = []
    while true {
      guard let byte = next else { throw error("the end of a string expected") }
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        try escape(into: &text)
      case 0..<0x20:
        throw error("a control character in a string must be escaped")
      default:
        text.append(byte)
        position += 1
      }
    }
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) {
    position += 1
    switch next {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(bytes[position])
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "u"):
      let start = position - 1
      position += 1
      var code = try fourHexDigits()
      if code >> 10 == 0x36 {
        let behind = position
        if take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
          let low = try fourHexDigits()
          if low >> 10 == 0x37 { code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF }
        }
        // What follows half of a pair is something of its own.
        if code < 0x10000 { position = behind }
      }
      if let scalar = Unicode.Scalar(code) {
        text += String(Character(scalar)).utf8
      } else {
        note("half of a surrogate pair", at: start)
        text += "\u{FFFD}".utf8
      }
      return
    default: throw error("one of \"\\/bfnrtu expected after a backslash")
    }
    position += 1
  }

  private mutating func fourHexDigits() throws(JSONSyntaxError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("four hexadecimal digits expected")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  private mutating func digits() throws(JSONSyntaxError) {
    let start = position
    while let byte = next, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
    if position == start { throw error("a digit expected") }
  }

  private mutating func number() throws(JSONSyntaxError) -> JSONValue {
    let start = position
    _ = take(UInt8(ascii: "-"))
    // No digit may follow a leading zero.
    if !take(UInt8(ascii: "0")) { try digits() }
    var isInteger = true
    if take(UInt8(ascii: ".")) {
      isInteger = false
      try digits()
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isInteger = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    // The zero of integers has no sign.
    if isInteger, text != "-0" {
      if let value = Int64(text) { return .integer(value) }
      if let value = UInt64(text) { return .unsigned(value) }
    }
    guard let value = Double(text), value.isFinite else {
      note("a number beyond the range of doubles", at: start)
      return .null
    }
    return .double(value)
  }
}
