import Foundation
import Testing

@testable import FastJSON

@Suite("JSONDocument: reading")
struct DocumentReadingTests {
  private static func rewritten(_ text: String, escapingSlashes: Bool = false) throws -> String {
    try written(JSONDocument(parsing: text), escapingSlashes: escapingSlashes)
  }

  @Test(
    "What is read is written again, compact",
    arguments: [
      ("null", "null"), (" true ", "true"), ("\tfalse\r\n", "false"), ("0", "0"), ("-0", "-0"),
      ("-0.0", "-0"), ("1.0", "1"), ("1e2", "100"), ("1E+2", "100"), ("25e-1", "2.5"),
      ("9223372036854775807", "9223372036854775807"),
      ("-9223372036854775808", "-9223372036854775808"),
      ("36028797018963967", "36028797018963967"), ("36028797018963968", "36028797018963968"),
      ("-36028797018963968", "-36028797018963968"), ("-36028797018963969", "-36028797018963969"),
      ("18446744073709551615", "18446744073709551615"),
      // Beyond 64 bits and beyond doubles: as they came.
      ("18446744073709551616", "18446744073709551616"),
      ("-9223372036854775809", "-9223372036854775809"),
      ("1e400", "1e400"), ("-1E+400", "-1E+400"),
      ("1e-400", "0"), ("1e-999999999999999999999", "0"),
      ("123456789012345678901234567890", "123456789012345678901234567890"),
      ("\"\"", "\"\""), ("\"a\"", "\"a\""), ("\"\\u0061\\/\\u00e9\"", "\"a/é\""),
      ("\"\\ud83d\\ude00\"", "\"😀\""), ("\"\\u2028\"", "\"\u{2028}\""),
      ("\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\"", "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\""),
      ("[]", "[]"), ("{}", "{}"), ("[ [ ] , { } ]", "[[],{}]"), ("[1,2]", "[1,2]"),
      ("{ \"a\" : [ { \"b\" : null } ] }", "{\"a\":[{\"b\":null}]}"),
      // A key that comes twice is kept twice, in its order.
      ("{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":1,\"b\":2,\"a\":3}"), ("{\"\":0}", "{\"\":0}"),
      ("{\"a\\n\":0}", "{\"a\\n\":0}"),
    ])
  func accepts(_ text: String, _ expected: String) throws {
    #expect(try Self.rewritten(text) == expected)
  }

  @Test(
    "What is no JSON is refused, with its place",
    arguments: [
      ("", 0, "a value expected, but the text ends"), ("  ", 2, "a value expected"),
      ("nul", 3, "true, false or null expected"), ("nulx", 3, "true, false or null expected"),
      ("[1", 2, "a comma or ']' expected, but the text ends"), ("[1 2]", 3, "a comma or ']'"),
      ("[1,]", 3, "a value expected"), ("[,1]", 1, "a value expected"),
      ("{\"a\"}", 4, "a colon expected"), ("{\"a\":}", 5, "a value expected"),
      ("{\"a\":1,}", 7, "a key in quotes expected"), ("{a:1}", 1, "a key in quotes or '}'"),
      ("{\"a\":1", 6, "a comma or '}'"), ("[}", 1, "a value expected"),
      ("[1}", 2, "a comma or ']'"),
      ("\"a", 0, "a string without an end"), ("\"a\\", 3, "one of \"\\/bfnrtu expected"),
      ("\"\\x\"", 2, "one of \"\\/bfnrtu expected"), ("\"\\u12\"", 5, "four hexadecimal digits"),
      ("\"a\nb\"", 2, "a control character that is not escaped"),
      ("\"\u{1}\"", 1, "a control character"), ("\"\\ud800\"", 1, "half of a surrogate pair"),
      ("\"\\udc00\"", 1, "half of a surrogate pair"),
      ("\"\\ud800\\u0041\"", 1, "half of a surrogate pair"),
      ("\"\\ud800x\"", 1, "half of a surrogate pair"),
      ("01", 1, "nothing expected behind the value"), ("-", 1, "a digit expected"),
      ("+1", 0, "a value expected"), (".5", 0, "a value expected"), ("1.", 2, "a digit expected"),
      ("1e", 2, "a digit expected"), ("1e+", 3, "a digit expected"),
      ("0x10", 1, "nothing expected"),
      ("NaN", 0, "a value expected"), ("Infinity", 0, "a value expected"),
      ("1 2", 2, "nothing expected behind the value"), ("{}x", 2, "nothing expected"),
      ("// comment\n1", 0, "a value expected"), ("\u{FEFF}1", 0, "a value expected"),
      ("'a'", 0, "a value expected"), ("[1\u{A0}]", 2, "a comma or ']' expected"),
    ])
  func refuses(_ text: String, _ offset: Int, _ reason: String) throws {
    let error = try #require(throws: JSONParsingError.self) { try JSONDocument(parsing: text) }
    #expect(error.offset == offset, "\(error)")
    #expect(error.description.contains(reason), "\(error)")
    // Foundation refuses it as well, but for a byte order mark and commas at the end.
    if !text.hasPrefix("\u{FEFF}"), !text.hasSuffix(",]"), !text.hasSuffix(",}") {
      #expect(throws: (any Error).self) {
        try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
      }
    }
  }

  /// A typed error that owns memory makes the compiler fail in programs that catch one case of it.
  @Test("Errors own no memory")
  func errorsOwnNoMemory() {
    #expect(_isPOD(JSONParsingError.self) && _isPOD(JSONWritingError.self))
  }

  @Test("What was expected is told, and compares")
  func expectations() {
    #expect {
      try JSONDocument(parsing: "[1 2]")
    } throws: { error in
      let reason = (error as? JSONParsingError)?.reason
      return reason == .unexpectedByte(expected: "a comma or ']'")
        && reason != .unexpectedByte(expected: "a colon")
        && "\(error)" == "line 1, column 4 (byte 3): a comma or ']' expected"
    }
  }

  @Test("A place is told by byte, line and column")
  func place() throws {
    let error = try #require(throws: JSONParsingError.self) {
      try JSONDocument(parsing: "{\n  \"é\": 1,\n  oops\n}")
    }
    #expect(error.offset == 15 && error.line == 3 && error.column == 3)
    #expect(
      error.description == "line 3, column 3 (byte 15): a key in quotes expected")
  }

  @Test(
    "Bytes that are no UTF-8 are refused, wherever they stand",
    arguments: [
      [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80],
    ] as [[UInt8]])
  func invalidUTF8(_ bytes: [UInt8]) throws {
    for count in [0, 1, 15, 16, 31, 100] {
      let padding = [UInt8](repeating: 0x61, count: count)
      let text = [0x22] + padding + bytes + padding + [0x22]
      let error = try #require(throws: JSONParsingError.self) { try JSONDocument(parsing: text) }
      #expect(error.reason == .invalidUTF8 && error.offset == count + 1)
    }
  }

  @Test("Depth has a limit, and takes no stack", arguments: [1, 2, 512, 100_000])
  func depth(_ limit: Int) throws {
    for brackets in [("[", "]"), ("{\"a\":", "}")] {
      func nested(_ depth: Int) -> String {
        String(repeating: brackets.0, count: depth) + "1"
          + String(repeating: brackets.1, count: depth)
      }
      let document = try JSONDocument(parsing: nested(limit), depth: limit)
      #expect(try written(document) == nested(limit))
      let error = try #require(throws: JSONParsingError.self) {
        try JSONDocument(parsing: nested(limit + 1), depth: limit)
      }
      #expect(error.reason == .tooDeep(limit))
    }
    #expect(JSONDocument.defaultDepth == 512)
  }

  @Test("Cut off anywhere, a document is refused")
  func truncated() throws {
    let text = #"{"key":[1.5e3,"täxt\n\u00e9",{"a":true,"b":[null,false]},-12],"x":{}}"#
    let bytes = Array(text.utf8)
    _ = try JSONDocument(parsing: bytes)
    for count in bytes.indices {
      #expect(throws: JSONParsingError.self, "\(count) bytes") {
        try JSONDocument(parsing: Array(bytes[..<count]))
      }
    }
  }

  @Test("Strings of 0 to 200 bytes, with one byte that needs an escape at each place, or none")
  func strings() throws {
    var random = Sequence64(state: 5)
    for count in 0...200 {
      for special in [nil, "\"", "\\", "\n", "\u{1}", "/", "é"] as [String?] {
        var text = (0..<count).map { _ in
          String(Unicode.Scalar(UInt8.random(in: 0x61...0x7A, using: &random)))
        }
        if let special, count > 0 { text[Int.random(in: 0..<count, using: &random)] = special }
        let string = text.joined()
        for escapesSlashes in [false, true] {
          let expected = try encoded([string: [string]], escapingSlashes: escapesSlashes)
          #expect(
            try Self.rewritten(expected, escapingSlashes: escapesSlashes) == expected)
        }
      }
    }
  }

  @Test("Doubles of random bits are read as Swift reads them, and written as it writes them")
  func doubles() throws {
    var random = Sequence64(state: 9)
    var texts: [String] = []
    for _ in 0..<20_000 {
      let value = Double(bitPattern: random.next())
      if value.isFinite { texts.append(try written(value)) }
    }
    let text = "[" + texts.joined(separator: ",") + "]"
    let document = try JSONDocument(parsing: text)
    #expect(try written(document) == text)
    for (element, digits) in zip(document.root.elements, texts) {
      #expect(element.double == Double(digits), "\(digits)")
    }
  }

  @Test("Random documents: Foundation finds the same values in what is written")
  func differential() throws {
    var random = Sequence64(state: 11)
    for _ in 0..<400 {
      let text = Self.document(&random, depth: 0)
      let document = try JSONDocument(parsing: text)
      let output = try written(document)
      let (ours, theirs) = try (
        JSONSerialization.jsonObject(with: Data(output.utf8), options: .fragmentsAllowed)
          as? NSObject,
        JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
          as? NSObject
      )
      #expect(ours == theirs)
      // What is compact already comes back as it is.
      #expect(try written(JSONDocument(parsing: output)) == output)
    }
  }

  /// JSON with white space and escapes at random.
  private static func document(_ random: inout Sequence64, depth: Int) -> String {
    func space() -> String {
      ["", "", " ", "\n\t "].randomElement(using: &random)!
    }
    func string() -> String {
      let pieces = ["a", "ß", "\\n", "\\u0041", "\\\"", "/", "\\/", "😀", "\\ud83d\\ude00", "  "]
      return "\""
        + (0..<Int.random(in: 0...12, using: &random)).map { _ in
          pieces.randomElement(using: &random)!
        }.joined() + "\""
    }
    switch Int.random(in: depth > 4 ? 2...7 : 0...7, using: &random) {
    case 0:
      let values = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        space() + document(&random, depth: depth + 1) + space()
      }
      return "[" + (values.isEmpty ? space() : values.joined(separator: ",")) + "]"
    case 1:
      let members = (0..<Int.random(in: 0...5, using: &random)).map { number in
        space() + "\"\(number)" + string().dropFirst() + space() + ":" + space()
          + document(&random, depth: depth + 1)
      }
      return "{" + (members.isEmpty ? space() : members.joined(separator: ",")) + "}"
    case 2: return string()
    case 3: return "\(Int64(bitPattern: random.next()) >> Int64.random(in: 0...63, using: &random))"
    case 4: return "\(Double.random(in: -1e6...1e6, using: &random))"
    case 5:
      return "\(Int.random(in: 0...9, using: &random))E\(Int.random(in: 0...20, using: &random))"
    default: return ["true", "false", "null"].randomElement(using: &random)!
    }
  }
}

@Suite("JSONDocument: values and building")
struct DocumentValueTests {
  @Test("Values are found by key and position, and know what they are")
  func values() throws {
    let document = try JSONDocument(
      parsing: """
        {"name":"Ede","n":[1,-2,3.5,1e400,18446744073709551615,36028797018963968],"ok":true,
         "no":false,"nil":null,"o":{"a":1,"b":[[],{}]},"name":"again"}
        """)
    let root = document.root
    #expect(root.kind == .object && root.count == 7)
    #expect(root["name"]?.string == "Ede")
    #expect(root["none"] == nil && root[0] == nil)
    let numbers = try #require(root["n"])
    #expect(numbers.count == 6 && numbers.kind == .array)
    #expect(numbers.elements.map(\.integer) == [1, -2, nil, nil, nil, 36_028_797_018_963_968])
    #expect(numbers[4]?.unsignedInteger == .max)
    #expect(numbers[2]?.double == 3.5 && numbers[0]?.double == 1 && numbers[4]?.double == 0x1p64)
    #expect(numbers[3]?.numberText == "1e400" && numbers[3]?.double == nil)
    #expect(numbers[6] == nil && numbers[-1] == nil)
    #expect(root["ok"]?.bool == true && root["no"]?.bool == false && root["nil"]?.isNull == true)
    #expect(root.members.map(\.key) == ["name", "n", "ok", "no", "nil", "o", "name"])
    let inner = try #require(root["o"]?["b"])
    #expect(inner.elements.map(\.kind) == [.array, .object])
    #expect(inner.elements.map(\.count) == [0, 0])
    // A part of a document is a document's value like any other.
    #expect(try written(#require(root["o"])) == #"{"a":1,"b":[[],{}]}"#)
    #expect(try written(["x": try #require(root["n"]?[2])]) == #"{"x":3.5}"#)
  }

  @Test("A document made in code is the one that would be read")
  func building() throws {
    let part = try JSONDocument(parsing: #"{"deep":[{"k":"v"},12345678901234567890123]}"#)
    let document = JSONDocument.build { json in
      json.object { object in
        object.member("text", "a\"b/c")
        object.member("small", -5)
        object.member("large", UInt64.max)
        object.member("huge", Int128.min)
        object.member("half", 0.5)
        object.member("yes", true)
        object.null("null")
        object.array("array") { array in
          array.element(1)
          array.array { _ in }
          array.object { $0.member("é", "") }
          array.element(part.root)
          array.null()
        }
        object.object("empty") { _ in }
        object.member("part", part.root)
      }
    }
    let expected = """
      {"text":"a\\"b/c","small":-5,"large":18446744073709551615,\
      "huge":-170141183460469231731687303715884105728,"half":0.5,"yes":true,"null":null,\
      "array":[1,[],{"é":""},{"deep":[{"k":"v"},12345678901234567890123]},null],"empty":{},\
      "part":{"deep":[{"k":"v"},12345678901234567890123]}}
      """
    #expect(try written(document) == expected)
    #expect(try written(JSONDocument(parsing: expected)) == expected)
    #expect(document.root["array"]?[3]?["deep"]?[0]?["k"]?.string == "v")
  }

  @Test("Parts of another document take no more room than they need", arguments: [100, 2000])
  func partsTakeWhatTheyNeed(_ count: Int) throws {
    let text =
      "["
      + (0..<count).map { #"{"name":"\#($0)","e":"\n","v":[1,2.5,1e400,true,null,{},[]]}"# }
      .joined(separator: ",") + "]"
    let source = try JSONDocument(parsing: text)
    let elements = JSONDocument.build { json in
      json.array { array in for one in source.root.elements { array.element(one) } }
    }
    let members = JSONDocument.build { json in
      json.object { object in
        for (index, one) in source.root.elements.enumerated() { object.member("\(index)", one) }
      }
    }
    let leaves = JSONDocument.build { json in
      json.array { array in
        for one in source.root.elements { array.element(one["v"]![1]!) }
      }
    }
    #expect(try written(elements) == text)
    for document in [source, elements, members, leaves] {
      for escapingSlashes in [false, true] {
        var buffer = JSONBuffer(capacity: 0, escapingSlashes: escapingSlashes)
        try buffer.write(document)
        #expect(
          buffer.capacity <= 16 * buffer.count + 4096, "\(buffer.capacity) for \(buffer.count)")
      }
    }
  }

  @Test(
    "Builders of two documents cannot be exchanged",
    arguments: ["documents", "objects", "arrays", "depths"])
  func exchangedBuilders(_ kind: String) async {
    await #expect(processExitsWith: .failure) { [kind = kind as String] in
      _ = JSONDocument.build { first in
        switch kind {
        case "documents": _ = JSONDocument.build { swap(&first, &$0) }
        case "objects":
          first.array { array in
            array.object { mine in
              _ = JSONDocument.build { second in
                second.object { $0.object("a") { swap(&mine, &$0) } }
              }
            }
          }
        case "arrays":
          first.array { mine in
            _ = JSONDocument.build { second in second.array { swap(&mine, &$0) } }
          }
        default:
          first.object { mine in
            _ = JSONDocument.build { second in
              second.array { $0.object { swap(&mine, &$0) } }
            }
          }
        }
      }
      // Where that was possible, what came of it was written.
    }
  }

  @Test("Builders that were exchanged and are in their places again do no harm")
  func builtAsIfNothingHadBeen() throws {
    let document = JSONDocument.build { first in
      first.array { mine in
        let other = JSONDocument.build { second in
          second.array { its in
            swap(&mine, &its)
            its.element(1)
            mine.element(2)
            swap(&mine, &its)
          }
        }
        mine.element(other.root)
      }
    }
    #expect(try written(document) == "[1,[2]]")
  }

  @Test(
    "A number that JSON has no way to say is an error of writing",
    arguments: [Double.nan, .infinity])
  func nonFinite(_ value: Double) throws {
    let document = JSONDocument.build { $0.array { $0.element(value) } }
    #expect(throws: JSONWritingError.self) { try written(document) }
  }

  @Test(
    "A document that grows its buffer, or goes to a sink, has the same bytes",
    arguments: [0, 1, 700])
  func buffers(_ capacity: Int) throws {
    var random = Sequence64(state: 2)
    let document = JSONDocument.build { json in
      json.array { array in
        for _ in 0..<500 {
          array.element(Double.random(in: 0...1, using: &random))
          array.element(
            String(repeating: "long \" text ", count: Int.random(in: 0...40, using: &random)))
          array.object { $0.member("key", 1 << 40) }
        }
      }
    }
    let whole = try written(document)
    #expect(try written(document, capacity: capacity) == whole)
    var buffer = JSONBuffer(capacity: capacity)
    var pieces: [UInt8] = []
    try buffer.stream(document) { pieces += $0 }
    #expect(String(decoding: pieces, as: UTF8.self) == whole)
  }
}
