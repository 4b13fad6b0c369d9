import OptlabBasics

extension JSONPayload {
  /// Documents in which encoders go wrong: escapes in every lane of a vector, all control
  /// characters, the limits of numbers, empty and nested containers. The same for the same seed.
  static func difficult(seed: UInt64) -> [JSONPayload] {
    var random = SeededGenerator(seed: seed)
    return strings(&random) + [characters, longString(&random), integers, doubles(&random)]
      + (1...20).map { number in
        JSONPayload(id: "random document \(number)", value: random.value(depth: 5))
      }
  }

  /// For each length from 0 to 80 bytes: strings with one byte that needs an escape at each
  /// position, one without, one with many, and some beyond ASCII.
  private static func strings(_ random: inout SeededGenerator) -> [JSONPayload] {
    (0...80).map { count in
      var strings = (0..<count).map { position -> JSONValue in
        var text = random.ascii(count)
        text[position] = random.escapedByte()
        return .string(String(decoding: text, as: UTF8.self))
      }
      strings.append(.string(String(decoding: random.ascii(count), as: UTF8.self)))
      let many = random.ascii(count).map { random.below(3) == 0 ? random.escapedByte() : $0 }
      strings.append(.string(String(decoding: many, as: UTF8.self)))
      strings.append(.string(random.text(utf8Count: count)))
      return JSONPayload(id: "strings of \(count) bytes", value: .array(strings))
    }
  }

  /// Every control character and its neighbours, alone, doubled, and as a key. Not U+FEFF, which
  /// JSONSerialization drops at the start of a string.
  private static var characters: JSONPayload {
    let scalars =
      (0...0x2F).compactMap(Unicode.Scalar.init as (UInt8) -> Unicode.Scalar?)
      + ["\\", "[", "]", "\u{7F}", "\u{80}", "\u{FF}", "\u{2028}", "\u{2029}"]
      + ["\u{FFFF}", "\u{10000}", "\u{10FFFF}", "\u{1F600}"]
    let strings = scalars.map { String(Character($0)) }
    return JSONPayload(
      id: "characters",
      value: .array([
        .array(strings.map { .string($0) }), .array(strings.map { .string($0 + $0) }),
        .object(strings.map { .init("key" + $0, .string($0 + "value")) }),
      ]))
  }

  /// Longer than what an encoder may take in one part.
  private static func longString(_ random: inout SeededGenerator) -> JSONPayload {
    let bytes = random.ascii(200_001).map { random.below(1000) == 0 ? random.escapedByte() : $0 }
    return JSONPayload(id: "long string", value: .string(String(decoding: bytes, as: UTF8.self)))
  }

  private static var integers: JSONPayload {
    var values: [JSONValue] = [
      .integer(.min), .integer(.max), .unsigned(UInt64(Int64.max) + 1), .unsigned(.max),
      .unsigned(10_000_000_000_000_000_000), .unsigned(9_999_999_999_999_999_999),
    ]
    var power: Int64 = 1
    for _ in 0..<19 {
      values += [power - 1, power, power + 1, -power, 1 - power].map { .integer($0) }
      power = power.multipliedReportingOverflow(by: 10).partialValue
    }
    return JSONPayload(id: "integers", value: .array(values))
  }

  private static func doubles(_ random: inout SeededGenerator) -> JSONPayload {
    var values: [Double] = [
      0, -0.0, 1, 0.1, 1.5, 1e15, 1e16, 1e21, 1e22, 1e23, 1e-4, 1e-5, 0x1p53, 0x1p53 + 2,
      .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, .pi, .ulpOfOne,
    ]
    values += (-300...300).flatMap { [Double("1e\($0)")!, Double("-3.25e\($0)")!] }
    values += (0..<500).map { _ in Double.random(in: -1000...1000, using: &random) }
    values += (0..<500).map { _ in
      (Double.random(in: 0...1e4, using: &random) * 100).rounded() / 100
    }
    values += (0..<1000).map { _ in Double(bitPattern: random.next()) }.filter(\.isFinite)
    return JSONPayload(id: "doubles", value: .array(values.map { .double($0) }))
  }
}

extension SeededGenerator {
  /// Printable, without what needs an escape.
  fileprivate mutating func ascii(_ count: Int) -> [UInt8] {
    bytes(count).map { byte in
      let printable = 0x20 + byte % 0x5F
      return printable == 0x22 || printable == 0x5C ? 0x2F : printable
    }
  }

  fileprivate mutating func escapedByte() -> UInt8 {
    let choice = UInt8(below(36))
    return choice < 0x20 ? choice : choice & 1 == 0 ? 0x22 : 0x5C
  }

  /// Text of characters of one to four bytes.
  fileprivate mutating func text(utf8Count: Int) -> String {
    let characters = ["é", "ż", "あ", "€", "😀", "𝄞", "a", "\"", "\n"]
    var text = ""
    while text.utf8.count < utf8Count { text += characters[below(characters.count)] }
    while text.utf8.count > utf8Count { text.unicodeScalars.removeLast() }
    while text.utf8.count < utf8Count { text += "." }
    return text
  }

  fileprivate mutating func value(depth: Int) -> JSONValue {
    switch below(depth > 0 ? 10 : 7) {
    case 0: return .null
    case 1: return .bool(below(2) == 0)
    case 2: return .integer(Int64(bitPattern: next()) >> below(64))
    case 3: return .double(Double(below(1_000_000)) / 1000 + 0.0005)
    case 4...6: return .string(text(utf8Count: below(40)))
    case 7: return .array((0..<below(8)).map { _ in value(depth: depth - 1) })
    default:
      return .object(
        (0..<below(8)).map { .init("\($0)" + text(utf8Count: below(20)), value(depth: depth - 1)) })
    }
  }
}
