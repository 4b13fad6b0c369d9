import Foundation
import OptlabAES
import OptlabBasics
import OptlabExternal
import OptlabJSON
import OptlabLab
import OptlabMeasure
import OptlabReport
import OptlabResults
import OptlabStatistics
import Testing

@Suite("harness report")
struct ReportCommandTests {
  /// Of its own for each test.
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "optlab-report-\(UUID().uuidString)", directoryHint: .isDirectory)

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String {
    folder.appending(path: name).path(percentEncoded: false)
  }

  /// Two sizes of two AES rows and one of JSON, measured once and kept for all tests. Whether a row
  /// was faster than its limit is none of their matter.
  private static let measured = Task { () -> (file: String, printed: String) in
    let file = FileManager.default.temporaryDirectory
      .appending(path: "optlab-report-\(UUID().uuidString).json").path(percentEncoded: false)
    let output = try await BuiltHarness.run([
      "--quick", "--time", "0.01", "--filter",
      "/(16B|8KiB)/(swift-table|memcpy)$|/SIMPLE/foundation$", "--details", "--output", file,
    ])
    #expect([0, 1].contains(output.code), "\(output.stderr)")
    return (file, output.stdout)
  }

  private func contents(_ name: String) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: path(name))
    return Dictionary(
      uniqueKeysWithValues: try names.map {
        ($0, try Data(contentsOf: folder.appending(path: "\(name)/\($0)")))
      })
  }

  @Test("It writes page, Markdown and pictures, and the same again over an earlier report")
  func writes() async throws {
    let file = try await Self.measured.value.file
    let first = try await BuiltHarness.run(["report", file, "--output", path("out")])
    #expect(first.code == 0 && first.stderr.isEmpty)
    #expect(first.stdout == "wrote \(path("out"))/index.html\n")
    let files = try contents("out")
    // Shares of the limit are drawn where the machine let them be known.
    #expect(
      files.keys.filter { !$0.hasSuffix("-limit.svg") }.sorted() == [
        "aes-128-ctr-cycles.svg", "aes-256-ctr-cycles.svg", "index.html",
        "json-encode-throughput.svg", "report.md",
      ])
    let again = try await BuiltHarness.run(["report", file, "--output", path("out") + "/"])
    #expect(again.code == 0)
    #expect(try contents("out") == files)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)) == [
        "out"
      ])
  }

  @Test("--text prints the tables that the run printed")
  func text() async throws {
    let (file, printed) = try await Self.measured.value
    let output = try await BuiltHarness.run(["report", file, "--text", "--details"])
    #expect(output.code == 0)
    #expect(output.stdout == printed.split(separator: "\nsaved")[0] + "\n")
    let rewritten = path("rewritten.json")
    let record = try await RewrittenRun.record(of: RewrittenRun.shape.value) {
      $0 % 3 == 2 ? 0.01 : 1
    }
    try ResultFile([record]).write(to: rewritten)
    let part = try await BuiltHarness.run([
      "report", rewritten, "--text", "--filter", "/8KiB/memcpy",
    ])
    #expect(part.stdout.split(separator: "\n").count { $0.contains("memcpy") } == 2)
    #expect(part.stdout.contains(/memcpy .* \d+x/), "the naive row counts, though it is not shown")
  }

  @Test("An earlier report is replaced, its result is kept, and nothing else is touched")
  func replaces() async throws {
    let file = try await Self.measured.value.file
    let arguments = ["report", file, "--output", path("out")]
    #expect(try await BuiltHarness.run(arguments).code == 0)
    try Data("kept".utf8).write(to: folder.appending(path: "out/result.json"))
    try Data("old".utf8).write(to: folder.appending(path: "out/no-longer-there.svg"))
    #expect(try await BuiltHarness.run(arguments).code == 0)
    let files = try contents("out")
    #expect(files["result.json"] == Data("kept".utf8))
    #expect(files["no-longer-there.svg"] == nil)

    try Data("mine".utf8).write(to: folder.appending(path: "out/notes.txt"))
    let before = try contents("out")
    let refused = try await BuiltHarness.run(arguments)
    #expect(refused.code == 4)
    #expect(refused.stderr.contains("'notes.txt'"))
    #expect(try contents("out") == before)
  }

  @Test("A place where no report may be: code 4, a line that says why, and nothing changed")
  func refusesPlaces() async throws {
    let file = try await Self.measured.value.file
    let manager = FileManager.default
    try manager.createDirectory(
      at: folder.appending(path: "mine"), withIntermediateDirectories: true)
    try Data("<html></html>".utf8).write(to: folder.appending(path: "mine/index.html"))
    try Data("mine".utf8).write(to: folder.appending(path: "file"))
    for (place, reason) in [
      (path("mine"), "holds no report of Optlab"), (path("file"), "it is a file"),
      (path("file/below"), "Not a directory"), ("/proc/optlab", "No such file or directory"),
    ] {
      let output = try await BuiltHarness.run(["report", file, "--output", place])
      #expect(output.code == 4)
      #expect(output.stdout.isEmpty)
      #expect(output.stderr.hasPrefix("Error: cannot write the report '\(place)': "))
      #expect(output.stderr.contains(reason), "\(output.stderr)")
      #expect(output.stderr.split(separator: "\n").count == 1)
    }
    #expect(
      try manager.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).sorted() == [
        "file", "mine",
      ])
    #expect(try contents("mine") == ["index.html": Data("<html></html>".utf8)])
  }

  @Test(
    "Bad input: one line that names it, the code of the table, and no folder",
    arguments: [
      (["report", "no/such.json", "--output", "OUT"], 4, "no/such.json"),
      (["report", "CUT", "--output", "OUT"], 4, "no whole JSON document"),
      (["report", "FILE"], 64, "--output FOLDER"),
      (["report", "FILE", "--text", "--output", "OUT"], 64, "--output FOLDER"),
      (["report", "FILE", "--output", "OUT", "--filter", "x"], 64, "--filter"),
      (["report", "FILE", "--text", "--filter", "^zzz$"], 64, "^zzz$"),
      (["report", "FILE", "--text", "--filter", "("], 64, "not a regular expression"),
      (["report", "--text"], 64, "file"),
    ])
  func badInput(arguments: [String], code: Int32, input: String) async throws {
    let file = try await Self.measured.value.file
    let whole = try Data(contentsOf: URL(filePath: file))
    try whole.prefix(whole.count / 2).write(to: folder.appending(path: "cut.json"))
    let places = ["FILE": file, "CUT": path("cut.json"), "OUT": path("out")]
    let output = try await BuiltHarness.run(arguments.map { places[$0] ?? $0 })
    #expect(output.code == code)
    #expect(output.stdout.isEmpty)
    #expect(output.stderr.contains(input), "\(output.stderr)")
    #expect(!FileManager.default.fileExists(atPath: path("out")))
  }

  @Test("run --report leaves result, page, Markdown and pictures in reports/ of the current folder")
  func runReport() async throws {
    let output = try await BuiltHarness.run(
      [
        "--plan", "once", "--impl", "swift-table,memcpy", "--workload", "aes-128-ctr", "--size",
        "16,64", "--report",
      ],
      in: folder.path(percentEncoded: false))
    #expect(output.code == 0, "\(output.stderr)")
    let name = try #require(output.stdout.firstMatch(of: /reported: (reports\/\S+)/)).output.1
    #expect(name.contains(/^reports\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-[a-z0-9-]+$/))
    let files = try contents(String(name))
    #expect(Set(files.keys).isSuperset(of: ["result.json", "index.html", "report.md"]))
    let page = try await BuiltHarness.run(
      ["report", "\(path(String(name)))/result.json", "--output", path("again")])
    #expect(page.code == 0)
    #expect(try contents("again")["index.html"] == files["index.html"])
  }
}
