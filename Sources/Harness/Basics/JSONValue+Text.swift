extension JSONValue {
  /// This value as compact JSON, made as plainly as possible: the reference that the payloads are
  /// written with, independent of every implementation that is measured.
  ///
  /// Escapes and numbers are those of JSONEncoder with `.withoutEscapingSlashes`.
  public var text: [UInt8] {
    var text: [UInt8] = []
    write(to: &text)
    return text
  }

  private func write(to text: inout [UInt8]) {
    switch self {
    case .null: text += "null".utf8
    case .bool(let value): text += value ? "true".utf8 : "false".utf8
    case .integer(let value): text += value.description.utf8
    case .unsigned(let value): text += value.description.utf8
    case .double(let value):
      let digits = value.description
      text += digits.hasSuffix(".0") ? digits.dropLast(2).utf8 : digits[...].utf8
    case .string(let value): Self.write(value, to: &text)
    case .array(let values):
      text.append(UInt8(ascii: "["))
      for (i, value) in values.enumerated() {
        if i > 0 { text.append(UInt8(ascii: ",")) }
        value.write(to: &text)
      }
      text.append(UInt8(ascii: "]"))
    case .object(let members):
      text.append(UInt8(ascii: "{"))
      for (i, member) in members.enumerated() {
        if i > 0 { text.append(UInt8(ascii: ",")) }
        Self.write(member.key, to: &text)
        text.append(UInt8(ascii: ":"))
        member.value.write(to: &text)
      }
      text.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ string: String, to text: inout [UInt8]) {
    let short: [UInt8: Character] = [
      0x22: "\"", 0x5C: "\\", 0x08: "b", 0x09: "t", 0x0A: "n", 0x0C: "f", 0x0D: "r",
    ]
    text.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      if let letter = short[byte] {
        text += "\\\(letter)".utf8
      } else if byte < 0x20 {
        let digits = String(byte, radix: 16)
        text += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
      } else {
        text.append(byte)
      }
    }
    text.append(UInt8(ascii: "\""))
  }
}
