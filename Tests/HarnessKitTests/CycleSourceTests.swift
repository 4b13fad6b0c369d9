import Foundation
import Testing

@testable import OptlabAES
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabMeasure
@testable import OptlabResults
@testable import OptlabStatistics

/// A counter that says what a test wants it to say.
private final class FakeCounter: CycleCounter {
  var readings: [CounterReading?]

  init(_ readings: [CounterReading?]) { self.readings = readings }

  /// `count` readings, each so much further.
  init(cycles: UInt64, enabled: UInt64, running: UInt64, count: Int = 40) {
    readings = (1...count).map { step in
      let step = UInt64(step)
      return CounterReading(
        cycles: cycles * step, enabled: enabled * step, running: running * step)
    }
  }

  func read() -> CounterReading? { readings.isEmpty ? nil : readings.removeFirst() }
}

@Suite("Choice of the cycle source")
struct CycleSourceTests {
  @Test("A counter that is scheduled all the time and plausible is accepted")
  func scheduled() throws {
    let counter = FakeCounter(cycles: 1_005_000, enabled: 300_000, running: 300_000)
    try counter.trial(expectedCycles: 1_000_000) {}
  }

  @Test(
    "Any other is refused with its reason",
    arguments: [
      (1_000_000, 300_000, 150_000, CounterRefusal.multiplexed(share: 0.5)),
      (0, 300_000, 0, .zero),
      (0, 300_000, 300_000, .zero),
      (700_000, 300_000, 300_000, .implausible(measured: 700_000, expected: 1_000_000)),
    ] as [(UInt64, UInt64, UInt64, CounterRefusal)])
  func refused(cycles: UInt64, enabled: UInt64, running: UInt64, refusal: CounterRefusal) {
    let counter = FakeCounter(cycles: cycles, enabled: enabled, running: running)
    #expect(throws: refusal) { try counter.trial(expectedCycles: 1_000_000) {} }
  }

  @Test("A counter that cannot be read is refused")
  func unreadable() {
    #expect(throws: CounterRefusal.notReadable) {
      try FakeCounter([nil]).trial(expectedCycles: 1) {}
    }
  }

  private static let passing = SelfTest(checks: [
    SelfTest.Check(name: "imul", measured: 3.001, expected: 3, tolerance: 0.01)
  ])
  private static let failing = SelfTest(checks: [
    SelfTest.Check(name: "imul", measured: 3.2, expected: 3, tolerance: 0.01)
  ])

  private static func noCounter() throws(CounterRefusal) -> any CycleCounter {
    throw .notOpened(errno: EACCES)
  }

  @Test("Without a counter, calibrated time stamps; the refusal says why and what to do")
  func calibrated() throws {
    let choice = try CycleSourceChoice(selfTest: Self.passing, openCounter: Self.noCounter)
    #expect(choice.source == .calibrated)
    #expect(choice.refusals.map(\.source) == [.pmu])
    #expect(choice.refusals[0].reason.contains("perf_event_paranoid"))
  }

  @Test("A failed self-test leaves reference cycles")
  func reference() throws {
    let choice = try CycleSourceChoice(selfTest: Self.failing, openCounter: Self.noCounter)
    #if arch(x86_64)
      #expect(choice.source == .reference)
    #else
      #expect(choice.source == .nanoseconds)
    #endif
    #expect(choice.refusals.contains { $0.reason.contains("imul") })
  }

  @Test("An implausible counter is passed over")
  func implausible() throws {
    func open() throws(CounterRefusal) -> any CycleCounter {
      FakeCounter(cycles: 17, enabled: 300_000, running: 300_000)
    }
    let choice = try CycleSourceChoice(selfTest: Self.passing, openCounter: open)
    #expect(choice.source == .calibrated)
    #expect(choice.counter == nil)
  }

  @Test("Asking for a source that is not to be had is an error")
  func forced() throws {
    #expect(throws: CycleSourceChoice.Unavailable.self) {
      try CycleSourceChoice(forced: .pmu, selfTest: Self.passing, openCounter: Self.noCounter)
    }
    #expect(throws: CycleSourceChoice.Unavailable.self) {
      try CycleSourceChoice(
        forced: .calibrated, selfTest: Self.failing, openCounter: Self.noCounter)
    }
    let choice = try CycleSourceChoice(
      forced: .nanoseconds, selfTest: Self.passing, openCounter: Self.noCounter)
    #expect(choice.source == .nanoseconds)
  }

  @Test("A slice in which the counter stood still for a while is dirty")
  func uncountedSlice() {
    let reading = ProbeReading(chain: 4290, sentinel: 4190, cpu: 0, preemptions: 0)
    var slice = Slice(ticks: 1000, before: reading, after: reading, flags: [])
    slice.takeCount(
      before: CounterReading(cycles: 10, enabled: 10, running: 10),
      after: CounterReading(cycles: 1510, enabled: 1010, running: 1010))
    #expect(slice.isClean)
    #expect(slice.counted == 1500)
    slice.takeCount(
      before: CounterReading(cycles: 10, enabled: 10, running: 10),
      after: CounterReading(cycles: 1510, enabled: 1010, running: 910))
    #expect(slice.flags == [.uncounted])
  }
}

@Suite("Judging slices")
struct SliceJudgeTests {
  private func reading(
    chain: Double = 4290, load: Double = 0.976, cpu: UInt32 = 1, preemptions: UInt64 = 5
  ) -> ProbeReading {
    ProbeReading(chain: chain, sentinel: chain * load, cpu: cpu, preemptions: preemptions)
  }

  private var judge: SliceJudge {
    var judge = SliceJudge()
    for _ in 0..<256 { judge.learn(reading(), beside: reading()) }
    return judge
  }

  @Test("Quiet probes make a clean slice, at any clock")
  func clean() {
    #expect(judge.flags(before: reading(), after: reading()).isEmpty)
    var slower = judge
    for _ in 0..<SliceJudge.memory {
      slower.learn(reading(chain: 6000), beside: reading(chain: 6000))
    }
    #expect(slower.flags(before: reading(chain: 6000), after: reading(chain: 6000)).isEmpty)
    #expect(slower.flags(before: reading(chain: 3000), after: reading(chain: 3000)).isEmpty)
  }

  @Test("Each disturbance has its flag")
  func flags() {
    let quiet = reading()
    #expect(judge.flags(before: quiet, after: reading(chain: 4350)) == [.clock])
    #expect(judge.flags(before: quiet, after: reading(load: 1.3)) == [.sibling])
    #expect(judge.flags(before: reading(load: 1.3), after: quiet) == [.sibling])
    #expect(judge.flags(before: quiet, after: reading(cpu: 2)) == [.migrated])
    #expect(judge.flags(before: quiet, after: reading(preemptions: 6)) == [.preempted])
  }

  @Test("A run that is mostly disturbed still knows what quiet is")
  func mostlyDisturbed() {
    var judge = SliceJudge()
    for index in 0..<1024 {
      judge.learn(reading(load: index % 10 == 0 ? 0.976 : 1.4), beside: reading())
    }
    #expect(judge.flags(before: reading(), after: reading()).isEmpty)
    #expect(judge.flags(before: reading(load: 1.4), after: reading(load: 1.4)) == [.sibling])
  }
}

@Suite("Probes of this machine", .enabled(if: SelfTest.run(seconds: 0.01, attempts: 1) != nil))
struct ProbeTests {
  // What the loops cost is for `harness --self-test` to say: a noisy machine fails no test.
  @Test("Calibration and self-test give finite figures, 0 where all readings were disturbed")
  func finite() throws {
    let calibration = Calibration.measure(seconds: 0.01)
    #expect(calibration.cyclesPerTick > 0)
    #expect(calibration.ticksPerSecond > 1e6)
    #expect(calibration.overheadTicks >= 0)
    let test = try #require(SelfTest.run(seconds: 0.02, attempts: 1))
    #expect(test.checks.map(\.name).count == 6)
    #expect(test.checks.allSatisfy { $0.measured.isFinite && $0.measured >= 0 })
  }
}
