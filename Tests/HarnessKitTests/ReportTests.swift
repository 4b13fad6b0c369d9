import Foundation
import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabCPU
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabProfile
@testable import OptlabReport
@testable import OptlabResults
@testable import OptlabStatistics

@Suite("Reports")
struct ReportTests {
  /// Six sizes, five implementations of two languages, and JSON payloads: as a run has them.
  static func run(noise: Double = 0.02) throws -> RunRecord {
    var random = SeededGenerator(seed: 11)
    func row(
      _ workload: String, _ name: String, _ id: String, language: String, cost: Double,
      limit: Double?
    ) -> RunResult.Row {
      let bytes = ByteCount.parse(name) ?? 500
      let ticks = (0..<21).map { _ in
        [Double(bytes) * cost / 1.42 * (1 + noise * Double(random.below(100)) / 100)]
      }
      var row = SyntheticRun.row(
        (workload, name, id), .measured(SyntheticRun.measurement(ticks, bytes: bytes)),
        limit: limit.map { Limit(name: "vaesenc zmm", costPerUnit: $0) })
      row.language = language
      return row
    }
    var rows: [RunResult.Row] = []
    for size in ["16B", "64B", "1KiB", "8KiB", "1MiB", "16MiB", "pyaes"] {
      for (id, language, cost) in [
        ("swift-table", "Swift", 16.6), ("c-vaes512", "C", 0.1611), ("asm-vaes512", "NASM", 0.1607),
        ("c-aesni", "C", 0.3212), ("openssl", "OpenSSL", 0.41), ("mine", "Rust", 0.2),
      ] {
        rows.append(
          row("aes-128-ctr", size, id, language: language, cost: cost, limit: 0.156))
      }
      rows.append(row("aes-128-ctr", size, "memcpy", language: "libc", cost: 0.05, limit: nil))
    }
    for payload in ["NESTED", "feed"] {
      rows.append(
        row("json-encode", payload, "foundation", language: "Swift", cost: 101, limit: nil))
      rows.append(
        row("json-encode", payload, "simdjson", language: "simdjson", cost: 5.5, limit: nil))
    }
    return try SyntheticRun.record(rows)
  }

  private static func report(_ records: RunRecord...) -> Report {
    Report(
      records.enumerated().map { Report.Source(name: "\($0.offset).json", record: $0.element) })
  }

  private static func file(_ name: String, of report: Report) throws -> String {
    try #require(report.files.first { $0.name == name }).text
  }

  @Test("The same result gives the same bytes, also after it was written and read")
  func deterministic() throws {
    let record = try Self.run()
    let path = FileManager.default.temporaryDirectory
      .appending(path: "optlab-report-\(UUID().uuidString).json").path(percentEncoded: false)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try ResultFile([record]).write(to: path)
    let read = try #require(try ResultFile.read(path).records.first)
    let (first, second) = (Self.report(record).files, Self.report(read).files)
    #expect(first.map(\.name) == second.map(\.name))
    for (one, other) in zip(first, second) { #expect(one.text == other.text, "\(one.name)") }
  }

  @Test("Page and pictures are well-formed XML, and the pictures are there")
  func wellFormed() throws {
    let report = Self.report(try Self.run())
    #expect(
      report.files.map(\.name) == [
        "index.html", "report.md", "aes-128-ctr-cycles.svg", "aes-128-ctr-limit.svg",
        "json-encode-throughput.svg",
      ])
    for (name, text) in report.files where !name.hasSuffix(".md") {
      #expect(XMLCheck.failure(in: text) == nil, "\(name)")
    }
    #expect(XMLCheck.failure(in: "<p>a & b</p>") != nil, "the check can fail")
    let markdown = try Self.file("report.md", of: report)
    for (name, _) in report.files.dropFirst(2) { #expect(markdown.contains("(\(name))")) }
  }

  @Test("Every row of the result stands in the page and in the Markdown, with its figure")
  func everyRow() throws {
    let record = try Self.run()
    let report = Self.report(record)
    let html = XMLCheck.rows(in: try Self.file("index.html", of: report))
    let markdown = try Self.file("report.md", of: report).split(separator: "\n")
    for row in record.run.rows {
      let cost = try #require(row.measurement).costPerUnit
      let cells =
        [row.address.implementation, row.language, row.address.case]
        + [Figures.significant(cost.median)]
      #expect(html.contains { $0.starts(with: cells) }, "\(row.address) in the page")
      let line = "| `\(cells[0])` | " + cells.dropFirst().joined(separator: " | ") + " |"
      #expect(markdown.contains { $0.hasPrefix(line) }, "\(row.address) in the Markdown")
    }
  }

  @Test("Nothing in a report asks the network for anything, and there is no script")
  func selfContained() throws {
    for (name, text) in Self.report(try Self.run()).files {
      let urls = text.matches(of: /[a-z]+:\/\/[^"\s)]+/).map { String($0.output) }
      let namespaces = ["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"]
      #expect(urls.allSatisfy(namespaces.contains), "\(name)")
      #expect(!text.contains("<script") && !text.contains("@import") && !text.contains("url("))
    }
  }

  @Test("Style sheets need no escapes, so that HTML and XML read the same")
  func styleSheets() {
    for sheet in [HTMLStyle.sheet, ChartStyle.sheet] {
      #expect(!sheet.contains { "<>&\"".contains($0) })
    }
  }

  @Test("Names with marks of HTML, XML and Markdown in them come out as they are")
  func hostile() throws {
    let name = "a<b>&\"'|`*_[x](y)\u{1}"
    var record = try SyntheticRun.record([
      SyntheticRun.row(
        (workload: name, case: "\(name)1", implementation: "\(name)2"),
        .measured(SyntheticRun.measurement([[10], [11]]))),
      SyntheticRun.row(
        (workload: "aes-128-ctr", case: "1KiB", implementation: name),
        .failed(Mismatch(check: name, summary: name, offset: 0, detail: name))),
    ])
    record.run.refusals = [(.pmu, name)]
    record.arguments = ["--filter", name]
    record.libraries = [name: name]
    let report = Self.report(record)
    for (file, text) in report.files where !file.hasSuffix(".md") {
      #expect(XMLCheck.failure(in: text) == nil, "\(file)")
      #expect(!text.contains("a<b>"), "\(file)")
    }
    let rows = XMLCheck.rows(in: try Self.file("index.html", of: report))
    let shown = name.printableOnOneLine
    #expect(rows.contains { $0.starts(with: ["\(shown)2", "C", "\(shown)1"]) })
    let markdown = try Self.file("report.md", of: report)
    #expect(!markdown.contains("a<b>&\"'|"), "unescaped")
    for file in report.files.map(\.name) {
      #expect(file.allSatisfy { $0.isLetter || $0.isNumber || "-.".contains($0) })
    }
  }

  /// Without `one` in the last case, with `other` disturbed there.
  private static func picture(
    of workload: String, without one: String, disturbed other: String
  ) throws -> (description: String, tips: [String], texts: [String]) {
    var record = try Self.run()
    let last = record.run.rows.last { $0.address.workload == workload }!.address.case
    record.run.rows.removeAll { $0.address.case == last && $0.address.implementation == one }
    for index in record.run.rows.indices
    where record.run.rows[index].address.case == last
      && record.run.rows[index].address.implementation == other
    {
      guard case .measured(var measurement) = record.run.rows[index].outcome else { continue }
      for sample in measurement.samples.indices {
        measurement.samples[sample].slices[0].flags = [.sibling]
      }
      record.run.rows[index].outcome = .measured(measurement)
    }
    let rows = record.run.rows.filter { $0.address.workload == workload }
    let figure = try #require(
      WorkloadCharts(workload: workload, rows: rows, report: RunReport(record)).figures.last)
    let file = figure.wide.file(id: "x")
    return (
      figure.wide.description,
      file.matches(of: /<title>([^<]*)<\/title>/).map { String($0.output.1) },
      XMLCheck.labels(in: file).map(\.text)
    )
  }

  @Test(
    "Words beside a picture: only of the case that they name, and nothing where the table has '-'")
  func descriptions() throws {
    let limits = try Self.picture(of: "aes-128-ctr", without: "c-aesni", disturbed: "openssl")
    #expect(limits.description.hasPrefix("At pyaes, of the limit: "), "\(limits.description)")
    #expect(limits.description.contains("c-vaes512 "))
    for name in ["c-aesni", "openssl", "memcpy"] {
      #expect(!limits.description.contains(name), "\(limits.description)")
    }
    let bars = try Self.picture(of: "json-encode", without: "foundation", disturbed: "none")
    #expect(bars.description.hasPrefix("At feed, GB/s: simdjson "), "\(bars.description)")
    #expect(!bars.description.contains("foundation"))
  }

  @Test("A marked row's figures have their mark in words, labels and tips")
  func marks() throws {
    let bars = try Self.picture(of: "json-encode", without: "none", disturbed: "simdjson")
    #expect(bars.description.contains("simdjson ~"), "\(bars.description)")
    #expect(bars.description.contains(/foundation [0-9]/), "\(bars.description)")
    let tip = try #require(bars.tips.first { $0.contains("feed/simdjson") })
    #expect(tip.contains("simdjson: ~") && tip.contains(", ~"), "\(tip)")
    #expect(bars.texts.count { $0.hasPrefix("~") } == 1, "\(bars.texts)")
    #expect(!bars.tips.contains { $0.contains("NESTED") && $0.contains("~") })
  }

  @Test("A curve that ends early is not described by where it ends")
  func costDescription() throws {
    var record = try Self.run()
    record.run.rows.removeAll {
      $0.address.implementation == "c-aesni" && ["16MiB", "1MiB"].contains($0.address.case)
    }
    let rows = record.run.rows.filter { $0.address.workload == "aes-128-ctr" }
    let figure = try #require(
      WorkloadCharts(workload: "aes-128-ctr", rows: rows, report: RunReport(record)).figures.first)
    #expect(figure.wide.description.hasPrefix("At 16MiB, cycles/byte: swift-table "))
    #expect(!figure.wide.description.contains("c-aesni"))
  }

  @Test("A row that failed is an alarm, with what differs; rows that cannot run say why")
  func failures() throws {
    let report = Self.report(try SyntheticRun.everyOutcome())
    for name in ["index.html", "report.md"] {
      let text = try Self.file(name, of: report)
      #expect(text.contains("does not agree with the reference"))
      for part in ["FAIL", "lacks vaes", "out of memory"] { #expect(text.contains(part)) }
    }
    #expect(try Self.file("index.html", of: report).contains("notice alarm"))
    #expect(try Self.file("report.md", of: report).contains("**Alarm**"))
  }

  @Test("A partial result says so, in the page, the Markdown and every picture")
  func partial() throws {
    var record = try Self.run()
    for (_, text) in Self.report(record).files { #expect(!text.contains("partial")) }
    record.run.isPartial = true
    for (name, text) in Self.report(record).files { #expect(text.contains("partial"), "\(name)") }
  }

  @Test("A run in which nothing was measured still gives a page")
  func nothingMeasured() throws {
    let rows = try SyntheticRun.everyOutcome().run.rows.filter { $0.measurement == nil }
    let report = Self.report(try SyntheticRun.record(rows))
    #expect(report.files.map(\.name) == ["index.html", "report.md"])
    #expect(XMLCheck.failure(in: report.files[0].text) == nil)
  }

  @Test("Two runs stand side by side, and each has its section and pictures")
  func sideBySide() throws {
    let first = try Self.run()
    var second = first
    second.run.rows = Array(first.run.rows.prefix(3))
    let report = Self.report(first, second)
    let names = report.files.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.contains("run-1-aes-128-ctr-limit.svg"))
    #expect(names.contains("run-2-aes-128-ctr-limit.svg"))
    let html = try Self.file("index.html", of: report)
    #expect(XMLCheck.failure(in: html) == nil)
    let shared = XMLCheck.rows(in: html).filter { ["1.00", "1.0"].contains($0.last) }
    #expect(shared.map(\.first) == ["swift-table", "c-vaes512", "asm-vaes512"])

    second.machine.name = "another"
    let other = try Self.file("index.html", of: Self.report(first, second))
    #expect(other.contains("share of its own machine"))
    #expect(XMLCheck.rows(in: other).contains { $0.starts(with: ["c-vaes512", "16B"]) })
  }

  /// A run of one row, with a limit, of which some samples are disturbed.
  private static func row(
    ticks: Double, spread: Double = 0, dirty: Int = 0, machine: String? = nil
  ) throws -> RunRecord {
    var measurement = SyntheticRun.measurement(
      (0..<21).map { [ticks * (1 + spread * Double($0 % 3 - 1))] })
    for index in 0..<dirty { measurement.samples[index].slices[0].flags = [.sibling] }
    var record = try SyntheticRun.record([
      SyntheticRun.row(
        ("aes-128-ctr", "1KiB", "c-aesni"), .measured(measurement),
        limit: Limit(name: "vaesenc zmm", costPerUnit: 1))
    ])
    if let machine { record.machine.name = machine }
    return record
  }

  @Test("Side by side: ratios have the digits and the mark of their worse half, and figures theirs")
  func sideBySideMarks() throws {
    let clean = try Self.row(ticks: 1000)
    func cells(_ others: RunRecord...) throws -> [String] {
      let sources = ([clean] + others).enumerated().map {
        Report.Source(name: "\($0.offset).json", record: $0.element)
      }
      let rows = XMLCheck.rows(in: try Self.file("index.html", of: Report(sources)))
      return Array(try #require(rows.first { $0.first == "c-aesni" }).dropFirst(2))
    }
    func hasNote(_ other: RunRecord) throws -> Bool {
      try Self.file("report.md", of: Self.report(clean, other)).contains("stands before figures")
    }
    let cost = Figures.significant(
      try #require(clean.run.rows[0].measurement).costPerUnit.median)
    let dirty = try Self.row(ticks: 1111, dirty: 21)
    #expect(try cells(Self.row(ticks: 1111)).suffix(1) == ["1.11"])
    #expect(try cells(Self.row(ticks: 1111, spread: 0.02)).suffix(1) == ["1.1"])
    let marked = try cells(dirty)
    #expect(marked.first == cost && marked[1].hasPrefix("~") && marked[2] == "~1.11")
    #expect(try hasNote(dirty) && !hasNote(Self.row(ticks: 1111)))
    // Of two machines there are shares, of which a marked row has none.
    let other = try Self.row(ticks: 1111, dirty: 21, machine: "another")
    #expect(try cells(other).suffix(2) == ["-", ""])
  }
}
