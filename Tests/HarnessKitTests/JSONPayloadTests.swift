import FastJSON
import Foundation
import TestSupport
import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabCPU
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabReport

@Suite struct JSONPayloadTests {
  static let pinned: [(id: String, bytes: Int, digest: String)] = [
    ("EMPTY", 2, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),
    ("SIMPLE", 66, "f928325320f7edcf3abbb00c01f601fa88f569b15f1418abdba5619dbdcffe30"),
    ("NESTED", 262, "c30555fefe61885217255ee74b0604ec44642859fcd4ae9fa6411cd08e16d7f9"),
    ("HUGE", 263001, "84b31fbe0c5754452d4b8e291749d278b7e809a1cdf5a06ed607852e443d3e3f"),
    ("json_dumps", 595001, "37c7bafd803fb0c53210dd2ed3d60c8d2507435dfdda7f0573fd4a265bd81c1b"),
    ("feed", 400416, "ae0162eecfbc9b24c5b0faddbee9c5d2101f1d096d95d84e36ea80487acb10e1"),
    ("catalog", 397829, "8dd6dbade2331f18580dfd260082c48f7b17a2ad3f8aa538708858496dc19c9e"),
    ("geo", 983136, "588e684b26a7ea5f63cbf7819b835e8f734675faddebb61319371a54f7e67a58"),
    ("doubles", 234460, "8259c9d2946b0f9c86a22d0c18777923460fe0ec319940b173f2d067b113f855"),
  ]

  @Test func theStandardPayloadsAreAllPinned() {
    #expect(JSONPayload.standard.map(\.id) == Self.pinned.map(\.id))
  }

  /// Another byte in a payload makes results incomparable: a change here is a change of the lab.
  @Test(arguments: pinned)
  func bytesArePinned(id: String, bytes: Int, digest: String) throws {
    let payload = try #require(JSONPayload.standard.first { $0.id == id })
    #expect(payload.byteCount == bytes)
    var all: [UInt8] = []
    for part in payload.parts { all += part.json }
    #expect(SHA256.hexDigest(of: all) == digest)
  }

  @Test func sha256OfTheStandardsExamples() {
    #expect(
      SHA256.hexDigest(of: Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.hexDigest(of: Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8))
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(
      SHA256.hexDigest(of: [])
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func classicPayloadsAreTheReferences() {
    let simple = #"{"key1":0,"key2":true,"key3":"value","key4":"foo","key5":"string"}"#
    let nested =
      #"{"key1":0,"key2":\#(simple),"key3":"value","key4":\#(simple),"key5":\#(simple),"key":"ąćż"}"#
    let huge = "[\(Array(repeating: nested, count: 1000).joined(separator: ","))]"
    let payloads = JSONPayload.standard
    for (payload, text) in zip(payloads, ["{}", simple, nested, huge]) {
      #expect(payload.parts.map(\.repeats) == [1])
      #expect(payload.parts[0].json == Array(text.utf8))
    }
    #expect(payloads[4].id == "json_dumps")
    #expect(payloads[4].parts.map(\.repeats) == [2000, 1000, 1000, 1])
    #expect(payloads[4].parts.map(\.json) == payloads[..<4].map { $0.parts[0].json })
  }

  /// The values are those of the bytes: FastJSON writes the very bytes, JSONEncoder the same
  /// values.
  @Test(arguments: JSONPayload.standard.flatMap(\.parts).map { Document(part: $0) })
  func valuesAreDecodedFromTheBytes(document: Document) throws {
    var buffer = JSONBuffer()
    try document.part.value.rewrite(&buffer)
    #expect([UInt8](buffer) == document.part.json)
    let encoded = [UInt8](try JSONEncoder().encode(document.part.value))
    #expect(JSONDifference(in: encoded, from: document.part.json)?.summary == nil)
  }

  struct Document: Sendable, CustomTestStringConvertible {
    var part: JSONPayload.Part
    var testDescription: String { "\(type(of: part.value)), \(part.json.count) bytes" }
  }

  @Test func generatedPayloadsAreOfTheirKind() throws {
    func text(_ id: String) throws -> String {
      let payload = try #require(JSONPayload.standard.first { $0.id == id })
      return String(decoding: payload.parts[0].json, as: UTF8.self)
    }
    let feed = try text("feed")
    #expect(300_000...450_000 ~= feed.utf8.count)
    for part in ["\\n", "\\\"", "\\\\", "https://", "東京", "😀"] { #expect(feed.contains(part)) }
    #expect(feed.utf8.count { $0 >= 0x80 } > feed.utf8.count / 10)
    let catalog = try text("catalog")
    #expect(300_000...450_000 ~= catalog.utf8.count)
    #expect(catalog.matches(of: /null/).count > 500)
    let geo = try text("geo")
    #expect(900_000...1_100_000 ~= geo.utf8.count)
    #expect(geo.utf8.count { $0 == UInt8(ascii: ".") } > 40_000)
  }

  @Test func documentsOfUsers() throws {
    let text = """
      { "b" : [1, -0, 1.50, 1e2, 18446744073709551615, -9223372036854775808, 36893488147419103232],
        "a": {"\\u0041\\ud83d\\ude00\\/": null, "": [true, false, {}, []]} }

      """
    let payload = try JSONPayload(document: Array(text.utf8), id: "mine")
    let expected =
      #"{"b":[1,-0,1.5,100,18446744073709551615,-9223372036854775808,"#
      + #"3.6893488147419103e+19],"a":{"A😀/":null,"":[true,false,{},[]]}}"#
    #expect(payload.id == "mine")
    #expect(String(decoding: payload.parts[0].json, as: UTF8.self) == expected)
    #expect(payload.byteCount == expected.utf8.count)
    for implementation in JSONImplementations.all {
      let prepared = try implementation.encoding.prepare(payload)
      let bytes = try prepared.documents()
      #expect(bytes.count == 1 && prepared.unitsPerCall == bytes[0].count)
      #expect(JSONDifference(in: bytes[0], from: payload.parts[0].json)?.summary == nil)
      if case .failed(let mismatch) = verifyJSON(
        implementation.encoding, seed: 1, payloads: [payload])
      {
        Issue.record("\(implementation.id): \(mismatch.summary)")
      }
    }
    let fragment = try JSONPayload(document: Array(" 12 ".utf8), id: "fragment")
    #expect(fragment.parts[0].json == Array("12".utf8))
  }

  @Test(arguments: [
    ("", 1, 1), (" \n ", 2, 2), ("{\"a\": [1,\n 2 x]}", 2, 4), ("[1,]", 1, 4), ("{\"a\":1,}", 1, 8),
    ("[1] 2", 1, 5), ("{\"a\" 1}", 1, 6), ("{a:1}", 1, 2), ("[01]", 1, 3), ("[1.]", 1, 4),
    ("[.5]", 1, 2),
    ("[1e]", 1, 4), ("[+1]", 1, 2), ("[-]", 1, 3), ("[1e400]", 1, 2), ("\"\u{1}\"", 1, 2),
    ("\"a", 1, 3),
    (#""\x""#, 1, 3), (#""\u12g4""#, 1, 6), (#""\ud800""#, 1, 2), (#""\ud800\u0041""#, 1, 2),
    (#""\udc00""#, 1, 2), ("nul", 1, 1), ("[1\n2]", 2, 1), ("{\"k\":1,\n\"k\":2}", 2, 1),
    ("'a'", 1, 1), ("[NaN]", 1, 2), ("\u{FEFF}[]", 1, 1),
  ])
  func invalidDocuments(text: String, line: Int, column: Int) throws {
    let error = try #require(throws: JSONSyntaxError.self) {
      try JSONPayload(document: Array(text.utf8), id: "invalid")
    }
    #expect((error.line, error.column) == (line, column), "\(error)")
    #expect("\(error)".hasPrefix("line \(line), column \(column): "))
  }

  @Test(
    "What is valid and has no value is said to be that, unless something invalid follows",
    arguments: [
      (#"{"a":1,"a":2}"#, 8), ("[1e400]", 2), (#""\ud800""#, 2), (#"["\ud800\u0041"]"#, 3),
      (#""\udc00\ud800""#, 2), ("[-1e999,[1e400]]", 2), (#"{"a":{"b":1,"b":1e400}}"#, 13),
      (#"{"K":1,"k":1,"K":{}}"#, 14), (#"["\ud800\n"]"#, 3),
    ])
  func unrepresentable(text: String, column: Int) throws {
    let error = try #require(throws: JSONSyntaxError.self) {
      try JSONPayload(document: Array(text.utf8), id: "odd")
    }
    #expect(error.kind == .unrepresentable && error.column == column, "\(error)")
    #expect(error.complaint.hasPrefix("is valid JSON that cannot be represented: line 1"))
    let invalid = try #require(throws: JSONSyntaxError.self) {
      try JSONPayload(document: Array((text + "]").utf8), id: "invalid")
    }
    #expect(invalid.kind == .invalid && invalid.column == text.utf8.count + 1)
    #expect(invalid.complaint.hasPrefix("is not valid JSON: line 1"))
  }

  @Test func invalidUTF8() throws {
    let error = try #require(throws: JSONSyntaxError.self) {
      try JSONPayload(document: Array("[1,\n\"a".utf8) + [0xC3, 0x28, 0x22, 0x5D], id: "invalid")
    }
    #expect(error.description == "line 2, column 3: not valid UTF-8")
  }

  @Test func depth() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    #expect(try JSONPayload(document: nested(511), id: "deep").byteCount == 1022)
    let error = try #require(throws: JSONSyntaxError.self) {
      try JSONPayload(document: nested(100_000), id: "deep")
    }
    #expect(error.column == 512)
    #expect(error.complaint.hasPrefix("cannot be represented: "))
  }
}

/// The JSON rows of the lab.
struct JSONImplementations: Sendable, CustomTestStringConvertible {
  var id: String
  var encoding: any JSONEncoding
  var testDescription: String { id }

  static let all: [JSONImplementations] = WorkloadList.house.implementations.compactMap {
    guard let encoding = $0.jsonEncoding else { return nil }
    return JSONImplementations(id: $0.id, encoding: encoding)
  }
}
