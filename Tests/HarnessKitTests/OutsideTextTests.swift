import Foundation
import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabCPU
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabProfile
@testable import OptlabReport
@testable import OptlabResults
@testable import OptlabStatistics

/// Names and messages that somebody else chose.
@Suite("Text from outside")
struct OutsideTextTests {
  static let hostile: [(text: String, shown: String)] = [
    ("\u{1B}[2Jgone", #"\u{1B}[2Jgone"#), ("a\rb", #"a\rb"#), ("bell\u{7}", #"bell\u{07}"#),
    ("nul\0", #"nul\0"#), ("del\u{7F}", #"del\u{7F}"#), ("csi\u{9B}31m", #"csi\u{009B}31m"#),
    ("abc\u{202E}fed", #"abc\u{202E}fed"#), ("\u{2066}x\u{2069}", #"\u{2066}x\u{2069}"#),
    ("line\u{2028}end", #"line\u{2028}end"#), ("\r\n", "\\r\n"),
    ("ü \u{65E5}\u{1F600} e\u{301}", "ü \u{65E5}\u{1F600} e\u{301}"), ("tab\tend\n", "tab\tend\n"),
  ]

  private func obeyed(_ text: String, but kept: Unicode.Scalar? = nil) -> [Unicode.Scalar] {
    text.unicodeScalars.filter { $0.isObeyed && $0 != kept }
  }

  @Test("What a terminal would obey is shown instead", arguments: hostile)
  func printable(_ text: String, _ shown: String) {
    #expect(text.printable == shown)
    #expect(text.printable.printable == shown)
    let line = text.printableOnOneLine
    #expect(obeyed(line).isEmpty)
    #expect(line.replacing(#"\n"#, with: "\n").replacing(#"\t"#, with: "\t") == shown)
  }

  @Test("JSON with such text stays JSON of the same meaning", arguments: hostile)
  func json(_ text: String, _ shown: String) throws {
    let json = String(decoding: try JSONEncoder().encode([text]), as: UTF8.self)
    let printable = json.printableJSON
    #expect(obeyed(printable).isEmpty)
    #expect(try JSONDecoder().decode([String].self, from: Data(printable.utf8)) == [text])
  }

  @Test("A table's row stays one line, and its columns stay in line", arguments: hostile)
  func table(_ text: String, _ shown: String) {
    var table = TextTable([("name", .left), ("figure", .right)])
    table.add([text + "\n", "1"])
    table.add(["x", "22"])
    let lines = table.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 4)
    #expect(obeyed(table.text, but: "\n").isEmpty)
    #expect(lines[1].count == lines[2].count)
  }

  // MARK: Exports

  private func file(_ name: String) throws -> ResultFile {
    var record = try SyntheticRun.record([
      SyntheticRun.row(
        ("aes-128-ctr", "1KiB", name),
        .measured(SyntheticRun.measurement((0..<9).map { [1000 + Double($0)] })))
    ])
    record.run.rows[0].remarks = [name]
    record.machine.name = name
    return ResultFile([record])
  }

  @Test("No export has in it what a terminal obeys", arguments: hostile, ExportFormat.allCases)
  func exports(_ hostile: (text: String, shown: String), _ format: ExportFormat) throws {
    let text = try format.text(file(hostile.text))
    #expect(obeyed(text, but: "\n").isEmpty)
  }

  @Test(
    "CSV: no cell is a formula to a spreadsheet, and figures stay figures",
    arguments: [
      ("=1+1", "'=1+1"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"), ("-2+3", "'-2+3"),
      ("@SUM(A1)", "'@SUM(A1)"), (" =1", "' =1"), ("\t=1", #"\t=1"#), ("\r=1", #"\r=1"#),
      ("=\"a\"", "\"'=\"\"a\"\"\""), ("＝1", "'＝1"), ("-1.5e-07", "-1.5e-07"), ("+3", "+3"),
      ("a=b", "a=b"), ("a,b", "\"a,b\""), ("c-aesni", "c-aesni"), ("-", "'-"), ("", ""),
    ])
  func csv(_ cell: String, _ expected: String) throws {
    #expect(CSVTable.quoted(cell) == expected)
  }

  @Test(
    "Markdown: a cell is text, on one line, and no tag, border or mark",
    arguments: [
      ("<i>x</i>", "&lt;i&gt;x&lt;/i&gt;"), ("a|b", #"a\|b"#), ("a\nb", #"a\\nb"#),
      ("<script>", "&lt;script&gt;"), ("&lt;", "&amp;lt;"), ("[x](y)", #"\[x\](y)"#),
      ("a\\|b", #"a\\\|b"#), ("`x`", #"\`x\`"#),
    ])
  func markdown(_ name: String, _ expected: String) throws {
    let text = try ExportFormat.markdown.text(file(name))
    #expect(text.contains("| \(expected) |"), "\(text)")
    let lines = text.split(separator: "\n")
    #expect(lines.count == 5, "two headings, a head, a rule, a row: \(text)")
    #expect(lines[0].hasPrefix("### ") && !lines[0].contains("<"))
  }

  @Test("Words of a command line come out of a shell as they went in", arguments: hostile)
  func shell(_ text: String, _ shown: String) throws {
    guard !text.contains("\0") else { return }  // which no argument can hold
    for word in [text, "it's \(text)", "$(x) \\ \(text)"] {
      let quoted = ShellWord.quoted(word)
      #expect(obeyed(quoted).isEmpty)
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["bash", "-c", "printf %s \(quoted)"]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      #expect(output == Data(word.utf8))
    }
  }
}
