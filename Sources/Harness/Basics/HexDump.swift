/// Two byte sequences side by side, around the first difference.
///
///     offset    expected                | actual
///     00000010  3b 3f d9 2e b7 2d ad 20 | 3b 3f d9 2e b7 2d ad 20
///     00000018  33 34 49 f8 e8 3c fb 4a | 33 34 49 f8 00 3c fb 4a
///                                                     ^^
package enum HexDump {
  private static let width = 8

  /// - Parameters:
  ///   - expected: What the bytes should be.
  ///   - actual: What they are; may be of another length.
  ///   - lines: How many lines from the first difference on; one line before it is shown too.
  /// - Returns: Lines without a trailing newline; empty where nothing differs.
  package static func compare(expected: [UInt8], actual: [UInt8], lines: Int = 3) -> String {
    let length = max(expected.count, actual.count)
    func byte(_ bytes: [UInt8], _ i: Int) -> UInt8? { i < bytes.count ? bytes[i] : nil }
    func differs(_ i: Int) -> Bool { byte(expected, i) != byte(actual, i) }
    guard let first = (0..<length).first(where: differs) else { return "" }

    func column(_ bytes: [UInt8], _ start: Int) -> String {
      (start..<start + width).map { i in byte(bytes, i).map { hex($0, digits: 2) } ?? "  " }
        .joined(separator: " ")
    }
    let start = max(first / width - 1, 0) * width
    let end = min((first / width + lines) * width, length)
    var dump = [pad("offset", to: 10) + pad("expected", to: 3 * width - 1) + " | actual"]
    for line in stride(from: start, to: end, by: width) {
      dump.append("\(hex(line, digits: 8))  \(column(expected, line)) | \(column(actual, line))")
      let marks = (line..<line + width).map { $0 < length && differs($0) ? "^^" : "  " }
      if marks.contains("^^") {
        dump.append(pad("", to: 10 + 3 * width + 2) + marks.joined(separator: " "))
      }
    }
    return dump.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
      .joined(separator: "\n")
  }

  private static func pad(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }
}
