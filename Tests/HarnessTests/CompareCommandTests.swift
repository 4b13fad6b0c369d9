import Foundation
import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabExternal
import OptlabJSON
import OptlabLab
import OptlabMeasure
import OptlabReport
import OptlabResults
import OptlabStatistics
import Testing

/// On files with figures that were never measured: see ``RewrittenRun``.
@Suite("compare, merge and history of the built harness")
struct CompareCommandTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "optlab-compare-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String {
    folder.appending(path: name).path(percentEncoded: false)
  }

  /// Writes a run whose rows cost what `level` says.
  ///
  /// - Parameters:
  ///   - spread: by which its blocks differ.
  ///   - level: of a row, by its place; nil makes it fail.
  @discardableResult
  private func write(
    _ name: String, spread: Double = 0.001, level: (Int) -> Double? = { _ in 1 },
    change: (inout RunRecord) -> Void = { _ in }
  ) async throws -> String {
    var record = try await RewrittenRun.record(
      spread: spread, of: RewrittenRun.shape.value, level: level)
    change(&record)
    try ResultFile([record]).write(to: path(name))
    return path(name)
  }

  private func compare(_ arguments: String...) async throws -> BuiltHarness.Output {
    try await BuiltHarness.run(["compare"] + arguments)
  }

  @Test("0: the same, and slower by less than the gate")
  func fine() async throws {
    let old = try await write("old.json")
    let new = try await write("new.json", level: { $0 == 1 ? 1.015 : 1 })
    let output = try await compare(old, new, "--gate", "2")
    #expect(output.code == 0 && output.stderr.isEmpty)
    #expect(output.stdout.contains("12 cases: 0 faster, 1 slower, 11 same, 0 unstable"))
    let markdown = try await compare(old, new, "--markdown", "--filter", "8KiB/openssl$")
    #expect(markdown.code == 0)
    #expect(markdown.stdout.hasPrefix("| case | old | new |"))
    #expect(markdown.stdout.contains("2 cases: "))
  }

  @Test("1: a row of the new result failed, however fast the others are")
  func failed() async throws {
    let old = try await write("old.json")
    let new = try await write("new.json", level: { $0 == 2 ? nil : 1.5 })
    let output = try await compare(old, new, "--gate", "2")
    #expect(output.code == 1)
    #expect(output.stderr.contains("FAILED: byte 3 is 0x00, expected 0x01 (a vector)"))
    #expect(output.stderr.contains("harness verify"))
  }

  @Test("2: slower by more than the gate; faster is no regression")
  func regression() async throws {
    let old = try await write("old.json")
    let new = try await write("new.json", level: { $0 == 1 ? 1.05 : $0 == 3 ? 0.9 : 1 })
    let output = try await compare(old, new, "--gate", "2")
    #expect(output.code == 2)
    #expect(output.stdout.contains("slower, REGRESSION"))
    #expect(output.stderr.hasPrefix("Error: slower by more than 2.0%: aes-128-ctr/16B/openssl; "))
    #expect(output.stderr.split(separator: "\n").count == 1)
    #expect(try await compare(old, new).code == 0, "without a gate, it is news and no failure")
    #expect(try await compare(new, old, "--gate", "2").code == 2, "row 3 the other way round")
  }

  @Test("3: over a quarter of the cases is too unstable to say")
  func unstable() async throws {
    let old = try await write("old.json", spread: 0.3)
    let new = try await write("new.json", spread: 0.3, level: { _ in 1.04 })
    let output = try await compare(old, new)
    #expect(output.code == 3)
    #expect(output.stderr.contains("12 of 12 cases are too unstable to say"))
    #expect(output.stderr.contains("--time"))
  }

  @Test("4: a file that cannot be read, or is no result")
  func unreadable() async throws {
    let old = try await write("old.json")
    try Data("{}".utf8).write(to: folder.appending(path: "foreign.json"))
    for name in ["missing.json", "foreign.json"] {
      let output = try await compare(old, path(name))
      #expect(output.code == 4 && output.stdout.isEmpty)
      #expect(output.stderr.hasPrefix("Error: cannot read '\(path(name))': "))
    }
  }

  @Test("5: another cycle source, mask or build; across machines, the source does no harm")
  func notComparable() async throws {
    let old = try await write("old.json")
    let source = try await write("source.json", change: { $0.run.source = .reference })
    let mask = try await write("mask.json", change: { $0.run.masked = FeatureSet(names: ["aes"]) })
    let build = try await write("build.json", change: { $0.build.isCOptimised = false })
    for (file, remedy) in [(source, "--cycles ns"), (mask, "--mask"), (build, "take one of")] {
      let output = try await compare(old, file)
      #expect(output.code == 5 && output.stdout.isEmpty)
      #expect(output.stderr.contains(remedy))
    }
    let across = try await compare(old, source, "--across-machines")
    #expect(across.code != 5)
    #expect(across.stdout.contains("per cent of each machine's own limit"))
  }

  @Test(
    "2: what the new result has no figure for does not pass a gate, and is no failure without one")
  func missing() async throws {
    let old = try await write("old.json")
    let gone = try await write("gone.json", change: { $0.run.rows.remove(at: 2) })
    let lacking = try await write(
      "lacking.json", change: { $0.run.rows[1].outcome = .ineligible(reason: "lacks vaes") })
    let poor = try await write(
      "poor.json", change: { $0.run.rows[1].outcome = .unprepared(reason: "no memory") })
    for (file, words) in [(gone, "memcpy"), (lacking, "(lacks vaes)"), (poor, "(no memory)")] {
      let output = try await compare(old, file, "--gate", "2")
      #expect(output.code == 2)
      #expect(output.stderr.contains("only the old result has a figure for: "))
      #expect(output.stderr.contains(words) && output.stderr.contains("--filter"))
      #expect(try await compare(old, file).code == 0)
      #expect(try await compare(file, old, "--gate", "2").code == 0, "more rows than before")
    }
    let others = try await compare(gone, old, "--gate", "2", "--filter", "swift-table")
    #expect(others.code == 0)
  }

  @Test("5: one run, twice, under whatever names")
  func sameRun() async throws {
    let old = try await write("old.json")
    let copy = path("copy.json")
    try FileManager.default.copyItem(atPath: old, toPath: copy)
    let output = try await compare(old, copy, "--gate", "2")
    #expect(output.code == 5 && output.stdout.isEmpty)
    #expect(output.stderr.contains("hold the same run"))
    for other in [copy, folder.path(percentEncoded: false) + "/./old.json"] {
      let merged = try await BuiltHarness.run(["merge", old, other, "--output", path("m.json")])
      #expect(merged.code == 64 && merged.stderr.contains("'\(other)' hold the same run"))
      #expect(!FileManager.default.fileExists(atPath: path("m.json")))
    }
    // One that is in a merged file already.
    let new = try await write("new.json")
    #expect(
      try await BuiltHarness.run(["merge", old, new, "--output", path("m.json")]).code == 0)
    let again = try await BuiltHarness.run([
      "merge", path("m.json"), new, "--output", path("n.json"),
    ])
    #expect(again.code == 64 && again.stderr.contains("hold the same run"))
  }

  @Test("5: two documents of one name, where nothing else is in both")
  func otherDocuments() async throws {
    func run(_ name: String, _ document: String) async throws -> String {
      let place = folder.appending(path: name)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      let file = place.appending(path: "mine.json")
      try Data(document.utf8).write(to: file)
      let output = try await BuiltHarness.run([
        "--impl", "foundation", "--payload", file.path(percentEncoded: false), "--plan", "once",
        "--cycles", "ns", "--output", path("\(name).json"),
      ])
      #expect(output.code == 0, "\(output.stderr)")
      return path("\(name).json")
    }
    // As long as each other: their sizes do not tell.
    let old = try await run("old", #"{"a":[1,2,3]}"#)
    let new = try await run("new", #"{"a":["123"]}"#)
    let output = try await compare(old, new)
    #expect(output.code == 5 && output.stdout.isEmpty)
    #expect(output.stderr.contains("another input under the same name"))
    let merged = try await BuiltHarness.run(["merge", old, new, "--output", path("m.json")])
    #expect(merged.code == 5 && merged.stderr.contains("another input under the same name"))
    let history = try await BuiltHarness.run(["history", folder.path(percentEncoded: false)])
    #expect(history.code == 0)
    #expect(
      history.stdout.contains("left out: old.json, json-encode/mine/foundation: another input"))
  }

  @Test("Nothing in common: 2 with a gate, 5 without, and what both hold is said")
  func nothingInCommon() async throws {
    let old = try await write("old.json", change: { $0.run.rows.removeSubrange(1...) })
    let new = try await write("new.json", change: { $0.run.rows.removeSubrange(..<1) })
    for (arguments, code) in [([], 5), (["--gate", "2"], 2), (["--markdown"], 5)]
      as [([String], Int32)]
    {
      let output = try await BuiltHarness.run(["compare", old, new] + arguments)
      #expect(output.code == code && output.stdout.isEmpty)
      #expect(
        output.stderr.contains("no case is measured on both sides; only in the old: "))
      #expect(output.stderr.contains("; only in the new: "))
      #expect(output.stderr.contains("passes no gate") == (code == 2))
    }
    // Rows that the new one alone has are no loss.
    let less = try await write("less.json", change: { $0.run.rows.removeAll() })
    #expect(try await compare(less, new, "--gate", "2").code == 5)
    #expect(try await compare(new, less, "--gate", "2").code == 2)
    // Each implementation in cases of its own.
    let apart = try await write(
      "apart.json",
      change: { record in
        record.run.rows.removeAll { row in
          (row.address.implementation == "openssl") == (row.address.case == "16B")
        }
      })
    #expect(try await compare(apart, "--impl", "swift-table,openssl").code == 5)
  }

  @Test("64: a filter that matches nothing on either side", arguments: [[], ["--gate", "2"]])
  func noSuchAddress(_ gate: [String]) async throws {
    let whole = try await write("whole.json")
    let other = try await write("other.json")
    let filtered = try await BuiltHarness.run(["compare", whole, other, "--filter", "zzz"] + gate)
    #expect(filtered.code == 64)
    #expect(filtered.stderr.contains("no case that matches 'zzz'"))
  }

  @Test(
    "64: wrong usage, with what would be right",
    arguments: [
      ("compare-no-file", ["compare"]), ("compare-one-file", ["compare", "a.json"]),
      ("compare-three-files", ["compare", "a.json", "b.json", "c.json"]),
      ("compare-negative-gate", ["compare", "a.json", "b.json", "--gate", "-1"]),
      ("compare-live-file", ["compare", "--live", "a.json"]),
      ("compare-live-one", ["compare", "--live", "--impl", "openssl"]),
      ("compare-size", ["compare", "a.json", "b.json", "--size", "8KiB"]),
      ("compare-filter", ["compare", "a.json", "b.json", "--filter", "("]),
      ("merge-no-file", ["merge", "--output", "m.json"]),
      ("merge-twice", ["merge", "a.json", "a.json", "--output", "m.json"]),
    ])
  func usage(name: String, arguments: [String]) async throws {
    let output = try await BuiltHarness.run(arguments)
    #expect(output.code == 64 && output.stdout.isEmpty)
    try Snapshot.expect(output.stderr, as: name)
  }

  @Test(arguments: ["compare", "merge", "history"])
  func help(command: String) async throws {
    let output = try await BuiltHarness.run([command, "--help"])
    #expect(output.code == 0 && output.stderr.isEmpty)
    try Snapshot.expect(output.stdout, as: "help-\(command)")
  }

  @Test("Two implementations of one file, by their rounds; one that is not in it is named")
  func implementations() async throws {
    let run = try await write("run.json", level: { $0 % 3 == 1 ? 0.5 : 1 })
    let output = try await compare(run, "--impl", "swift-table,openssl")
    #expect(output.code == 0)
    #expect(output.stdout.contains("4 cases: 4 faster"))
    let missing = try await compare(run, "--impl", "openssl,c-nosuch")
    #expect(missing.code == 64)
    #expect(missing.stderr.contains("'c-nosuch' is not in \(run); in it: swift-table, openssl"))
  }

  @Test("--live measures both in turns and in processes of their own")
  func live() async throws {
    let output = try await compare(
      "--live", "--impl", "swift-table,openssl", "--size", "8KiB", "--workload", "aes-128-ctr",
      "--time", "0.01", "--cycles", "ns")
    // How much the machine lets be said is not for this test.
    #expect([0, 3].contains(output.code), "\(output.stderr)")
    #expect(output.stdout.contains("aes-128-ctr/8KiB"))
  }

  @Test("merge: shards become one run that compare takes")
  func merge() async throws {
    let first = try await write("1.json", change: { $0.run.rows.removeSubrange(4...) })
    let second = try await write("2.json", change: { $0.run.rows.removeSubrange(..<4) })
    let merged = path("merged.json")
    let output = try await BuiltHarness.run(["merge", first, second, "--output", merged])
    #expect(output.code == 0)
    #expect(output.stdout.contains("12 rows") && output.stdout.contains("saved: \(merged)"))
    #expect(output.stdout.contains(", of 2 runs\n"))
    #expect(try ResultFile.read(merged).records.count == 1)
    // What a merged file holds are two runs, however it is counted in files.
    let again = try await BuiltHarness.run([
      "merge", merged, await write("3.json"), "--output", path("three.json"),
    ])
    #expect(again.stdout.contains(", of 3 runs\n"), "\(again)")
    let alone = try await BuiltHarness.run(["merge", merged, "--output", path("two.json")])
    #expect(alone.stdout.contains(", of 2 runs\n"), "\(alone)")
    #expect(try await compare(merged, await write("whole.json")).stdout.contains("12 cases"))
    let bad = try await BuiltHarness.run(["merge", first, "--output", path("no/such/m.json")])
    #expect(bad.code == 4 && bad.stderr.contains("make its folder first"))
  }

  @Test("history: a jump with its date, files that are left out with why, and a drawing")
  func history() async throws {
    for week in 0..<8 {
      _ = try await write(
        "week-\(week).json", level: { $0 == 1 && week > 3 ? 1.06 : 1 + 0.0001 * Double(week % 3) },
        change: { $0.started = Date(timeIntervalSince1970: 1_790_000_000 + Double(week) * 604_800) }
      )
    }
    try Data("{".utf8).write(to: folder.appending(path: "broken.json"))
    let svg = path("history.svg")
    let output = try await BuiltHarness.run([
      "history", folder.path(percentEncoded: false), "--svg", svg,
    ])
    #expect(output.code == 0)
    #expect(output.stdout.contains("+5.99% at 2026-10-19 14:13"))
    #expect(output.stdout.contains("left out: broken.json: it is no whole JSON document"))
    #expect(try String(contentsOfFile: svg, encoding: .utf8).hasPrefix("<svg "))
    let empty = try await BuiltHarness.run(["history", "/nosuch"])
    #expect(empty.code == 4 && empty.stderr.contains("No such file"))
    let machine = try await BuiltHarness.run([
      "history", folder.path(percentEncoded: false), "--machine", "x",
    ])
    #expect(machine.code == 64 && machine.stderr.contains("no result of the machine 'x'"))
  }
}
