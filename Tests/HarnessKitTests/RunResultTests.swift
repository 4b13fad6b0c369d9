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

@Suite("What a run's rows say")
struct RunResultTests {
  private static let quiet = ProbeReading(chain: 1000, sentinel: 976, cpu: 0, preemptions: 0)

  /// One slice a sample, of the given ticks; a tick is a unit of cost.
  private static func measurement(
    _ ticks: [Double], dirty: Set<Int> = [], planned: Int? = nil, bytes: Int = 1
  ) -> Measurement {
    let samples = ticks.enumerated().map { round, ticks in
      Sample(
        round: round, block: 0, callsPerSlice: 1,
        slices: [
          Slice(
            ticks: ticks, before: quiet, after: quiet,
            flags: dirty.contains(round) ? [.sibling] : [])
        ])
    }
    return Measurement(
      samples: samples, planned: planned ?? ticks.count, callsPerSlice: 1, unitsPerCall: bytes,
      source: .reference, ticksPerSecond: 1e9)
  }

  private static func row(
    _ implementation: String, _ measurement: Measurement, limit: Double? = nil
  ) -> RunResult.Row {
    RunResult.Row(
      address: Address(workload: "aes-128-ctr", case: "8KiB", implementation: implementation),
      language: "C", remarks: [], outcome: .measured(measurement),
      limit: limit.map { Limit(name: "loop", costPerUnit: $0) })
  }

  private static func result(_ rows: [RunResult.Row]) -> RunResult {
    var result = RunResult(
      seed: 1, calibration: .measure(seconds: 0.001), source: .reference, plan: .standard)
    result.rows = rows
    result.complete(by: [AESWorkload.aes128.facts])
    return result
  }

  @Test("Figures are made of clean samples alone, while half of the planned ones are clean")
  func cleanSamples() {
    let some = Self.measurement([10, 99, 10, 98, 10, 10], dirty: [1, 3])
    #expect(!some.isContended)
    #expect(some.costPerCall == [10, 10, 10, 10])
    let most = Self.measurement([10, 99, 98, 97], dirty: [1, 2, 3])
    #expect(most.isContended)
    #expect(most.costPerCall == [10, 99, 98, 97])
    let patient = Self.measurement([99, 98, 97, 96, 10, 10], dirty: [0, 1, 2, 3], planned: 4)
    #expect(!patient.isContended, "further rounds made up for the dirty ones")
    #expect(patient.costPerCall == [10, 10])
  }

  @Test("A sample is the median of its clean slices: one burst within a slice decides nothing")
  func medianOfSlices() {
    let slices = [10.0, 10, 10, 14, 30].map {
      Slice(ticks: $0, before: Self.quiet, after: Self.quiet, flags: $0 == 30 ? [.sibling] : [])
    }
    let sample = Sample(round: 0, block: 0, callsPerSlice: 2, slices: slices)
    #expect(sample.ticksPerCall == 5)
    #expect(sample.rawTicksPerCall == 7.4)
  }

  @Test("The clock that is printed is that of the rows, not of the calibration before them")
  func clock() throws {
    func row(_ name: String, clock: Double) -> RunResult.Row {
      var measurement = SyntheticRun.measurement((0..<9).map { _ in [1000] })
      let probe = ProbeReading(
        chain: ProbeReading.chainCycles / clock, sentinel: 976, cpu: 0, preemptions: 7)
      for index in measurement.samples.indices {
        measurement.samples[index].slices[0].before = probe
        measurement.samples[index].slices[0].after = probe
      }
      // Of the first of several blocks alone.
      measurement.cyclesPerTick = 9
      return SyntheticRun.row(("aes-128-ctr", "1KiB", name), .measured(measurement))
    }
    let rows = [("a", 2.0), ("b", 2.5), ("c", 3.0)].map { row($0, clock: $1) }
    var record = try SyntheticRun.record(rows)
    let words = " 2.500 GHz (2.000 to 3.000 from row to row), time stamp counter 1.000 GHz"
    #expect(record.run.footer().contains("\ncore clock\(words)\n"))
    let page = Report([Report.Source(name: "a.json", record: record)]).files.map(\.text).joined()
    #expect(page.contains("core\(words)"))
    #expect(RunReport(record).chartSubtitle.contains(", one core at 2.50 GHz"))
    #expect(
      try ExportFormat.googleBenchmark.text(ResultFile([record])).contains("\"mhz_per_cpu\" : 2500")
    )
    record.run.rows = [rows[1]]
    #expect(record.run.footer().contains("core clock 2.500 GHz, time stamp counter"))
    record.run.rows = []
    #expect(record.run.footer().contains("\ntime stamp counter 1.000 GHz"))
    record.run.source = .nanoseconds
    #expect(!record.run.footer().contains("GHz"))
  }

  @Test("Against the naive row, by the rounds in which both count")
  func timesBaseline() throws {
    let costs = (0..<9).map { 1000 + Double($0) }
    var disturbed = costs
    disturbed[2] = 9999
    let naive = Self.row("swift-table", Self.measurement(disturbed, dirty: [2]))
    let fast = Self.row("c-aesni", Self.measurement(costs.map { $0 / 10 }))
    let times = try #require(Self.result([naive, fast]).timesBaseline(fast))
    #expect(abs(times.value - 10) < 1e-9)
    #expect(times.isMarked == false)
    #expect(Self.result([fast]).timesBaseline(fast) == nil, "there is no naive row")
  }

  @Test("A row that beats its limit by more than measuring explains is marked")
  func beatsLimit() throws {
    let cost = Self.measurement([10, 10, 10, 10, 10, 10])
    #expect(Self.row("a", cost, limit: 9).shareOfLimit == 0.9)
    #expect(!Self.row("a", cost, limit: 10.05).beatsLimit)
    let beating = Self.row("a", cost, limit: 11)
    #expect(beating.beatsLimit)
    #expect(Self.result([beating]).tables().contains("BEATS ITS LIMIT"))
    #expect(Self.row("a", cost).shareOfLimit == nil)
  }

  @Test(
    "A figure that is not well known beats a limit only if all that it may be does",
    arguments: [
      ((0..<21).map { $0 % 2 == 0 ? 10 : 20 }, 13, false),
      ((0..<21).map { $0 % 2 == 0 ? 10 : 20 }, 25, true), ([10, 10, 14], 12, false),
      ([10, 10, 14], 15, true),
    ] as [([Double], Double, Bool)])
  func uncertainlyBeatsLimit(ticks: [Double], limit: Double, beats: Bool) {
    let row = Self.row("a", Self.measurement(ticks), limit: limit)
    #expect(row.seemsToBeatLimit, "it is measured again")
    #expect(row.beatsLimit == beats)
  }

  @Test("Without an interval a figure is not known, and is marked", arguments: 1...9)
  func fewSamples(count: Int) throws {
    let few = Self.measurement(Array(repeating: 10, count: count))
    let row = Self.row("a", few, limit: 9)
    var result = Self.result([row, Self.row("swift-table", few)])
    (result.cpu, result.environment) = (1, [:])
    let isKnown = count >= RunWarning.fewestSamples
    #expect((few.relativeHalfWidth != nil) == isKnown)
    #expect(few.isMarked == !isKnown)
    #expect((row.shareOfLimit != nil) == isKnown)
    #expect(try #require(result.timesBaseline(row)).isMarked == !isKnown)
    #expect(result.tables().contains("unstable") == !isKnown)
    let texts = result.warnings().map(\.text).filter { $0.hasPrefix("unstable") }
    #expect(texts.count == (isKnown ? 0 : 1))
    for text in texts {
      #expect(text.contains("2 of 2 rows") && text.contains("has \(count), and 6 are needed"))
      #expect(text.contains("--time") && text.contains("--quick"))
    }
    result.plan = .once
    #expect(!result.warnings().contains { $0.text.hasPrefix("unstable") }, "nobody asked for more")
  }

  @Test(
    "A limit is held against a row at the row's clock, whatever figures are counted in",
    arguments: [CycleSource.calibrated, .reference, .nanoseconds], [0.5, 1, 1.027])
  func clocks(source: CycleSource, faster: Double) throws {
    // The loop at one clock, and the row, of twice as many cycles, at another.
    func measurement(_ cycles: Double, clock: Double) -> Measurement {
      let probe = ProbeReading(
        chain: ProbeReading.chainCycles / clock, sentinel: 976, cpu: 0, preemptions: 0)
      let samples = (0..<9).map { round in
        Sample(
          round: round, block: 0, callsPerSlice: 1,
          slices: [Slice(ticks: cycles / clock, before: probe, after: probe, flags: [])])
      }
      return Measurement(
        samples: samples, planned: 9, callsPerSlice: 1, unitsPerCall: 1, source: source,
        ticksPerSecond: 1e9)
    }
    let loop = LimitLoop(
      contestant: Contestant(id: "loop") { _ in throw CancellationError() }, leastCycles: 0)
    let limit = try #require(LimitFinding(loop, measurement(500, clock: 1.5 * faster)).limit)
    var row = Self.row("a", measurement(1000, clock: 1.5))
    row.limit = limit
    #expect(abs(try #require(row.shareOfLimit) - 0.5) < 1e-9)
    #expect(!row.beatsLimit)
    row.outcome = .measured(measurement(480, clock: 1.5))
    #expect(row.beatsLimit)
    row.outcome = .measured(measurement(505, clock: 1.5))
    #expect(!row.beatsLimit)

    var other = row
    (row.outcome, other.outcome) = (
      .measured(measurement(1000, clock: 1.5)), .measured(measurement(1000, clock: 1.1))
    )
    let pair = Comparison.Pair(shareOfLimit: "a", row, other)
    #expect(abs(pair.old - 0.5) < 1e-9 && abs(pair.new - 0.5) < 1e-9)
  }

  @Test("Blocks of AES-CTR can share their first round, and no other")
  func mayDoWithoutARound() throws {
    var row = Self.row("a", Self.measurement([10, 10, 10, 10, 10, 10]), limit: 11)
    row.limit?.leastPerUnit = 9.9
    #expect(try #require(row.shareOfLimit) > 1.09 && !row.beatsLimit)
    row.limit?.leastPerUnit = 10.2
    #expect(row.beatsLimit)
  }

  @Test("Each warning says what to do about it")
  func warnings() {
    let noisy = Self.measurement((0..<21).map { $0 % 2 == 0 ? 10 : 20 })
    let contended = Self.measurement([10, 10], dirty: [0, 1])
    let few = Self.measurement([10, 10, 10, 10, 99, 99], dirty: [4, 5])
    var result = Self.result([
      Self.row("a", noisy), Self.row("b", contended), Self.row("c", few),
    ])
    result.refusals = [(.pmu, "no counter"), (.calibrated, "no probes")]
    result.askedSeconds = 1
    result.elapsed = 2
    result.environment = [:]
    let texts = result.warnings().map(\.text)
    #expect(texts.count == 6)
    let remedies = [
      "'ref'", "not pinned", "--filter, --size", "--cpu", "would need about", "leave out --quick",
    ]
    for (text, remedy) in zip(texts, remedies) { #expect(text.contains(remedy)) }
    #expect(texts[4].contains("in 1 of 3 rows") && texts[4].contains("aes-128-ctr/8KiB/a"))
    #expect(texts[5].contains("1 of 3 rows") && texts[5].contains("aes-128-ctr/8KiB/c, has 4"))
  }

  @Test("A quiet run has no warnings")
  func quietRun() {
    var result = Self.result([Self.row("a", Self.measurement((0..<21).map { _ in 10 }))])
    result.cpu = 1
    result.environment = [:]
    #expect(result.warnings().isEmpty)
  }
}
