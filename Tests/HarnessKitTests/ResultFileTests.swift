import Foundation
import TestSupport
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

@Suite("Result files")
struct ResultFileTests {
  /// A folder of its own for each test.
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "optlab-results-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String {
    folder.appending(path: name).path(percentEncoded: false)
  }

  private func put(_ text: String, as name: String = "file.json") throws -> String {
    try Data(text.utf8).write(to: folder.appending(path: name))
    return path(name)
  }

  private func text() throws -> String {
    String(decoding: try ResultFile([SyntheticRun.everyOutcome()]).bytes(), as: UTF8.self)
  }

  private func failure(_ text: String) throws -> String {
    let path = try put(text)
    do throws(ResultFile.Failure) {
      _ = try ResultFile.read(path)
      return "no failure"
    } catch {
      #expect(error.description.hasPrefix("cannot read '\(path)': "))
      #expect(!error.description.contains("\n"))
      return error.reason
    }
  }

  @Test("What was written is read, and written again with the same bytes")
  func roundTrip() throws {
    let bytes = try text()
    let file = try ResultFile.read(put(bytes))
    #expect(String(decoding: try file.bytes(), as: UTF8.self) == bytes)
    let run = try #require(file.records.first).run
    #expect(run.rows.count == 4)
    #expect(run.rows[0].measurement?.costPerUnit.sorted.count == 2)
    #expect(run.rows[0].limit == Limit(name: "aesenc xmm", costPerUnit: 0.3))
    guard case .failed(let mismatch) = run.rows[1].outcome else {
      Issue.record("row 1 is \(run.rows[1].outcome)")
      return
    }
    #expect(mismatch.summary == "b \"c\" <d>" && mismatch.detail == "e\nf" && mismatch.offset == 3)
  }

  @Test("Slices keep probes, flags and counts, chained or not", arguments: [true, false])
  func slices(isChained: Bool) throws {
    var random = SeededGenerator(seed: 3)
    var probes: [ProbeReading] = []
    for _ in 0..<40 {
      probes.append(
        ProbeReading(
          chain: Double(8000 + random.below(99)), sentinel: Double(9000 + random.below(99)) + 0.5,
          cpu: UInt32(random.below(2)), preemptions: UInt64(random.below(9))))
    }
    let slices = (0..<20).map { index in
      Slice(
        ticks: Double(random.below(1 << 20)), counted: index == 4 ? nil : Double(random.below(99)),
        before: probes[isChained ? index : 2 * index],
        after: probes[isChained ? index + 1 : 2 * index + 1],
        flags: Slice.Flag.allCases.filter { _ in random.below(4) == 0 })
    }
    let sample = Sample(round: 2, block: 1, callsPerSlice: 9, slices: slices)
    let data = try JSONEncoder().encode(sample)
    let read = try JSONDecoder().decode(Sample.self, from: data)
    #expect(read.round == 2 && read.block == 1 && read.callsPerSlice == 9)
    #expect(read.slices.map(\.ticks) == slices.map(\.ticks))
    #expect(read.slices.map(\.counted) == slices.map(\.counted))
    #expect(read.slices.map(\.before) == slices.map(\.before))
    #expect(read.slices.map(\.after) == slices.map(\.after))
    #expect(read.slices.map(\.flags) == slices.map(\.flags))
  }

  @Test("A real run keeps to the schema of the documentation, and so does one of every outcome")
  func schema() throws {
    let markdown = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Documentation/Results.md").standardized
    let text = String(decoding: try Data(contentsOf: markdown), as: UTF8.self)
    let schema = try JSONSchema(#require(JSONSchema.block("json", in: text)))
    let selection = try Selection(
      workloads: [AESWorkload.aes128, JSONWorkload()],
      cases: [.message(bytes: 64), .payload(JSONPayload.standard[1])])
    // A slice that is a single call may be shorter than the time stamps can tell.
    var plan = Plan.once
    plan.slice = 1e-6
    var run = Lab(seed: 1).run(
      selection, plan: plan, source: try CycleSourceChoice(forced: .nanoseconds, selfTest: nil),
      calibration: .measure(seconds: 0.001))
    run.identifyInputs(by: selection)
    var real = try SyntheticRun.everyOutcome()
    real.run = run
    real.cpuReport = .current()
    real.machine = Machine(real.cpuReport)
    for record in [real, try SyntheticRun.everyOutcome()] {
      let bytes = try ResultFile([record]).bytes()
      #expect(try schema.violations(Data(bytes)).sorted() == [])
      #expect(throws: Never.self) { try ResultFile.read(bytes, as: "real.json") }
    }
    #expect(run.rows.allSatisfy { ($0.input != nil) == ($0.address.workload == "json-encode") })
    // The schema can be violated.
    let wrong = try self.text().replacing("\"outcome\":\"measured\"", with: "\"outcome\":\"fine\"")
    #expect(try !schema.violations(Data(wrong.utf8)).isEmpty)
  }

  @Test("A file that is cut off anywhere is refused")
  func truncated() throws {
    let whole = Array(try text().utf8)
    for length in stride(from: 1, to: whole.count - 2, by: 97) {
      let reason = try failure(String(decoding: whole.prefix(length), as: UTF8.self))
      #expect(reason.contains("no whole JSON document"))
    }
    #expect(try failure("").contains("empty"))
  }

  @Test("A single figure that somebody changed is noticed; a new layout is not minded")
  func edited() throws {
    let text = try text()
    let edited = text.replacing("\"ticks\":[2000,", with: "\"ticks\":[1000,")
    #expect(edited != text)
    #expect(try failure(edited).contains("checksum"))
    #expect(try failure(text.replacing("fnv1a64:", with: "fnv1a64:0")).contains("checksum"))
    let indented = text.replacing("{", with: "{\n  ").replacing(",\"", with: ",\n \"")
    #expect(try ResultFile.read(put(indented)).records.count == 1)
  }

  @Test("A file of version 1, which knows only bytes, says the same with what is known here")
  func oldVersion() throws {
    var record = try SyntheticRun.everyOutcome()
    record.cpuReport.workloadLimits = [.init(name: "a loop", value: 0.16, unit: "cycles/byte")]
    let text = String(decoding: try ResultFile([record]).bytes(), as: UTF8.self)
    var old = text.replacing("\"version\":\"2.0\"", with: "\"version\":\"1.1\"")
      .replacing("unitsPerCall", with: "bytesPerCall").replacing("costPerUnit", with: "costPerByte")
      .replacing("leastPerUnit", with: "leastPerByte")
      .replacing("workloadLimits", with: "aesLimits")
    let start = try #require(old.range(of: ",\"workloads\":["))
    let end = try #require(old[start.upperBound...].range(of: "]}]"))
    old.removeSubrange(start.lowerBound..<end.upperBound)
    let bytes = try ResultFile.sealed(JSONParser.parse([UInt8](old.utf8)))

    let known = WorkloadList.house.workloads.map(\.facts)
    let read = try ResultFile.read(bytes, as: "old", known: known)
    #expect(read.records[0].run.tables(details: true) == record.run.tables(details: true))
    #expect(read.records[0].run.footer() == record.run.footer())
    #expect(read.records[0].cpuReport == record.cpuReport)
    // Nobody knows what a workload is about that is not known here.
    let alone = try ResultFile.read(bytes, as: "old")
    #expect(alone.records[0].run.workloads.isEmpty)
    #expect(!alone.records[0].run.tables().isEmpty)
  }

  @Test("Other JSON, other versions, and what is no file at all: each with its own words")
  func foreign() throws {
    #expect(try failure("{\"version\":\"1.0\",\"benchmarks\":[]}").contains("no result of Optlab"))
    #expect(try failure("[]").contains("no result of Optlab"))
    let text = try text()
    func version(_ version: String) -> String {
      text.replacing("\"version\":\"2.0\"", with: "\"version\":\"\(version)\"")
    }
    #expect(try failure(version("3.0")).contains("newer Optlab"))
    #expect(try failure(version("0.9")).contains("the run again"))
    #expect(try failure(version("one")).contains("never wrote"))
    let missing = path("missing.json")
    #expect(throws: ResultFile.Failure(path: missing, reason: "No such file or directory")) {
      try ResultFile.read(missing)
    }
    #expect(throws: ResultFile.Failure.self) {
      try ResultFile.read(folder.path(percentEncoded: false))
    }
  }

  @Test("A newer minor version is read without what is new")
  func newerMinor() throws {
    let old = try text()
    // A member that nobody knows, and the checksum that its writer would have given.
    let renewed = old.replacing("\"version\":\"2.0\"", with: "\"novelty\":[1],\"version\":\"1.9\"")
    let start = try #require(old.range(of: "\"checksum\":\"")).upperBound
    let checksum = String(old[start...].prefix { $0 != "\"" })
    let members = try #require(JSONParser.parse([UInt8](renewed.utf8)).members)
    let right = Checksum(
      of: JSONValue.object(members.filter { $0.key != "checksum" }).text)
    let file = try ResultFile.read(put(renewed.replacing(checksum, with: "fnv1a64:\(right)")))
    #expect(file.records.count == 1)
  }

  // MARK: Writing

  @Test("A file that cannot be written leaves the old one as it was, and nothing beside it")
  func refusedWrites() throws {
    let old = try put("old", as: "old.json")
    try FileManager.default.createDirectory(
      at: folder.appending(path: "folder"), withIntermediateDirectories: true)
    let cases = [
      (path("no/such/folder.json"), "make its folder first"),
      (path("folder"), "no regular file"),
      ("/dev/full", "no regular file"),
      ("/proc/optlab.json", "make its folder first"),
    ]
    for (path, remedy) in cases {
      #expect {
        try ResultFile([SyntheticRun.everyOutcome()]).write(to: path)
      } throws: { error in
        let text = FileReason.text(error)
        return text.hasPrefix("cannot write '\(path)': ") && text.contains(remedy)
      }
      #expect(throws: AtomicFile.Failure.self) { try AtomicFile.check(path) }
    }
    #expect(try String(contentsOfFile: old, encoding: .utf8) == "old")
    let names = try FileManager.default.contentsOfDirectory(
      atPath: folder.path(percentEncoded: false))
    #expect(names.sorted() == ["folder", "old.json"])
  }

  @Test("A symbolic link stays one, and its file is replaced")
  func links() throws {
    let target = try put("old", as: "target.json")
    let link = path("link.json")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
    try AtomicFile.check(link)
    try AtomicFile.write("new".utf8, to: link)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
    #expect(try String(contentsOfFile: target, encoding: .utf8) == "new")
  }
}

extension JSONValue {
  fileprivate var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }
}
