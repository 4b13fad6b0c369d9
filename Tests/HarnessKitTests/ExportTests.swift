import Foundation
import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabCPU
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabReport
@testable import OptlabResults

@Suite("Exports: what their documented formats ask for")
struct ExportTests {
  private static let address = ("aes-128-ctr", "1KiB", "c-aesni")

  private static func file() throws -> ResultFile {
    var record = try SyntheticRun.everyOutcome()
    var noted = SyntheticRun.row(
      address, .measured(SyntheticRun.measurement((0..<9).map { [1000 + Double($0)] })))
    noted.remarks = ["a, \"quoted\" | remark"]
    record.run.rows.append(noted)
    return ResultFile([record])
  }

  private static func object(_ format: ExportFormat) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(format.text(file()).utf8))
  }

  @Test("The same input gives the same bytes, in every format", arguments: ExportFormat.allCases)
  func deterministic(_ format: ExportFormat) throws {
    let text = try format.text(Self.file())
    #expect(try text == format.text(Self.file()))
    #expect(text.hasSuffix("\n"))
    #expect(text.contains("c-aesni"))
    #expect(!text.contains("c-wrong"), "a row without a figure is not exported")
  }

  @Test("A filter, one that matches nothing, one that is none", arguments: ExportFormat.allCases)
  func filter(_ format: ExportFormat) throws {
    let text = try format.text(Self.file(), filter: "/c-aesni$")
    #expect(!text.contains("swift-table"))
    #expect(throws: ExportFormat.Failure.self) { try format.text(Self.file(), filter: "zzz") }
    #expect(throws: ExportFormat.Failure.self) { try format.text(Self.file(), filter: "(") }
  }

  @Test("Rows of two machines keep apart")
  func severalMachines() throws {
    var file = try Self.file()
    var other = file.records[0]
    other.machine = Machine(name: "golden-cove", id: "0123456789ab")
    file.records.append(other)
    let suite = try ExportFormat.pyperf.text(file)
    #expect(suite.contains("golden-cove-0123/aes-128-ctr/1KiB/c-aesni"))
  }

  @Test("pyperf: what its 2.10 checks when it reads")
  func pyperf() throws {
    let suite = try #require(try Self.object(.pyperf) as? [String: Any])
    #expect(suite["version"] as? String == "1.0")
    let benchmarks = try #require(suite["benchmarks"] as? [[String: Any]])
    #expect(benchmarks.count == 2)
    var names: Set<String> = []
    for benchmark in benchmarks {
      let metadata = try #require(benchmark["metadata"] as? [String: Any])
      #expect(names.insert(try #require(metadata["name"] as? String)).inserted)
      #expect((metadata["loops"] as? Int ?? 0) > 0)
      for run in try #require(benchmark["runs"] as? [[String: Any]]) {
        let values = try #require(run["values"] as? [Double])
        #expect(!values.isEmpty && values.allSatisfy { $0 > 0 })
        let date = try #require((run["metadata"] as? [String: Any])?["date"] as? String)
        #expect(
          date.wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}/) != nil, "\(date)")
      }
      for (name, value) in metadata {
        if let text = value as? String {
          #expect(!text.isEmpty && !text.contains(where: \.isNewline), "\(name)")
        } else {
          #expect(value is NSNumber, "\(name)")
        }
      }
    }
    // Nine samples in three layouts: three runs.
    #expect((benchmarks[1]["runs"] as? [Any])?.count == 3)
  }

  @Test("Google Benchmark: a repetition for each sample, and the aggregates that compare.py takes")
  func googleBenchmark() throws {
    let output = try #require(try Self.object(.googleBenchmark) as? [String: Any])
    let context = try #require(output["context"] as? [String: Any])
    for key in [
      "date", "host_name", "executable", "num_cpus", "mhz_per_cpu", "cpu_scaling_enabled", "caches",
      "load_avg", "library_build_type",
    ] { #expect(context[key] != nil, "\(key)") }
    let entries = try #require(output["benchmarks"] as? [[String: Any]]).filter {
      $0["run_name"] as? String == "aes-128-ctr/1KiB/c-aesni"
    }
    #expect(entries.count(where: { $0["run_type"] as? String == "iteration" }) == 9)
    let aggregates = entries.compactMap { $0["aggregate_name"] as? String }
    #expect(aggregates == ["mean", "median", "stddev", "cv"])
    let median = try #require(entries.first { $0["aggregate_name"] as? String == "median" })
    #expect(median["real_time"] as? Double == 1004, "ticks of a nanosecond")
    #expect(median["time_unit"] as? String == "ns")
  }

  @Test("github-action-benchmark and Bencher: names, units and bounds")
  func dashboards() throws {
    let entries = try #require(try Self.object(.githubActionBenchmark) as? [[String: Any]])
    #expect(entries.map { $0["unit"] as? String } == ["cycles/byte", "cycles/byte"])
    #expect(Set(entries.compactMap { $0["name"] as? String }).count == 2)
    #expect(entries.allSatisfy { ($0["value"] as? Double ?? 0) > 0 })
    let metrics = try #require(try Self.object(.bmf) as? [String: [String: [String: Double]]])
    let latency = try #require(metrics["aes-128-ctr/1KiB/c-aesni"]?["latency"])
    let (value, lower) = (try #require(latency["value"]), try #require(latency["lower_value"]))
    #expect(abs(value - 1004) < 1e-6)
    #expect(lower < value && value < (latency["upper_value"] ?? 0))
  }

  @Test("A row that is contended or unstable says so in every format, or is not in it")
  func marks() throws {
    var file = try Self.file()
    var dirty = SyntheticRun.measurement((0..<9).map { [1000 + Double($0)] })
    for index in dirty.samples.indices { dirty.samples[index].slices[0].flags = [.sibling] }
    file.records[0].run.rows.append(
      SyntheticRun.row(("aes-128-ctr", "1KiB", "c-dirty"), .measured(dirty)))
    func objects(_ format: ExportFormat, _ key: String? = nil) throws -> [[String: Any]] {
      let whole = try JSONSerialization.jsonObject(with: Data(format.text(file).utf8))
      return try #require((key.map { (whole as? [String: Any])?[$0] } ?? whole) as? [[String: Any]])
    }
    let entries = try objects(.githubActionBenchmark)
    let isMarked = ["swift-table": "unstable", "c-aesni": nil, "c-dirty": "contended"]
    for (name, mark) in isMarked {
      func isOfRow(_ value: Any?) -> Bool { (value as? String)?.hasSuffix("/\(name)") == true }
      let entry = try #require(entries.first { isOfRow($0["name"]) })
      let words = try #require(entry["extra"] as? String).split(separator: "\n")
      #expect((entry["range"] as? String)?.hasSuffix(", \(mark ?? "")") == (mark != nil))
      #expect(words[0].contains("to be compared with nothing") == (mark != nil))

      let repetitions = try objects(.googleBenchmark, "benchmarks").filter {
        isOfRow($0["run_name"])
      }
      #expect(!repetitions.isEmpty)
      #expect(repetitions.allSatisfy { $0["label"] as? String == mark }, "\(name)")

      let suite = try objects(.pyperf, "benchmarks").compactMap {
        $0["metadata"] as? [String: Any]
      }
      let metadata = try #require(suite.first { isOfRow($0["name"]) })
      #expect(metadata["optlab_marks"] as? String == mark)

      let bmf = try ExportFormat.bmf.content(file)
      #expect(bmf.text.contains("/\(name)") == (mark == nil))
      #expect(
        try #require(bmf.warning).hasPrefix(
          "of 3 rows 2 are contended or unstable, for which bmf has no mark, and are left out"))
    }
    for format in ExportFormat.allCases where format != .bmf {
      #expect(try format.content(file).warning == nil)
    }
    #expect(try ExportFormat.bmf.content(file, filter: "c-aesni").warning == nil)
    #expect {
      try ExportFormat.bmf.text(file, filter: "c-dirty")
    } throws: {
      "\($0)".contains("of 1 rows 1 are contended") && "\($0)".contains("--time")
    }
  }

  @Test("CSV: every line has as many fields, quoted ones included")
  func csv() throws {
    let lines = try ExportFormat.csv.text(Self.file()).split(separator: "\n")
    let columns = lines[0].split(separator: ",").count
    #expect(lines.count == 3)
    #expect(lines[1].split(separator: ",", omittingEmptySubsequences: false).count == columns)
    #expect(lines[2].hasSuffix(",\"a, \"\"quoted\"\" | remark\""))
  }

  @Test("Markdown: a bar in a cell is no border")
  func markdown() throws {
    let text = try ExportFormat.markdown.text(Self.file())
    #expect(text.contains("| a, \"quoted\" \\| remark |"))
    #expect(text.contains("| ---: |"))
  }
}
