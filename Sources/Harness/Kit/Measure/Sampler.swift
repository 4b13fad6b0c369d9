import CCPU

/// What takes part in a comparison: a case that can be made ready again for every block.
public struct Contestant {
  public var id: String
  /// - Parameter layout: which buffer layout, from 0.
  public var prepare: (_ layout: Int) throws -> any PreparedCase

  public init(id: String, prepare: @escaping (_ layout: Int) throws -> any PreparedCase) {
    self.id = id
    self.prepare = prepare
  }
}

/// Measures implementations of one case side by side: rounds in which each gives one sample, in an
/// order that changes from round to round, so that drift hits all alike.
public final class Sampler {
  public let plan: Plan
  public let calibration: Calibration
  public let source: CycleSource
  private let counter: (any CycleCounter)?
  private var judge: SliceJudge
  private var generator: SeededGenerator
  /// What is left of the plan's patience, in seconds.
  private var patience: Double

  /// The layout of the first block's buffers.
  private let firstLayout: Int

  /// - Parameter idleLoad: what the sentinel takes on an idle core, where that is known already.
  public init(
    plan: Plan, calibration: Calibration, source: CycleSourceChoice, seed: UInt64,
    firstLayout: Int = 0, idleLoad: Double? = nil
  ) {
    self.plan = plan
    self.firstLayout = firstLayout
    self.calibration = calibration
    self.source = source.source
    counter = source.counter
    judge = SliceJudge(usesSentinel: plan.usesSentinel, idleLoad: idleLoad)
    generator = SeededGenerator(seed: seed)
    patience = plan.patience
    // The fastest twentieth of the sentinels needs a start before the first slice is judged.
    for _ in 0..<256 { judge.learn(takeProbe()) }
  }

  /// - Parameter deadline: when to stop, in nanoseconds of CLOCK_MONOTONIC_RAW, after as many
  ///   rounds as fit and no fewer than planned; nil takes exactly the planned rounds.
  /// - Returns: one measurement a contestant, in their order.
  /// - Throws: ``Interrupted``, when that came before each had a sample; what a contestant throws.
  public func measure(
    _ contestants: [Contestant], deadline: UInt64? = nil
  ) throws -> [Measurement] {
    try measureUntilInterrupted(contestants, deadline: deadline).map {
      guard let measurement = $0 else { throw Interrupted() }
      return try measurement.get()
    }
  }

  public struct Interrupted: Error, CustomStringConvertible {
    public var description: String { "interrupted" }
  }

  /// The same, with nil for contestants that an interruption left without a sample, and with the
  /// errors of those that failed, which the others do not notice.
  func measureUntilInterrupted(
    _ contestants: [Contestant], deadline: UInt64? = nil
  ) -> [Result<Measurement, any Error>?] {
    guard !contestants.isEmpty else { return [] }
    var failures = [(any Error)?](repeating: nil, count: contestants.count)
    func attempt<Value>(_ index: Int, _ body: () throws -> Value) -> Value? {
      guard failures[index] == nil else { return nil }
      do {
        return try body()
      } catch {
        failures[index] = error
        return nil
      }
    }
    var prepared = contestants.indices.map { index in
      attempt(index) { try contestants[index].prepare(firstLayout) }
    }
    let bytesPerCall = prepared.map { $0?.bytesPerCall ?? 1 }
    let paces = prepared.indices.map { index in
      prepared[index].flatMap { one in attempt(index) { try findPace(one) } } ?? Pace.none
    }
    var samples = [[Sample]](repeating: [], count: contestants.count)
    let schedule = RoundSchedule(plan: plan, start: ccpu_monotonic_raw_ns(), deadline: deadline)
    var block = 0
    var round = 0
    func takeRound() {
      for index in order(round: round, of: contestants.count)
      where paces[index].takesPart(in: round, of: plan.rounds) && !Interruption.isRequested {
        guard let one = prepared[index] else { continue }
        let sample = attempt(index) {
          try takeSample(one, pace: paces[index], round: round, block: block)
        }
        if let sample { samples[index].append(sample) } else { prepared[index] = nil }
      }
      round += 1
    }
    while !Interruption.isRequested,
      let blockOfRound = schedule.block(ofRound: round, now: ccpu_monotonic_raw_ns())
    {
      if blockOfRound != block {
        block = blockOfRound
        prepared.removeAll()
        prepared = contestants.indices.map { index in
          attempt(index) {
            let one = try contestants[index].prepare(firstLayout + block)
            one.run(paces[index].calls)
            return one
          }
        }
      }
      takeRound()
    }
    // Calls too long to be clean but by chance are not waited for.
    func isWaiting() -> Bool {
      contestants.indices.contains { index in
        failures[index] == nil && paces[index].repeats > 0
          && samples[index].count(where: \.isClean) * 2 < paces[index].rounds
      }
    }
    while deadline == nil, patience > 0, isWaiting(), !Interruption.isRequested {
      let start = ccpu_monotonic_raw_ns()
      takeRound()
      patience -= Double(ccpu_monotonic_raw_ns() - start) / 1e9
    }
    return contestants.indices.map { index in
      if let failure = failures[index] { return .failure(failure) }
      guard !samples[index].isEmpty else { return nil }
      return .success(
        Measurement(
          samples: samples[index], planned: min(paces[index].rounds, samples[index].count),
          callsPerSlice: paces[index].calls,
          bytesPerCall: bytesPerCall[index], source: source,
          ticksPerSecond: calibration.ticksPerSecond))
    }
  }

  // MARK: Pace

  /// How many calls make a slice, how many slices a sample; found once, fixed for all rounds.
  struct Pace {
    var calls: Int
    var slices: Int
    var repeats: Int
    var rounds: Int

    /// Of one that failed before it was found: nobody waits for its samples.
    static let none = Pace(calls: 1, slices: 1, repeats: 0, rounds: 0)

    /// Spreads fewer rounds evenly over all of them.
    func takesPart(in round: Int, of all: Int) -> Bool {
      rounds >= all || (round + 1) * rounds / all > round * rounds / all
    }
  }

  private func findPace(_ prepared: any PreparedCase) throws -> Pace {
    let foreign = prepared as? any ForeignCase
    let aim = max(plan.slice, plan.slice > 0 ? foreign?.shortestSlice ?? 0 : 0)
    func ticks(_ calls: Int) throws -> Double {
      if let foreign { return try foreign.takeSlice(calls: calls).ticks }
      let start = ccpu_ticks()
      prepared.run(calls)
      return Double(ccpu_ticks() - start) - calibration.overheadTicks
    }
    // The fastest of several tries: what disturbs only makes slower.
    func seconds(_ calls: Int, tries: Int) throws -> Double {
      try (0..<tries).map { _ in try ticks(calls) }.min()! / calibration.ticksPerSecond
    }
    var calls = 1
    var time = try seconds(1, tries: 1)
    if time < plan.longCall { time = try seconds(1, tries: 3) }
    while time < aim / 4, calls < 1 << 30 {
      calls *= 2
      time = try seconds(calls, tries: 3)
    }
    let perCall = max(time / Double(calls), 1e-10)
    let multiple = plan.callMultiple
    let callsPerSlice =
      max(1, Int((aim / perCall / Double(multiple)).rounded())) * multiple
    let slice = Double(callsPerSlice) * perCall
    return Pace(
      calls: callsPerSlice,
      slices: max(1, Int((plan.sample / slice).rounded(.up))),
      repeats: slice > plan.longestRepeated ? 0 : plan.repeats,
      rounds: perCall > plan.longCall ? min(plan.rounds, plan.roundsOfLongCalls) : plan.rounds)
  }

  // MARK: Order

  private var shifts: [Int] = []
  private var permutation: [Int] = []

  /// The order of one round: rows of a Latin square, shuffled anew when all have been used, so that
  /// each implementation stands in each place equally often.
  func order(round: Int, of count: Int) -> [Int] {
    if round == 0 || shifts.isEmpty || permutation.count != count {
      permutation = Array(0..<count).shuffled(using: &generator)
      shifts = Array(0..<count).shuffled(using: &generator)
    }
    let shift = shifts.removeLast()
    return (0..<count).map { permutation[($0 + shift) % count] }
  }

  // MARK: Slices

  private func takeProbe() -> ProbeReading { .take(overhead: calibration.overheadTicks) }

  private func takeSample(
    _ prepared: any PreparedCase, pace: Pace, round: Int, block: Int
  ) throws -> Sample {
    if let foreign = prepared as? any ForeignCase {
      return Sample(
        round: round, block: block, callsPerSlice: pace.calls,
        slices: try takeSlices(foreign, pace: pace))
    }
    var slices: [Slice] = []
    slices.reserveCapacity(pace.slices)
    // What ran before left its traces in caches and predictors: one call does not count.
    prepared.run(1)
    var before = takeProbe()
    judge.learn(before)
    var clean = 0
    while clean < pace.slices, slices.count < pace.slices + pace.slices * pace.repeats {
      let countedBefore = counter?.read()
      let start = ccpu_ticks()
      prepared.run(pace.calls)
      let ticks = Double(ccpu_ticks() - start) - calibration.overheadTicks
      let countedAfter = counter?.read()
      let after = takeProbe()
      judge.learn(after)
      var slice = Slice(
        ticks: ticks, before: before, after: after,
        flags: judge.flags(before: before, after: after))
      if counter != nil { slice.takeCount(before: countedBefore, after: countedAfter) }
      if slice.isClean { clean += 1 }
      slices.append(slice)
      before = after
    }
    return Sample(round: round, block: block, callsPerSlice: pace.calls, slices: slices)
  }

  /// The same where another process does the timing, and the probing where it can.
  private func takeSlices(_ foreign: any ForeignCase, pace: Pace) throws -> [Slice] {
    var slices: [Slice] = []
    var clean = 0
    let most = pace.slices + pace.slices * pace.repeats
    while clean < pace.slices, slices.count < most {
      let wanted = min(pace.slices - clean, most - slices.count)
      let ownBefore = takeProbe()
      let taken = try foreign.takeSlices(wanted, calls: pace.calls)
      let ownAfter = takeProbe()
      for (ticks, before, after) in taken {
        let (before, after) = (before ?? ownBefore, after ?? ownAfter)
        judge.learn(after)
        let slice = Slice(
          ticks: ticks, before: before, after: after,
          flags: judge.flags(before: before, after: after))
        if slice.isClean { clean += 1 }
        slices.append(slice)
      }
    }
    return slices
  }
}
