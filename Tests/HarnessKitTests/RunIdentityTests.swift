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

@Suite("What tells runs, machines and inputs apart")
struct RunIdentityTests {
  private static func run(_ levels: [(id: String, level: Double)] = [("a", 1)], seed: UInt64) throws
    -> RunRecord
  {
    try ComparisonTests.run(levels, seed: seed)
  }

  // MARK: Runs

  @Test("A run has an id of its own, which its file keeps")
  func identity() throws {
    let (one, two) = (try Self.run(seed: 1), try Self.run(seed: 1))
    #expect(one.runs.count == 1 && one.runs != two.runs)
    #expect(one.runs[0].wholeMatch(of: #/[0-9a-f]{32}/#) != nil)
    let read = try ResultFile.read(ResultFile([one]).bytes(), as: "one.json")
    #expect(read.records[0].runs == one.runs)
  }

  @Test("A run is merged once: not with its copy, not with a file that it is in already")
  func merging() throws {
    let (one, two) = (try Self.run(seed: 1), try Self.run(seed: 2))
    let merged = try MergedRecords.merge([one, two])
    #expect(merged[0].runs == one.runs + two.runs)
    for again in [[one, one], merged + [two], merged + merged, [two, one] + merged] {
      #expect {
        try MergedRecords.merge(again)
      } throws: {
        "\($0)".contains("its rounds would count twice")
      }
    }
    let found = MergedRecords.repetition(in: [("m", merged), ("x", []), ("./two", [two])])
    #expect(found?.first == "m" && found?.second == "./two")
    #expect(MergedRecords.repetition(in: [("one", [one]), ("two", [two])]) == nil)
  }

  /// As a file of version 1.0 has it.
  private func old(_ record: RunRecord) throws -> RunRecord {
    let document = try JSONParser.parse(ResultFile([record]).bytes())
    guard case .object(var members) = document,
      let place = members.firstIndex(where: { $0.key == "records" }),
      case .array(let records) = members[place].value, case .object(let parts) = records[0]
    else { throw CocoaError(.coderReadCorrupt) }
    members[place].value = .array([.object(parts.filter { $0.key != "runs" })])
    return try ResultFile.read(ResultFile.sealed(.object(members)), as: "old.json").records[0]
  }

  @Test("Old files have no ids: their copies are known, other runs are others")
  func oldFiles() throws {
    let one = try Self.run(seed: 1)
    let (file, copy) = (try old(one), try old(one))
    #expect(file.runs == copy.runs && file.runs[0].count == 16)
    #expect(throws: MergedRecords.Failure.self) { try MergedRecords.merge([file, copy]) }
    for change: (inout RunRecord) -> Void in [
      { $0.started += 1 }, { $0.run.seed += 1 }, { $0.machine.id = "000000000000" },
      { $0.run.calibration.ticksPerSecond += 1 }, { $0.run.elapsed += 0.5 },
    ] {
      var other = one
      change(&other)
      #expect(try old(other).runs != file.runs)
    }
    // Merged, they keep what they were known by.
    let merged = try MergedRecords.merge([file, try Self.run(seed: 2)])
    #expect(merged[0].runs[0] == file.runs[0] && merged[0].runs.count == 2)
  }

  @Test("history counts a run once, and says which file holds it again")
  func history() throws {
    var records = try MergeTests.weeks([1, 1, 1])
    records.append(("copy.json", records[1].record))
    records.append(("z.json", try MergedRecords.merge([records[0].record, records[2].record])[0]))
    let history = try #require(History(records))
    #expect(history.runs == 3)
    #expect(history.series[0].points.count == 3)
    #expect(history.leftOut.contains("copy.json: the same run as in 01.json"))
    #expect(history.leftOut.count == 2)
  }

  @Test("A file that holds a run twice, or none, or an id that is none, is refused")
  func wrongIdentities() throws {
    let one = try Self.run(seed: 1)
    for runs in [[], ["xyz"], ["../" + one.runs[0]], [one.runs[0], one.runs[0]]] {
      var record = one
      record.runs = runs
      #expect(throws: ResultFile.Failure.self) {
        try ResultFile.read(ResultFile([record]).bytes(), as: "x.json")
      }
    }
    #expect(throws: ResultFile.Failure.self) {
      try ResultFile.read(ResultFile([one, one]).bytes(), as: "x.json")
    }
  }

  // MARK: Machines

  /// The files of a machine, below a folder.
  private func machine(
    id: String? = "0123", cards: [(name: String, address: String, bus: String?)]
  ) throws -> SystemFiles {
    let manager = FileManager.default
    let root = manager.temporaryDirectory.appending(path: "optlab-machine-\(UUID().uuidString)")
    func put(_ text: String, at path: String) throws {
      let file = root.appending(path: path)
      try manager.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    if let id { try put(id + "\n", at: "etc/machine-id") }
    for (name, address, bus) in cards {
      let place = "sys/class/net/\(name)"
      try put(address + "\n", at: "\(place)/address")
      guard let bus else { continue }
      let device = root.appending(path: "\(place)/device")
      try manager.createDirectory(at: device, withIntermediateDirectories: true)
      try manager.createSymbolicLink(
        atPath: device.appending(path: "subsystem").path(percentEncoded: false),
        withDestinationPath: "../../../../bus/\(bus)")
    }
    return SystemFiles(root: root.path(percentEncoded: false))
  }

  @Test("Copies of an image are machines of their own; what comes and goes makes no other machine")
  func machines() throws {
    let cpu = CPUIdentity(try Recording.leaves(Recording.names[0]))
    func id(
      _ files: SystemFiles, _ cpu: CPUIdentity = cpu, hostName: String = "host"
    ) -> String { Machine.id(cpu, files: files, hostName: hostName) }
    let card = ("eth0", "52:54:00:00:00:01", Optional("virtio"))
    let own = id(try machine(cards: [card]))
    #expect(own.wholeMatch(of: #/[0-9a-f]{12}/#) != nil)
    // A copy has another card.
    #expect(id(try machine(cards: [("eth0", "52:54:00:00:00:02", "virtio")])) != own)
    #expect(id(try machine(id: "4567", cards: [card])) != own)
    let other = CPUIdentity(try Recording.leaves("intel-ice-lake-sp"))
    #expect(id(try machine(cards: [card]), other) != own)
    // Not its name, not a bridge, not what hangs on a USB port, not the loopback.
    #expect(id(try machine(cards: [card]), hostName: "renamed") == own)
    let more: [(String, String, String?)] = [
      ("docker0", "02:42:00:00:00:03", nil), ("usb0", "52:54:00:00:00:04", "usb"),
      ("lo", "00:00:00:00:00:00", "pci"),
    ]
    #expect(id(try machine(cards: more + [card])) == own)
    // In a container there is the name alone.
    let container = try machine(id: nil, cards: [("eth0", "02:42:ac:11:00:02", nil)])
    #expect(id(container) != id(container, hostName: "other"))
    #expect(id(container) == id(try machine(id: nil, cards: [])))
  }

  // MARK: Inputs

  @Test("A document is known by its content, a size by its name")
  func inputs() throws {
    func digest(_ text: String) throws -> String? {
      Case.payload(try JSONPayload(document: Array(text.utf8), id: "x")).input.digest
    }
    #expect(try digest("[1,2]") == digest(" [ 1, 2 ]"))
    #expect(try digest("[1,2]") != digest("[2,1]"))
    #expect(try digest("[1,2]")?.wholeMatch(of: #/[0-9a-f]{16}/#) != nil)
    #expect(Case.message(bytes: 16).input.digest == nil && Case.pyaes.input.digest == nil)
    let digests = JSONPayload.standard.compactMap { Case.payload($0).input.digest }
    #expect(Set(digests).count == JSONPayload.standard.count)
  }

  private static func with(_ input: String?, seed: UInt64) throws -> RunRecord {
    var record = try run([("a", 1), ("b", 1)], seed: seed)
    record.run.rows[0].input = input
    return record
  }

  @Test(
    "Two inputs of one name are not compared, merged or strung together",
    arguments: [
      ("0000000000000001", "0000000000000002", true),
      ("0000000000000001", "0000000000000001", false),
      (nil, "0000000000000002", false), ("0000000000000001", nil, false),
    ] as [(String?, String?, Bool)])
  func otherInputs(old: String?, new: String?, differs: Bool) throws {
    let (first, second) = (try Self.with(old, seed: 1), try Self.with(new, seed: 2))
    let material = Comparison.Material(first.run, second.run)
    let comparison = Comparison(material, rules: .init(gate: 0.5))
    #expect((comparison.cases[0].notes.first == "another input under the same name") == differs)
    #expect(comparison.cases[1].verdict == .same)
    #expect(comparison.missing.count == (differs ? 1 : 0))
    #expect(comparison.outcome == (differs ? .missing : .fine))
    #expect(!material.isOfOtherInputs)
    #expect(
      Comparison.Material(first.run, second.run, matching: { $0.implementation == "a" })
        .isOfOtherInputs == differs)
    #expect(((try? MergedRecords.merge([first, second])) == nil) == differs)
    let history = try #require(History([("1.json", first), ("2.json", second)]))
    #expect(history.series.map(\.points.count) == (differs ? [1, 2] : [2, 2]))
    #expect(
      history.leftOut
        == (differs
          ? ["1.json, aes-128-ctr/8KiB/a: another input under the same name"] : []))
  }

  @Test("A merged row knows its input from whichever run knew it")
  func mergedInput() throws {
    let merged = try MergedRecords.merge([
      Self.with(nil, seed: 1), Self.with("00000000000000ff", seed: 2),
    ])
    #expect(merged[0].run.rows[0].input == "00000000000000ff")
  }

  @Test("Two cases of one name are refused before they are measured")
  func namesOfCases() throws {
    #expect {
      _ = try Selection(
        workloads: [JSONWorkload()],
        cases: try ["[1]", "[2]"].map {
          .payload(try JSONPayload(document: Array($0.utf8), id: "mine"))
        })
    } throws: {
      "\($0)".contains("json-encode has two cases that are called 'mine'")
    }
  }

  // MARK: Files of several runs

  /// What a merged file can hold beside a run.
  static let kin: [@Sendable (inout RunRecord) throws -> Void] = [
    { $0.run.masked = FeatureSet(names: ["vaes", "avx512f"]) },
    { $0.run.source = .reference },
    { $0.machine.id = "ffffffffffff" },
    { $0.commit = GitCommit(hash: String(repeating: "1", count: 40), isModified: true) },
    { $0.commit?.isModified.toggle() },
    { $0.libraries["openssl"] = "OpenSSL 4.0" },
    { $0.build.cCompiler = "another" },
  ]

  @Test("Every exported name is there once", arguments: kin.indices)
  func names(_ change: Int) throws {
    var records = [try Self.run(seed: 1), try Self.run(seed: 2), try Self.run(seed: 3)]
    try Self.kin[change](&records[1])
    try Self.kin[change](&records[2])
    try Self.kin[(change + 1) % Self.kin.count](&records[2])
    let merged = ResultFile(try MergedRecords.merge(records))
    #expect(merged.records.count == 3)
    let names = ExportedRow.all(merged).map(\.name)
    #expect(Set(names).count == 3 && names.allSatisfy { $0.hasSuffix("/aes-128-ctr/8KiB/a") })
    #expect(Set(merged.recordNames).count == 3)
    let bmf =
      try JSONSerialization.jsonObject(
        with: Data(ExportFormat.bmf.text(merged).utf8)) as? [String: Any]
    #expect(bmf?.count == 3)
    let one = ExportedRow.all(ResultFile([records[0]]))
    #expect(one.map(\.name) == ["aes-128-ctr/8KiB/a"])
  }

  @Test("Cycles and nanoseconds do not stand under one heading")
  func units() throws {
    func file(seeds: (UInt64, UInt64)) throws -> ResultFile {
      var records = [try Self.run(seed: seeds.0), try Self.run(seed: seeds.1)]
      records[1].run.source = .nanoseconds
      for index in records[1].run.rows.indices {
        guard case .measured(var measurement) = records[1].run.rows[index].outcome else { continue }
        measurement.source = .nanoseconds
        records[1].run.rows[index].outcome = .measured(measurement)
      }
      return ResultFile(try MergedRecords.merge(records))
    }
    let both = try FileComparison(file(seeds: (1, 2)), file(seeds: (3, 4)))
    let comparison = Comparison(both.material, rules: .init(gate: 0.5))
    #expect(comparison.cases.count == 2 && comparison.outcome == .fine)
    let labels = Comparison.Labels(old: "old", new: "new", unit: "cycles/byte (tsc*cal)")
    let text = comparison.text(labels)
    for unit in ["cycles/byte (tsc*cal)\n", "ns/byte (ns)\n"] {
      #expect(text.components(separatedBy: unit).count == 2)
    }
    let markdown = comparison.markdown(labels)
    #expect(markdown.contains("ns/byte (ns):\n\n| case |"))
    #expect(markdown.components(separatedBy: "| case |").count == 3)
  }

  @Test("A run of the old file that the new one has none like does not pass a gate")
  func unmatched() throws {
    var masked = try Self.run(seed: 2)
    masked.run.masked = FeatureSet(names: ["vaes"])
    let old = ResultFile([try Self.run(seed: 1), masked])
    let both = try FileComparison(old, ResultFile([try Self.run(seed: 3)]))
    let comparison = Comparison(both.material, rules: .init(gate: 0.5))
    #expect(comparison.outcome == .missing)
    #expect(comparison.missing.count == 1 && comparison.missing[0].contains("no run like that of"))
    #expect(Comparison(both.material, rules: .init()).outcome == .fine)
    // More than before is no finding.
    let more = try FileComparison(
      ResultFile([try Self.run(seed: 3)]), ResultFile([try Self.run(seed: 1), masked]))
    #expect(Comparison(more.material, rules: .init(gate: 0.5)).outcome == .fine)
    #expect(more.leftOut.count == 1)
  }
}
