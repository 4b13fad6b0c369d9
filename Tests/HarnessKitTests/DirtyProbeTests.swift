import CCPU
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

/// A machine on which nothing is left to chance: a core of 3 GHz whose time stamps tick at 2 GHz, and
/// what disturbs its probes.
struct SyntheticMachine {
  static let cyclesPerTick = 1.5
  static let quietChain = ProbeReading.chainCycles / cyclesPerTick

  /// Which probes are interrupted, and become 40 times as long.
  enum Disturbance: String, CaseIterable, Sendable {
    case none, before, after, both, halfOfSlices, allBoth
    /// What takes so long is the sentinel.
    case sentinel
    /// The slices beside interrupted probes take long too, as they would.
    case slicesToo
  }

  static func reading(isInterrupted: Bool = false, sentinel: Double = 1) -> ProbeReading {
    ProbeReading(
      chain: quietChain * (isInterrupted ? 40 : 1), sentinel: quietChain * 0.976 * sentinel, cpu: 1,
      preemptions: 0)
  }

  /// Slice after slice of a case that takes `cycles` a call.
  final class Scripted: ExternalCase {
    let unitsPerCall: Int
    let cycles: Double
    let disturbance: Disturbance
    private var count = 0

    init(cycles: Double, bytes: Int = 1000, disturbance: Disturbance) {
      (self.cycles, unitsPerCall, self.disturbance) = (cycles, bytes, disturbance)
    }

    func takeSlice(calls: Int) -> ExternalSlice {
      count += 1
      let ticks = cycles * Double(calls) / cyclesPerTick * (1 + 0.0005 * Double(count % 3 - 1))
      // One slice in five, but where it says otherwise.
      let isHit = count % 5 == 0
      switch disturbance {
      case .none: return (ticks, reading(), reading())
      case .before: return (ticks, reading(isInterrupted: isHit), reading())
      case .after: return (ticks, reading(), reading(isInterrupted: isHit))
      case .both: return (ticks, reading(isInterrupted: isHit), reading(isInterrupted: isHit))
      case .halfOfSlices:
        let isHit = count % 2 == 0
        return (ticks, reading(isInterrupted: isHit), reading(isInterrupted: isHit))
      case .allBoth: return (ticks, reading(isInterrupted: true), reading(isInterrupted: true))
      case .sentinel: return (ticks, reading(), reading(sentinel: isHit ? 40 : 1))
      case .slicesToo:
        return (ticks * (isHit ? 30 : 1), reading(), reading(isInterrupted: isHit))
      }
    }
  }

  static let calibration = Calibration(
    cyclesPerTick: cyclesPerTick, relativeError: 0, ticksPerSecond: 2e9, overheadTicks: 0)

  static func sampler(rounds: Int = 9) throws -> Sampler {
    var choice = try CycleSourceChoice(forced: .nanoseconds, selfTest: nil)
    choice.source = .calibrated
    return Sampler(
      plan: Plan(
        rounds: rounds, roundsOfLongCalls: rounds, blocks: 1, slice: 0.05e-3, sample: 0.5e-3),
      calibration: calibration, source: choice, seed: 1, learnedProbes: 0)
  }

  static func contestant(
    _ id: String, cycles: Double, _ disturbance: Disturbance, bytes: Int = 1000
  ) -> Contestant {
    Contestant(id: id) { _ in Scripted(cycles: cycles, bytes: bytes, disturbance: disturbance) }
  }
}

@Suite("Figures beside probes that were interrupted")
struct DirtyProbeTests {
  /// Of an AES message, by unit loops.
  private static func finding(_ limits: Limits, move: LimitFinding? = nil) -> LimitFinding? {
    AESWorkload.aes128.limit(
      of: .message(bytes: 1024), units: limits.findings(of: limits.loops), beside: move)
  }

  typealias Disturbance = SyntheticMachine.Disturbance

  private static func isClose(_ value: Double, _ truth: Double) -> Bool {
    abs(value / truth - 1) <= 0.01
  }

  @Test("No figure is cheaper than what it cost, and none but a marked one dearer")
  func figures() throws {
    for disturbance in Disturbance.allCases {
      let measured = try SyntheticMachine.sampler().measure([
        SyntheticMachine.contestant("a", cycles: 6000, disturbance),
        SyntheticMachine.contestant("b", cycles: 600, .none),
      ])
      let (a, b) = (measured[0], measured[1])
      #expect(Self.isClose(a.costPerUnit.median, 6), "\(disturbance): \(a.costPerUnit.median)")
      #expect(Self.isClose(b.costPerUnit.median, 0.6), "\(disturbance)")
      #expect(a.costPerUnit.sorted.allSatisfy { Self.isClose($0, 6) }, "\(disturbance)")
      #expect(a.isContended == (disturbance == .allBoth), "\(disturbance)")
      // Nobody chose among slices for this one, so that it holds what happened to them.
      let raw = disturbance == .slicesToo ? 6...50 : 5.99...6.01
      #expect(raw.contains(a.rawCostPerUnit), "\(disturbance): \(a.rawCostPerUnit)")
      let ratio = PairedComparison(b, a).ratio
      #expect(Self.isClose(ratio, 10), "\(disturbance): \(ratio)")
    }
  }

  @Test("A limit is within 1 % of the truth, or there is none", arguments: Disturbance.allCases)
  func limits(disturbance: Disturbance) throws {
    // 64 bytes of state a cycle is what the hardware does, in 10 rounds.
    let loops = [("aesenc xmm", 32.0), ("vaesenc ymm", 64.0)].map { name, rate in
      LimitLoop(
        contestant: SyntheticMachine.contestant(
          name, cycles: 64_000 / rate, disturbance, bytes: 64_000),
        leastCycles: 1 / rate)
    }
    let limits = try Limits.measure(loops, by: SyntheticMachine.sampler())
    let finding = try #require(Self.finding(limits))
    if disturbance == .allBoth {
      #expect(finding.limit == nil && finding.refusal != nil)
    } else {
      let limit = try #require(finding.limit)
      #expect(limit.name == "vaesenc ymm")
      #expect(Self.isClose(limit.costPerUnit, 10 / 64), "\(limit)")
    }
  }

  @Test("Interrupted chains teach nothing about idle cores, clocks or neighbours")
  func judge() {
    let quiet = SyntheticMachine.reading()
    let hit = SyntheticMachine.reading(isInterrupted: true)
    var judge = SliceJudge(cyclesPerTick: SyntheticMachine.cyclesPerTick)
    var before = quiet
    for index in 0..<1000 {
      // One in five, and two in a row now and then.
      let after = index % 5 == 0 || index % 50 == 1 ? hit : quiet
      judge.learn(after, beside: before)
      before = after
    }
    #expect(judge.flags(before: quiet, after: quiet).isEmpty)
    #expect(judge.flags(before: hit, after: quiet).contains(.clock))
    #expect(judge.flags(before: quiet, after: hit).contains(.clock))
    #expect(judge.flags(before: hit, after: hit).contains(.clock))
    #expect(Self.isClose(judge.cyclesPerTick ?? 0, SyntheticMachine.cyclesPerTick))
    let neighbour = SyntheticMachine.reading(sentinel: 1.4)
    #expect(judge.flags(before: quiet, after: neighbour) == [.sibling])
  }

  @Test("A clock that falls and stays low is believed after a few readings")
  func slowerClock() {
    var judge = SliceJudge(cyclesPerTick: SyntheticMachine.cyclesPerTick)
    let fast = SyntheticMachine.reading()
    var slow = fast
    (slow.chain, slow.sentinel) = (fast.chain * 1.8, fast.sentinel * 1.8)
    for _ in 0..<100 { judge.learn(fast, beside: fast) }
    #expect(judge.flags(before: slow, after: slow) == [.clock])
    for _ in 0..<SliceJudge.memory { judge.learn(slow, beside: slow) }
    #expect(judge.flags(before: slow, after: slow).isEmpty)
  }

  @Test("What the sentinel takes on an idle core is what clean slices say")
  func idleLoad() throws {
    let quiet = SyntheticMachine.reading()
    let hit = SyntheticMachine.reading(isInterrupted: true)
    let slices = (0..<100).map { index in
      Slice(
        ticks: 1, before: quiet, after: index % 4 == 0 ? hit : quiet,
        flags: index % 4 == 0 ? [.clock] : [])
    }
    var measurement = SyntheticRun.measurement([[1]])
    measurement.samples[0].slices = slices
    let run = try SyntheticRun.record([
      SyntheticRun.row(("aes-128-ctr", "8KiB", "a"), .measured(measurement))
    ]).run
    #expect(Self.isClose(try #require(run.idleLoad), 0.976))
  }

  @Test("A file without the run's clock takes it from the faster chains")
  func oldFile() {
    var measurement = SyntheticRun.measurement([[1000, 1000], [1000, 1000]])
    let truth = measurement.costPerUnit.median
    for sample in measurement.samples.indices {
      for slice in measurement.samples[sample].slices.indices {
        measurement.samples[sample].slices[slice].flags = [.clock]
      }
      measurement.samples[sample].slices[0].after.chain *= 40
    }
    #expect(measurement.cyclesPerTick == nil && measurement.isContended)
    #expect(Self.isClose(measurement.costPerUnit.median, truth))
    #expect(Self.isClose(measurement.rawCostPerUnit, truth))
  }

  @Test("Loops of known cost come out whole although one reading in four is interrupted")
  func selfTest() {
    let random = Random()
    let loops = SelfTest.loops.map { loop in
      var loop = loop
      let cycles = loop.cycles ?? 4
      loop.probe = { n in
        UInt64(
          (Double(n) * 16 * cycles / SyntheticMachine.cyclesPerTick + 26) * random.factor())
      }
      return loop
    }
    let test = SelfTest.attempt(
      seconds: 0.02, loops: loops,
      probe: { SyntheticMachine.reading(isInterrupted: random.factor() > 1) }, rate: { _ in 2e9 })
    #expect(test.passed, "\(test.checks.map { "\($0.name) \($0.measured)" })")
  }

  /// 40 in one of four cases, else 1.
  private final class Random: @unchecked Sendable {
    private var generator = SeededGenerator(seed: 5)
    func factor() -> Double { generator.below(4) == 0 ? 40 : 1 }
  }

  @Test("A self-test of which all readings are disturbed fails, and prints no nonsense")
  func hopelessSelfTest() {
    let random = Random()
    let loops = SelfTest.loops.map { loop in
      var loop = loop
      loop.probe = { n in UInt64(Double(n) * 16 * (1 + random.factor() * Double(n % 7))) }
      return loop
    }
    let test = SelfTest.attempt(
      seconds: 0, loops: loops, probe: { SyntheticMachine.reading() }, rate: { _ in 2e9 })
    #expect(test.checks.allSatisfy { $0.measured.isFinite })
  }
}

@Suite("Limits that hold")
struct LimitFindingTests {
  /// Of an AES message, by unit loops.
  private static func finding(_ limits: Limits, move: LimitFinding? = nil) -> LimitFinding? {
    AESWorkload.aes128.limit(
      of: .message(bytes: 1024), units: limits.findings(of: limits.loops), beside: move)
  }

  private static func loop(_ name: String, least: Double) -> LimitLoop {
    LimitLoop(
      contestant: SyntheticMachine.contestant(name, cycles: 1, .none), leastCycles: least)
  }

  private static func found(_ cost: Double, _ name: String = "loop") -> LimitFinding {
    .found(Limit(name: name, costPerUnit: cost))
  }

  @Test("None that is faster than registers and ports allow")
  func impossible() {
    // The chain of the synthetic runs is 12,288 cycles in 1,000 ticks.
    let measurement = SyntheticRun.measurement([[10, 10], [10, 10]], bytes: 1000)
    let cost = measurement.costPerUnit.median
    #expect(LimitFinding(Self.loop("a", least: cost * 0.999), measurement).limit != nil)
    let refused = LimitFinding(Self.loop("a", least: cost * 1.03), measurement)
    #expect(refused.refusal?.contains("the hardware needs") == true)
  }

  @Test("None where the loop that could be the fastest found no clean slices")
  func missing() {
    let loops = [Self.loop("xmm", least: 0.03), Self.loop("ymm", least: 0.015)]
    let lost = LimitFinding.refused("no clean slices", atMost: 0.9)
    #expect(LimitFinding.fastest(loops, [lost, Self.found(0.016)])?.limit?.costPerUnit == 0.016)
    #expect(LimitFinding.fastest(loops, [Self.found(0.031), lost])?.limit == nil)
    #expect(LimitFinding.fastest(loops, [lost, lost])?.refusal == "no clean slices")
    #expect(LimitFinding.fastest([], []) == nil)
  }

  @Test("Of the blocks, none where they disagree by over 3 %, or most have none")
  func blocks() {
    #expect(LimitFinding.united([0.157, 0.156, 0.158].map { Self.found($0) })?.limit != nil)
    // One block of nine says little.
    let one = [0.016] + [Double](repeating: 0.156, count: 8)
    #expect(LimitFinding.united(one.map { Self.found($0) })?.limit?.costPerUnit == 0.156)
    let torn = LimitFinding.united([0.14, 0.156, 0.17].map { Self.found($0) })
    #expect(torn?.refusal?.contains("disagree") == true)
    let lost = LimitFinding.refused("no clean slices", atMost: nil)
    #expect(LimitFinding.united([Self.found(1), lost, lost])?.refusal == "no clean slices")
    #expect(LimitFinding.united([Self.found(1), Self.found(1), lost])?.limit != nil)
    #expect(LimitFinding.united([]) == nil)
  }

  @Test("A copy whose cost is not known does not hide that the AES unit is slower")
  func copyAndUnit() throws {
    let limits = Limits(
      [Self.loop("ymm", least: 0.00001)], [SyntheticRun.measurement([[10], [10]], bytes: 1000)])
    let unit = try #require(Self.finding(limits)?.limit)
    let below = LimitFinding.refused("noise", atMost: unit.costPerUnit / 2)
    #expect(Self.finding(limits, move: below)?.limit?.name == "ymm")
    let above = LimitFinding.refused("noise", atMost: unit.costPerUnit * 2)
    #expect(Self.finding(limits, move: above)?.limit == nil)
  }

  /// Slices that are too fast to be true until a row is measured again.
  private struct Work: ExternalWork {
    /// Cycles a call, the first time that it is prepared and later.
    var first: Double
    var later: Double
    private let times = Times()

    init(first: Double, later: Double) { (self.first, self.later) = (first, later) }

    private final class Times: @unchecked Sendable { var count = 0 }

    func does(_ workload: any Workload) -> Bool { true }
    func verify(
      _ workload: any Workload, cases: [Case], seed: UInt64, exhaustively: Bool
    ) -> Verdict { .passed(checks: 1) }
    func prepare(
      _ workload: any Workload, _ one: Case, seed: UInt64, layout: Int
    ) -> any PreparedCase {
      times.count += 1
      return SyntheticMachine.Scripted(
        cycles: times.count == 1 ? first : later, bytes: 1000, disturbance: .none)
    }
  }

  @Test("A row that is measured again leaves one limit for all rows of its case")
  func remeasured() throws {
    let fast = Implementation(
      id: "fast", language: "C", technique: "", work: Work(first: 100, later: 400))
    let other = Implementation(
      id: "other", language: "C", technique: "", work: Work(first: 800, later: 800))
    let group = Selection.Group(
      workload: AESWorkload.aes128, case: .message(bytes: 1000), implementations: [fast, other])
    let sampler = try SyntheticMachine.sampler()
    // 0.4 cycles a byte for ten rounds, then 0.3.
    func loops(_ cycles: Double) -> [LimitLoop] {
      [
        LimitLoop(
          contestant: SyntheticMachine.contestant("unit", cycles: cycles, .none), leastCycles: 0.001
        )
      ]
    }
    let limits = try Limits.measure(loops(40), by: sampler)
    let run = GroupRun(
      group: group, seed: 1, limits: limits, deadline: nil, unitLoops: loops(30))
    let rows = run.rows(by: sampler) { _ in nil }
    #expect(rows.map(\.address.implementation) == ["fast", "other"])
    #expect(Set(rows.map { $0.limit?.costPerUnit }).count == 1)
    #expect(abs(try #require(rows[0].shareOfLimit) - 0.75) < 0.01)
    #expect(abs(try #require(rows[1].shareOfLimit) - 0.375) < 0.01)
    #expect(rows.allSatisfy { !$0.beatsLimit })
  }
}

@Suite("What is printed of marked rows")
struct MarkedRowTests {
  /// A row of `cost` ticks a call; `dirty` leaves it without a clean slice.
  private static func row(
    _ one: String, _ id: String, _ cost: Double, dirty: Bool = false, limit: Double? = nil
  ) -> RunResult.Row {
    var measurement = SyntheticRun.measurement(
      (0..<27).map { [cost * (1 + 0.0001 * Double($0 % 3))] })
    if dirty {
      for index in measurement.samples.indices {
        measurement.samples[index].slices[0].flags = [.sibling]
      }
    }
    return SyntheticRun.row(
      ("json-encode", one, id), .measured(measurement),
      limit: limit.map { Limit(name: "store, plain", costPerUnit: $0) })
  }

  private static func run(_ rows: [RunResult.Row]) throws -> RunResult {
    try SyntheticRun.record(rows).run
  }

  @Test("No headline is made of a marked row, nor of one whose naive row is marked")
  func headlines() throws {
    let run = try Self.run([
      Self.row("A", "foundation", 1000), Self.row("A", "fast", 10), Self.row("A", "slow", 100),
      Self.row("B", "foundation", 9_000_000, dirty: true), Self.row("B", "fast", 10),
      Self.row("B", "slow", 100),
      Self.row("C", "foundation", 1000), Self.row("C", "fast", 900, dirty: true),
      Self.row("C", "slow", 100),
      Self.row("D", "foundation", 2000), Self.row("D", "fast", 10), Self.row("D", "slow", 100),
    ])
    let headline = try #require(Headline.all(of: run).first)
    #expect(headline.winner == "fast", "one that is only marked somewhere stays what it is")
    #expect(headline.least.case == "A" && headline.most.case == "D")
    #expect(headline.card.figure == "100–200x")
    #expect(headline.leftOut == ["B", "C"])
    #expect(
      headline.card.text.plain.contains("not counted, as a row is contended or unstable: B, C"))
    let marked = try Self.run([
      Self.row("A", "foundation", 1000, dirty: true), Self.row("A", "fast", 10),
    ])
    #expect(Headline.all(of: marked).isEmpty)
  }

  @Test("A share of the limit is '-' and a warning where row or limit is not known")
  func shares() throws {
    var refused = Self.row("A", "b", 100)
    refused.limitRefusal = "the blocks of the run disagree"
    let run = try Self.run([
      Self.row("A", "a", 100, limit: 5), refused, Self.row("A", "c", 100, dirty: true, limit: 5),
    ])
    #expect(run.rows.map { $0.shareOfLimit != nil } == [true, false, false])
    let lines = run.tables().split(separator: "\n").map(String.init)
    #expect(lines[2].contains("%") && lines[3].contains(" - ") || lines[3].hasSuffix(" -"))
    #expect(lines[4].contains(" -  contended"))
    let warning = try #require(
      run.warnings().map(\.text).first { $0.hasPrefix("no 'of limit' in 2 of 3 rows") })
    #expect(warning.contains("blocks of the run disagree") && warning.contains("contended"))
    var beating = Self.row("A", "d", 1, dirty: true, limit: 5)
    #expect(!beating.beatsLimit, "a disturbed figure accuses nobody")
    beating = Self.row("A", "d", 1, limit: 50)
    #expect(beating.beatsLimit)
  }

  @Test("A ratio has the digits of its worse half, and its mark")
  func ratios() throws {
    func text(_ value: Double, error: Double, marked: Bool = false) -> String {
      var ratio = Ratio(value, of: [])
      (ratio.error, ratio.isMarked) = (error, marked)
      return Figures.times(ratio)
    }
    #expect(text(84.26, error: 0.001) == "84.3x")
    #expect(text(84.26, error: 0.02) == "84x")
    #expect(text(84.26, error: 0.2) == "80x")
    #expect(text(1908, error: 0.02) == "1900x")
    #expect(text(1908, error: 0.3, marked: true) == "~2000x")
    #expect(text(0.0872, error: 0.02) == "0.087x")
    #expect(text(0.96, error: 0.02) == "0.96x")
    #expect(text(0.96, error: 0.2) == "1x")
    #expect(text(9.96, error: 0.02) == "10x")
    #expect(text(1, error: 0) == "1.00x")
    let run = try Self.run([
      Self.row("A", "foundation", 1000, dirty: true), Self.row("A", "fast", 10),
    ])
    #expect(run.tables().contains("~100x"))
    #expect(run.ladders().map(\.text).joined().contains("~"))
  }
}

@Suite("The time that a run may take")
struct TimeBudgetTests {
  @Test("What is said beforehand, and where blocks are left out")
  func budget() throws {
    var budget = TimeBudget(blocks: 9, seconds: 100)
    #expect(budget.share(ofBlock: 0, spent: 10)! < 10)
    budget.took(35)
    let words = try #require(budget.forecast(afterBlock: 0, spent: 45))
    #expect(words.contains("about 115 s instead of 100 s") && words.contains("--filter"))
    #expect(budget.hasRoom(forBlock: 2, spent: 90), "fewer than three blocks say too little")
    #expect(!budget.hasRoom(forBlock: 3, spent: 90))
    #expect(budget.share(ofBlock: 8, spent: 200)! > 0)
    var fine = TimeBudget(blocks: 9, seconds: 100)
    fine.took(10)
    #expect(fine.forecast(afterBlock: 0, spent: 15) == nil)
    #expect(fine.hasRoom(forBlock: 8, spent: 85))
    var free = TimeBudget(blocks: 9, seconds: nil)
    free.took(7)
    #expect(free.forecast(afterBlock: 0, spent: 12) == "takes about 68 s in all")
    #expect(free.forecast(afterBlock: 1, spent: 20) == nil, "once is enough")
    #expect(free.share(ofBlock: 1, spent: 20) == nil)
  }

  @Test(
    "Seconds as people read them, and no line where both read the same",
    arguments: [
      (0.01, 0.12, 0.12, "takes about 0.36 s instead of 0.01 s"),
      (1.0, 0.5, 0.5, "takes about 1.5 s instead of 1.0 s"), (1.0, 0.36, 0.36, nil),
      (9.0, 9.0 / 3 + 0.32, 9.0 / 3 + 0.32, "takes about 10 s instead of 9.0 s"),
      (0.011, 0.0041, 0.0041, nil), (8, 8, 8, "takes about 24 s instead of 8.0 s"),
    ] as [(Double, Double, Double, String?)])
  func wording(seconds: Double, block: Double, spent: Double, words: String?) {
    var budget = TimeBudget(blocks: 3, seconds: seconds)
    budget.took(block)
    let forecast = budget.forecast(afterBlock: 0, spent: spent)
    #expect(forecast?.prefix { $0 != ":" } == words.map { $0[...] })
  }

  @Test("A plan's own limit is for measuring, and verifying is named apart")
  func quick() throws {
    var budget = TimeBudget(blocks: 3, measuring: 8, verifying: 18)
    #expect(budget.share(ofBlock: 0, spent: 18)! > 2)
    budget.took(4)
    let words = try #require(budget.forecast(afterBlock: 0, spent: 22))
    #expect(
      words.hasPrefix("measuring takes about 12 s instead of 8.0 s, after 18 s of verifying: "))
    budget = TimeBudget(blocks: 3, measuring: 8, verifying: 18)
    budget.took(2.7)
    #expect(budget.forecast(afterBlock: 0, spent: 20.7) == nil)
  }

  @Test("A run that took longer than its plan's own limit says so, merged or read again as well")
  func overLimit() throws {
    var record = try SyntheticRun.record([
      SyntheticRun.row(
        ("aes-128-ctr", "1KiB", "c-aesni"),
        .measured(SyntheticRun.measurement((0..<9).map { _ in [1000] })))
    ])
    record.run.plan = .quick
    func warnings(_ record: RunRecord) throws -> [String] {
      let read = try JSONDecoder().decode(
        RunResult.self, from: JSONEncoder().encode(record.run))
      return read.warnings().map(\.text).filter { $0.contains("instead of") }
    }
    for (measuring, isOver) in [(nil, false), (8.5, false), (12, true)] as [(Double?, Bool)] {
      record.run.measuring = measuring
      record.run.elapsed = 40
      #expect(try warnings(record).isEmpty == !isOver)
      var other = record
      other.runs = [RunRecord.newIdentity()]
      let merged = try #require(try MergedRecords.merge([record, other]).first)
      #expect(try warnings(merged).isEmpty == !isOver)
    }
    #expect(
      try warnings(record)[0].hasPrefix("measuring took 12 s instead of 8.0 s: the least number"))
  }

  @Test("A plan with a most number of rounds ends with it, however much time is left")
  func mostRounds() {
    var plan = Plan(rounds: 3, roundsOfLongCalls: 3, blocks: 1, slice: 1e-4, sample: 1e-3)
    plan.mostRounds = 9
    let schedule = RoundSchedule(plan: plan, start: 0, deadline: 1_000_000_000)
    let rounds = (0..<20).prefix { schedule.block(ofRound: $0, now: 1000) != nil }
    #expect(rounds.count == 9)
    let late = RoundSchedule(plan: plan, start: 0, deadline: 10)
    #expect((0..<20).prefix { late.block(ofRound: $0, now: 1000) != nil }.count == 3)
  }

  @Test("Late, a sample is not repeated for the sake of clean slices")
  func late() throws {
    let sampler = try SyntheticMachine.sampler(rounds: 2)
    let measured = try sampler.measure(
      [SyntheticMachine.contestant("a", cycles: 6000, .allBoth)], deadline: 1)
    let slices = measured[0].samples[0].slices.count
    #expect((10...11).contains(slices))
    #expect(measured[0].samples.allSatisfy { $0.slices.count == slices })
    let patient = try SyntheticMachine.sampler(rounds: 2).measure([
      SyntheticMachine.contestant("a", cycles: 6000, .allBoth)
    ])
    #expect(patient[0].samples.allSatisfy { $0.slices.count == 9 * slices })
  }
}
