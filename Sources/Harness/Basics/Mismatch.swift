/// The first disagreement between an implementation and the reference.
public struct Mismatch: Error, Sendable, Codable, Equatable {
  /// What was checked: `SP 800-38A F.5.1, 64 bytes, in place`.
  public var check: String
  /// What went wrong, in one line: `byte 17 is 0x3f, expected 0xa2`.
  public var summary: String
  /// The first byte that differs, where the disagreement is one of bytes.
  public var offset: Int?
  /// For people: a two-column hex dump, a difference of documents. May be empty, may have lines.
  public var detail: String

  public init(check: String, summary: String, offset: Int? = nil, detail: String = "") {
    self.check = check
    self.summary = summary
    self.offset = offset
    self.detail = detail
  }
}

extension Mismatch {
  /// The first byte that differs; nil where none does.
  package init?(check: String, expected: [UInt8], actual: [UInt8]) {
    guard let offset = zip(expected, actual).enumerated().first(where: { $1.0 != $1.1 })?.offset
    else { return nil }
    self.init(
      check: check,
      summary: "byte \(offset) is 0x\(hex(actual[offset], digits: 2)), "
        + "expected 0x\(hex(expected[offset], digits: 2))",
      offset: offset, detail: HexDump.compare(expected: expected, actual: actual))
  }
}
