import Foundation
import Testing

@testable import FastJSON

@Suite struct StringTests {
  static let escapes: [(UInt8, String)] =
    (0..<0x20).map { (byte: UInt8) in
      let short: [UInt8: String] = [8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"]
      let digits = String(byte, radix: 16)
      return (byte, short[byte] ?? "\\u00" + (digits.count == 1 ? "0" : "") + digits)
    } + [(0x22, "\\\""), (0x5C, "\\\\")]

  /// The string as it stands, by public API alone, and as a substring.
  private func expect(_ string: String, _ text: String) throws {
    let quoted = "\"\(text)\""
    #expect(try written(string) == quoted)
    #expect(try written(string, readsStringLayout: false) == quoted)
    #expect(try written(Substring(string)) == quoted)
    let inside = "<\(string)>"
    #expect(try written(inside.dropFirst().dropLast()) == quoted)
  }

  @Test func layoutIsAsExpected() {
    #expect(StringLayout.isAsExpected)
    #expect(FastJSON.readsStringLayout)
  }

  /// Every escape in every lane of two vectors and the bytes around them.
  @Test(arguments: 1...50)
  func escapeInEveryLane(count: Int) throws {
    for (byte, escape) in Self.escapes {
      var buffer = JSONBuffer()
      for position in 0..<count {
        let before = String(repeating: "a", count: position)
        let after = String(repeating: "z", count: count - position - 1)
        let string = before + String(Character(Unicode.Scalar(byte))) + after
        buffer.reset()
        try buffer.write(string)
        #expect(String(buffer) == "\"\(before)\(escape)\(after)\"")
      }
    }
  }

  @Test(arguments: 0...200)
  func everyLength(count: Int) throws {
    let plain = String((0..<count).map { Character(Unicode.Scalar(UInt8(0x23 + $0 % 0x30))) })
    try expect(plain.replacing("/", with: "."), plain.replacing("/", with: "."))
    let controls = String(repeating: "\u{1}", count: count)
    try expect(controls, String(repeating: "\\u0001", count: count))
    let accents = String(repeating: "é", count: count)
    try expect(accents, accents)
  }

  @Test func everyByteBelow0x80() throws {
    let escapes = Dictionary(uniqueKeysWithValues: Self.escapes)
    for byte: UInt8 in 0..<0x80 {
      let string = String(Character(Unicode.Scalar(byte)))
      try expect(string, escapes[byte] ?? string)
      try expect(
        String(repeating: string, count: 3), String(repeating: escapes[byte] ?? string, count: 3))
      let long = String(repeating: string, count: 40)
      try expect(long, String(repeating: escapes[byte] ?? string, count: 40))
    }
  }

  @Test func beyondASCII() throws {
    for string in [
      "\u{7F}", "\u{80}", "é", "ąćż", "\u{2028}\u{2029}", "\u{FEFF}", "\u{FFFF}", "😀", "👩‍💻",
      "\u{10FFFF}", "日本語のテキストは長いです", String(repeating: "𝄞", count: 17),
    ] {
      try expect(string, string)
    }
  }

  @Test func equalsJSONEncoder() throws {
    var random = Sequence64(state: 8)
    let alphabet = ["a", "/", "\"", "\\", "\n", "\0", "é", "あ", "😀", "\u{1F}", "\u{7F}", " ", "z"]
    let strings = (0..<1000).map { _ in
      (0..<Int.random(in: 0..<60, using: &random))
        .map { _ in alphabet.randomElement(using: &random)! }.joined()
    }
    #expect(try written(strings) == encoded(strings))
    #expect(
      try written(strings, escapingSlashes: true) == encoded(strings, escapingSlashes: true))
    #expect(try written(strings, readsStringLayout: false) == encoded(strings))
  }

  @Test func escapingSlashes() throws {
    for string in ["/", "a/b", "https://example.org/a/very/long/path", "\"/\\"] {
      #expect(try written(string, escapingSlashes: true) == encoded(string, escapingSlashes: true))
      #expect(try written(string) == encoded(string))
    }
  }

  /// A string from Foundation may keep its text elsewhere, or not contiguously.
  @Test func bridgedStrings() throws {
    for text in ["", "short", "with \"quotes\"", "a longer string, with ünïcödé and \\ in it"] {
      let bridged = NSString(string: text) as String
      #expect(try written(bridged) == encoded(text))
      let mutable = NSMutableString(string: text)
      mutable.append("\n")
      #expect(try written(mutable as String) == encoded(text + "\n"))
    }
  }

  @Test func stringsThatHadRoomToGrow() throws {
    var string = ""
    string.reserveCapacity(1000)
    #expect(try written(string) == "\"\"")
    for i in 0..<40 {
      string.append(i % 7 == 0 ? "\t" : "x")
      #expect(try written(string) == encoded(string))
    }
  }

  /// Longer than one part, with escapes on both sides of the seams.
  @Test func veryLongStrings() throws {
    for count in [65_535, 65_536, 65_537, 131_072, 200_000] {
      var bytes = [UInt8](repeating: 0x61, count: count)
      for seam in stride(from: 65_536, to: count, by: 65_536) {
        bytes[seam - 1] = 0x0A
        bytes[seam] = 0x22
      }
      bytes[count - 1] = 0x5C
      let string = String(decoding: bytes, as: UTF8.self)
      let text = string.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        .replacing("\"", with: "\\\"")
      #expect(try written(string) == "\"\(text)\"")
      #expect(try written(Substring(string)) == "\"\(text)\"")
    }
    let worst = String(repeating: "\u{1}", count: 100_000)
    #expect(try written(worst) == "\"\(String(repeating: "\\u0001", count: 100_000))\"")
  }
}
