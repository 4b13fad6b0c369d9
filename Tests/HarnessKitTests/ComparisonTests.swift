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

@Suite("Comparisons")
struct ComparisonTests {
  static let aes = "aes-128-ctr"

  /// A run whose rows have the given levels, blocks that differ by 0.2 %.
  static func run(
    _ levels: [(id: String, level: Double)], seed: UInt64, spread: Double = 0.002, blocks: Int = 9,
    limit: Double? = nil
  ) throws -> RunRecord {
    var random = SeededGenerator(seed: seed)
    return try SyntheticRun.record(
      levels.map { id, level in
        SyntheticRun.row(
          (aes, "8KiB", id),
          .measured(
            ShiftTests.measurement(level, blockSpread: spread, random: &random, blocks: blocks)),
          limit: limit.map { Limit(name: "loop", costPerUnit: $0) })
      })
  }

  private static func compare(
    _ old: RunRecord, _ new: RunRecord, gate: Double? = nil, acrossMachines: Bool = false
  ) -> Comparison {
    Comparison(
      Comparison.Material(old.run, new.run, acrossMachines: acrossMachines),
      rules: Comparison.Rules(gate: gate))
  }

  @Test("One file, one figure: the columns are the medians that run and report print")
  func oneFigure() throws {
    // Two kinds of processes, as layouts make them: the mean of the blocks is not the median.
    var random = SeededGenerator(seed: 8)
    func run(_ outliers: Double) throws -> RunRecord {
      try SyntheticRun.record([
        SyntheticRun.row(
          (Self.aes, "8KiB", "a"),
          .measured(
            ShiftTests.measurement(1, blockSpread: 0.001, random: &random, outliers: outliers)))
      ])
    }
    let (old, new) = (try run(0.4), try run(0.4))
    let comparison = Self.compare(old, new)
    for (record, figure) in [(old, comparison.cases[0].old), (new, comparison.cases[0].new)] {
      let median = try #require(record.run.rows[0].measurement).costPerUnit.median
      #expect(figure == median)
      #expect(record.run.tables().contains(Figures.significant(median)))
      let history = try #require(History([("a.json", record)]))
      #expect(history.series[0].points[0].cost == median)
    }
  }

  @Test("Faster, slower, same: each is called what it is")
  func verdicts() throws {
    let old = try Self.run([("a", 1), ("b", 1), ("c", 1)], seed: 1)
    let new = try Self.run([("a", 1.05), ("b", 0.95), ("c", 1)], seed: 2)
    let comparison = Self.compare(old, new)
    #expect(comparison.cases.map(\.verdict) == [.slower, .faster, .same])
    #expect(comparison.cases.allSatisfy { $0.interval!.contains($0.ratio) })
    #expect(comparison.outcome == .fine, "without a gate, slower is news and no failure")
    #expect(comparison.advice == nil)
  }

  @Test(
    "The gate: a case regresses when the lower end of its interval exceeds it",
    arguments: [(1.05, 0.02, true), (1.02, 0.02, false), (1.05, 0.06, false), (0.9, 0.0, false)])
  func gate(level: Double, gate: Double, regresses: Bool) throws {
    let ids = (0..<18).map { "k\($0)" }
    let old = try Self.run(ids.map { ($0, 1) }, seed: 3)
    let new = try Self.run(ids.map { ($0, $0 == "k4" ? level : 1) }, seed: 4)
    let comparison = Self.compare(old, new, gate: gate)
    #expect(comparison.regressions.map(\.name) == (regresses ? ["\(Self.aes)/8KiB/k4"] : []))
    #expect(comparison.outcome == (regresses ? .regressed : .fine))
    for one in comparison.cases {
      #expect(one.isRegression == (one.interval!.lowerBound > 1 + gate))
    }
    if regresses { #expect(comparison.advice!.contains("k4")) }
  }

  @Test("Runs of one build, with processes that differ by 5 % in one of 30 blocks: no regression")
  func sameBuild() throws {
    var wrong = 0
    for seed in 0..<60 as Range<UInt64> {
      var random = SeededGenerator(seed: 1000 + seed)
      func run() throws -> RunRecord {
        try SyntheticRun.record(
          (0..<30).map { index in
            SyntheticRun.row(
              (Self.aes, "8KiB", "k\(index)"),
              .measured(
                ShiftTests.measurement(
                  1, blockSpread: 0.001, random: &random, outliers: 1.0 / 30)))
          })
      }
      if !Self.compare(try run(), try run(), gate: 0.02).regressions.isEmpty { wrong += 1 }
    }
    #expect(wrong <= 1)
  }

  @Test("Over a quarter of unstable cases is too unstable; a quarter is not")
  func unstable() throws {
    func comparison(noisy: Int) throws -> Comparison {
      var old = try Self.run((0..<8).map { ("k\($0)", 1) }, seed: 5)
      var new = try Self.run((0..<8).map { ("k\($0)", 1) }, seed: 6)
      let (a, b) = (
        try Self.run((0..<8).map { ("k\($0)", 1) }, seed: 7, spread: 0.2),
        try Self.run((0..<8).map { ("k\($0)", 1) }, seed: 8, spread: 0.2)
      )
      for index in 0..<noisy {
        old.run.rows[index] = a.run.rows[index]
        new.run.rows[index] = b.run.rows[index]
      }
      return Self.compare(old, new)
    }
    let quarter = try comparison(noisy: 2)
    #expect(quarter.unstable.count == 2 && quarter.outcome == .fine)
    #expect(quarter.unstable.allSatisfy { $0.notes[0].contains("--time") })
    let more = try comparison(noisy: 3)
    #expect(more.outcome == .tooUnstable)
    #expect(more.advice!.contains("harness noise"))
  }

  @Test("Fewer than three blocks say nothing of how runs differ")
  func fewBlocks() throws {
    let old = try Self.run([("a", 1)], seed: 9, blocks: 2)
    let new = try Self.run([("a", 1.5)], seed: 10)
    let one = try #require(Self.compare(old, new, gate: 0.02).cases.first)
    #expect(one.verdict == .unstable && one.interval == nil && !one.isRegression)
    #expect(one.notes[0].contains("2 blocks") && one.notes[0].contains("harness merge"))
  }

  @Test("Rows of one side alone are listed with why; failed rows of the new one are an error")
  func oneSided() throws {
    var old = try Self.run([("a", 1), ("gone", 1), ("broken", 1)], seed: 11)
    var new = try Self.run([("a", 1), ("fresh", 1)], seed: 12)
    new.run.rows.append(
      SyntheticRun.row(
        (Self.aes, "8KiB", "broken"), .failed(Mismatch(check: "vector", summary: "byte 3"))))
    old.run.rows.append(
      SyntheticRun.row((Self.aes, "8KiB", "fresh"), .ineligible(reason: "lacks vaes")))
    let comparison = Self.compare(old, new)
    #expect(comparison.cases.count == 1)
    #expect(
      comparison.onlyOld == ["\(Self.aes)/8KiB/broken (FAIL)", "\(Self.aes)/8KiB/gone"])
    #expect(comparison.onlyNew == ["\(Self.aes)/8KiB/fresh (lacks vaes)"])
    #expect(comparison.outcome == .failed)
    #expect(comparison.advice!.contains("broken FAILED: byte 3"))
  }

  @Test("Two implementations of one run, by their rounds")
  func implementations() throws {
    let run = try Self.run([("a", 1), ("b", 1.1)], seed: 13)
    let material = Comparison.Material(run.run, first: "a", second: "b")
    let one = try #require(Comparison(material, rules: .init()).cases.first)
    #expect(one.name == "\(Self.aes)/8KiB" && one.verdict == .slower)
    #expect(Comparison.Material(run.run, first: "a", second: "nosuch").isEmpty)
  }

  @Test("Across machines, what counts is the share of each one's limit")
  func acrossMachines() throws {
    let old = try Self.run([("a", 1)], seed: 14, limit: 6000)
    let twice = try Self.run([("a", 2)], seed: 15, limit: 12_000)
    let one = try #require(Self.compare(old, twice, acrossMachines: true).cases.first)
    #expect(one.verdict == .same && abs(one.ratio - 1) < 0.01)
    #expect(abs(one.old - 0.5) < 0.005, "12,288,000 cycles for 1024 bytes, of 6000 a byte")
    // Disturbed, or too few samples: no share of the run's table, and no verdict.
    for few in [false, true] {
      var marked = twice
      guard case .measured(var measurement) = marked.run.rows[0].outcome else { return }
      if few { measurement.samples = measurement.samples.filter { $0.round % 9 < 1 } }
      if few { measurement.planned = measurement.samples.count }
      for index in measurement.samples.indices where !few {
        measurement.samples[index].slices[0].flags = [.sibling]
      }
      marked.run.rows[0].outcome = .measured(measurement)
      #expect(marked.run.rows[0].shareOfLimit == nil && measurement.isContended == !few)
      for (old, new, which) in [
        (old, marked, "new"), (marked, old, "old"), (marked, marked, "both"),
      ] {
        let found = try #require(Self.compare(old, new, acrossMachines: true).cases.first)
        #expect(found.verdict == .unstable && found.ratio.isNaN && found.interval == nil)
        #expect(found.notes[0].contains("no share of the limit (\(which))"), "\(found.notes)")
        // In cycles there is a verdict, with what stands against it.
        let noted = try #require(Self.compare(old, new).cases.first).notes.joined(separator: "; ")
        #expect(noted.contains("\(few ? "unstable" : "contended") (\(which))"), "\(noted)")
        #expect(
          !noted.contains(few ? "contended" : "unstable (") && noted.contains("again") == !few)
      }
    }
    let without = try Self.run([("a", 2)], seed: 16)
    let none = try #require(Self.compare(old, without, acrossMachines: true).cases.first)
    #expect(none.verdict == .unstable && none.notes[0].contains("no limit"))
  }

  @Test("Where memory itself moved, the case's other rows may have moved for that")
  func memory() throws {
    let old = try Self.run([("a", 1), ("memcpy", 1)], seed: 21)
    let moved = try Self.run([("a", 1.06), ("memcpy", 1.085)], seed: 22)
    let comparison = Self.compare(old, moved, gate: 0.02)
    #expect(comparison.regressions.isEmpty)
    #expect(comparison.cases[0].interval!.contains(1))
    #expect(comparison.cases.allSatisfy { $0.notes.last!.contains("memory itself took +8.") })
    let still = try Self.run([("a", 1.06), ("memcpy", 1)], seed: 23)
    #expect(Self.compare(old, still, gate: 0.02).regressions.count == 1)
    let much = try Self.run([("a", 1.3), ("memcpy", 1.085)], seed: 24)
    #expect(Self.compare(old, much, gate: 0.02).regressions.count == 1, "more than memory explains")
  }

  @Test("How well a case is known does not depend on how many others there are")
  func company() throws {
    // The interval of one of 400 is twice as wide as its own, and reaches beyond 5 %.
    let ids = (0..<400).map { "k\($0)" }
    let old = try Self.run(ids.map { ($0, 1) }, seed: 25, spread: 0.018)
    let new = try Self.run(ids.map { ($0, 1) }, seed: 26, spread: 0.018)
    let all = Self.compare(old, new)
    let wide = all.cases.count { $0.interval!.upperBound - 1 > 0.05 }
    #expect(wide > 200 && all.unstable.count < 100)
  }

  @Test("Another input under the same name is not compared")
  func otherInput() throws {
    let old = try Self.run([("a", 1)], seed: 17)
    var new = old
    guard case .measured(var measurement) = new.run.rows[0].outcome else { return }
    measurement.unitsPerCall = 2048
    new.run.rows[0].outcome = .measured(measurement)
    #expect(Self.compare(old, new).cases[0].notes[0].contains("another input"))
  }

  @Test("What may be held against each other, and what may not")
  func comparability() throws {
    let old = try Self.run([("a", 1)], seed: 18)
    #expect(Comparability.obstacle(old, old) == nil)
    func expect(_ words: String, _ change: (inout RunRecord) throws -> Void) throws {
      var new = old
      try change(&new)
      let obstacle = try #require(Comparability.obstacle(old, new))
      #expect(obstacle.contains(words))
    }
    try expect("--across-machines") {
      $0.cpuReport = CPUReport(leaves: try Recording.leaves("intel-ice-lake-sp"))
    }
    try expect("--cycles") { $0.run.source = .reference }
    try expect("--mask") { $0.run.masked = FeatureSet(names: ["aes"]) }
    try expect("not optimised") { $0.build.isCOptimised = false }
    var other = old
    other.machine.id = "000000000000"
    other.libraries["openssl"] = "OpenSSL 3.5"
    #expect(Comparability.obstacle(old, other) == nil)
    let remarks = Comparability.remarks(old, other)
    #expect(remarks.count == 2 && remarks[1].contains("OpenSSL 3.5"))
  }

  @Test("The table says all that the figures say, in text and in Markdown")
  func text() throws {
    let old = try Self.run([("a", 1), ("b", 1)], seed: 19)
    let new = try Self.run([("a", 1.08), ("b", 1)], seed: 20)
    let comparison = Self.compare(old, new, gate: 0.02)
    let labels = Comparison.Labels(old: "old", new: "new", unit: "cycles/byte (tsc*cal)")
    let text = comparison.text(labels)
    #expect(text.contains("slower, REGRESSION"))
    #expect(text.contains("2 cases: 0 faster, 1 slower, 1 same, 0 unstable; 1 slower by more"))
    let markdown = comparison.markdown(labels)
    #expect(markdown.hasPrefix("| case | old | new | ratio | interval | verdict |\n|---|"))
    #expect(markdown.contains("| `aes-128-ctr/8KiB/a` |"))
  }
}

@Suite("Merged results and their history")
struct MergeTests {
  @Test("Shards become one run; what is in several gets further blocks")
  func shards() throws {
    var first = try ComparisonTests.run([("a", 1), ("b", 1)], seed: 1, blocks: 2)
    first.run.elapsed = 3
    let second = try ComparisonTests.run([("b", 1), ("c", 1)], seed: 2, blocks: 3)
    let merged = try MergedRecords.merge([first, second])
    let run = try #require(merged.first).run
    #expect(merged.count == 1)
    #expect(run.rows.map(\.address.implementation) == ["a", "b", "c"])
    let shared = try #require(run.rows[1].measurement)
    #expect(Set(shared.samples.map(\.block)) == [0, 1, 2, 3, 4])
    #expect(shared.samples.map(\.round) == Array(0..<15), "no round twice")
    #expect(shared.planned == 15 && run.elapsed == 4.5)
    #expect(BlockedCosts(shared).blocks.count == 5)
    #expect(run.plan.blocks == 2 * Plan.standard.blocks)
  }

  @Test("Other machines, builds, sources and masks stay apart")
  func apart() throws {
    let first = try ComparisonTests.run([("a", 1)], seed: 3)
    var machine = first
    machine.machine.id = "000000000000"
    var commit = first
    commit.commit = GitCommit(hash: String(repeating: "1", count: 40), isModified: false)
    var mask = first
    mask.run.masked = FeatureSet(names: ["aes"])
    var again = first
    for index in 0..<4 {
      let identity = RunRecord.newIdentity()
      switch index {
      case 0: machine.runs = [identity]
      case 1: commit.runs = [identity]
      case 2: mask.runs = [identity]
      default: again.runs = [identity]
      }
    }
    let merged = try MergedRecords.merge([first, machine, commit, mask, again])
    #expect(merged.count == 4)
    #expect(merged.map { $0.run.rows[0].measurement!.samples.count } == [54, 27, 27, 27])
    let file = try ResultFile.read(try ResultFile(merged).bytes(), as: "merged")
    #expect(file.records.count == 4)
  }

  @Test("A failure in one shard is not outvoted, a figure is better than none")
  func outcomes() throws {
    var first = try ComparisonTests.run([("a", 1), ("b", 1)], seed: 4, limit: 1.01)
    let second = try ComparisonTests.run([("a", 1), ("b", 1)], seed: 5, limit: 1)
    first.run.rows[0].outcome = .failed(Mismatch(check: "x", summary: "y"))
    first.run.rows[1].outcome = .unprepared(reason: "no memory")
    let rows = try MergedRecords.merge([first, second])[0].run.rows
    guard case .failed = rows[0].outcome else {
      Issue.record("\(rows[0].outcome)")
      return
    }
    #expect(rows[1].measurement != nil && rows[1].limit?.costPerUnit == 1)
  }

  @Test("One block of nine whose clock changed does not set the limit, disturbed ones neither")
  func limits() throws {
    let costs = [0.97, 1, 1.3, 1.01, 1.002, 1.4, 1.001, 1.003, 1.004]
    let parts = try costs.enumerated().map { index, cost in
      var part = try ComparisonTests.run([("a", 2)], seed: UInt64(index), limit: cost).run
      part.unitLimits = [Limit(name: "loop", costPerUnit: cost)]
      return part
    }
    let whole = try UnitedRuns.united(parts)
    #expect(whole.rows.map(\.limit?.costPerUnit) == [1.001])
    #expect(whole.unitLimits == [Limit(name: "loop", costPerUnit: 1.001)])
    let torn = try UnitedRuns.united(Array(parts.prefix(3)))
    #expect(torn.rows.map(\.limit) == [nil])
    #expect(torn.rows[0].limitRefusal?.contains("disagree") == true)
  }

  @Test("Not the same input: refused, with the address")
  func otherInput() throws {
    let first = try ComparisonTests.run([("a", 1)], seed: 6)
    var second = first
    guard case .measured(var measurement) = second.run.rows[0].outcome else { return }
    measurement.unitsPerCall = 7
    second.run.rows[0].outcome = .measured(measurement)
    second.runs = [RunRecord.newIdentity()]
    #expect {
      try MergedRecords.merge([first, second])
    } throws: {
      "\($0)".contains("aes-128-ctr/8KiB/a did 1024 bytes")
    }
  }

  static func weeks(_ levels: [Double]) throws -> [(file: String, record: RunRecord)] {
    try levels.enumerated().map { week, level in
      var record = try ComparisonTests.run([("a", level), ("b", 1)], seed: UInt64(week))
      record.started = Date(timeIntervalSince1970: 1_790_000_000 + Double(week) * 604_800)
      return (String(format: "%02d.json", week), record)
    }
  }

  @Test("History: in the order of time, jumps with date and commit, others left out with why")
  func history() throws {
    var records = try Self.weeks([1, 1, 1, 1, 1.05, 1.05, 1.05, 1.05, 1.05])
    records[2].record.machine.id = "000000000000"
    records[3].record.run.source = .reference
    let history = try #require(History(records.reversed()))
    #expect(history.runs == 7)
    #expect(history.leftOut.count == 2)
    #expect(history.leftOut[0].hasPrefix("02.json: of another machine"))
    #expect(history.leftOut[1].contains("different cycle sources"))
    #expect(history.series.map(\.address.implementation) == ["a", "b"])
    // Two runs before the jump are too few to tell it from noise.
    #expect(history.series.allSatisfy { $0.changes.isEmpty })
    let whole = try #require(History(try Self.weeks([1, 1, 1, 1, 1.05, 1.05, 1.05, 1.05, 1.05])))
    #expect(whole.series[0].changes.map(\.index) == [4])
    #expect(whole.series[1].changes.isEmpty)
    let text = whole.text()
    #expect(text.contains("at 2026-10-19 14:13 (00000000)"))
    #expect(text.contains("▁▁▁▁▇") || text.contains("▁▁▁▁█"))
    #expect(History(records, machine: "nosuch") == nil)
    #expect(History(records, machine: "000000000000")?.runs == 1)
  }

  /// The same with some weeks' rows disturbed.
  private static func weeks(
    _ levels: [Double], disturbed: Set<Int>
  ) throws -> [(file: String, record: RunRecord)] {
    var records = try weeks(levels)
    for week in disturbed {
      for row in records[week].record.run.rows.indices {
        guard case .measured(var measurement) = records[week].record.run.rows[row].outcome else {
          continue
        }
        for sample in measurement.samples.indices {
          for slice in measurement.samples[sample].slices.indices {
            measurement.samples[sample].slices[slice].flags = [.sibling]
          }
        }
        records[week].record.run.rows[row].outcome = .measured(measurement)
      }
    }
    return records
  }

  @Test("History: what stands against a run has a mark, in text and drawing, and is no jump")
  func historyMarks() throws {
    let levels = [1, 1, 1, 1, 1.05, 1.05, 1.05, 1.05]
    let history = try #require(History(try Self.weeks(levels, disturbed: [4, 5, 6, 7])))
    let one = history.series[0]
    #expect(one.points.map(\.isMarked) == [false, false, false, false, true, true, true, true])
    #expect(one.changes.isEmpty)
    let text = history.text()
    let cells = try #require(text.split(separator: "\n").first { $0.contains("8KiB/a ") })
      .split(separator: " ")
    #expect(!cells[2].hasPrefix("~") && cells[3].hasPrefix("~") && cells[4].hasPrefix("~+"))
    #expect(cells[5].count == 8 && cells[5].hasSuffix("~~~~") && cells[5].first != "~")
    #expect(text.contains("6 runs are needed") && text.contains("there are 4 without a mark"))
    #expect(text.contains("~: of a run in which the row is contended or unstable"))
    let svg = history.svg()
    #expect(svg.components(separatedBy: " ol-hollow\"").count - 1 == 8, "four dots in two charts")
    #expect(svg.contains("hollow: contended or unstable") && svg.contains(" at first, ~"))

    // Around a disturbed week a jump stands where it was among all of them.
    let jump = try #require(
      History(try Self.weeks([1, 1, 1, 1, 9, 1.05, 1.05, 1.05, 1.05], disturbed: [1, 4])))
    #expect(jump.series[0].changes.map(\.index) == [5])
    #expect(abs(exp(try #require(jump.series[0].changes.first).shift) - 1.05) < 0.02)

    let clean = try #require(History(try Self.weeks(levels)))
    #expect(!clean.text().contains("~") && !clean.svg().contains("ol-hollow\""))
    let all = try #require(History(try Self.weeks([1, 1], disturbed: [0, 1])))
    #expect(all.text().contains(" ~~") && !all.svg().contains("nan"))
  }

  @Test("The drawing is well-formed XML, has a title for each chart, and is the same each time")
  func drawing() throws {
    let history = try #require(History(try Self.weeks([1, 1, 1, 1, 1.05, 1.05, 1.05, 1.05])))
    let svg = history.svg()
    #expect(svg == history.svg())
    #expect(svg.components(separatedBy: "<title").count - 1 == 3)
    #expect(svg.contains("prefers-color-scheme:dark") && svg.contains("class=\"ol-limit\""))
    #expect(!svg.contains("nan") && !svg.contains("inf"))
    let open = svg.components(separatedBy: "<g>").count
    #expect(open == svg.components(separatedBy: "</g>").count)
    let one = try #require(History(try Self.weeks([1])))
    #expect(!one.svg().contains("nan"))
    #expect(one.text().contains("6 runs are needed"))
  }
}
