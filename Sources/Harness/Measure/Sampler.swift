import CCPU
import OptlabBasics

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
  /// What inputs are changed by between samples: nobody knows it beforehand, whatever the seed.
  private var secret = SystemRandomNumberGenerator()
  /// What is left of the plan's patience, in seconds.
  private var patience: Double

  /// The layout of the first block's buffers.
  package let firstLayout: Int

  /// - Parameters:
  ///   - idleLoad: what the sentinel takes on an idle core, where that is known already.
  ///   - learnedProbes: taken before anything is measured. The fastest twentieth of the sentinels
  ///     needs a start before the first slice is judged.
  public init(
    plan: Plan, calibration: Calibration, source: CycleSourceChoice, seed: UInt64,
    firstLayout: Int = 0, idleLoad: Double? = nil, learnedProbes: Int = 256
  ) {
    self.plan = plan
    self.firstLayout = firstLayout
    self.calibration = calibration
    self.source = source.source
    counter = source.counter
    judge = SliceJudge(
      usesSentinel: plan.usesSentinel, idleLoad: idleLoad,
      cyclesPerTick: calibration.cyclesPerTick)
    generator = SeededGenerator(seed: seed)
    patience = plan.patience
    var before = takeProbe()
    for _ in 0..<learnedProbes {
      let after = takeProbe()
      judge.learn(after, beside: before)
      before = after
    }
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
  package func measureUntilInterrupted(
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
    let unitsPerCall = prepared.map { $0?.unitsPerCall ?? 1 }
    let paces = prepared.indices.map { index in
      prepared[index].flatMap { one in attempt(index) { try findPace(one) } } ?? Pace.none
    }
    var samples = [[Sample]](repeating: [], count: contestants.count)
    let schedule = RoundSchedule(plan: plan, start: ccpu_monotonic_raw_ns(), deadline: deadline)
    var block = 0
    var round = 0
    /// What the block's timed calls have put out, all of it.
    func checkThoroughly() {
      for index in prepared.indices where !samples[index].isEmpty {
        guard let one = prepared[index] as? any CheckedCase else { continue }
        if attempt(index, { try checkOneCall(one, thoroughly: true) }) == nil {
          prepared[index] = nil
        }
      }
    }
    func takeRound() {
      for index in order(round: round, of: contestants.count)
      where paces[index].takesPart(in: round, of: plan.rounds) && !Interruption.isRequested {
        guard let one = prepared[index] else { continue }
        var pace = paces[index]
        // Late already: what is still missing is taken as it comes.
        if let deadline, ccpu_monotonic_raw_ns() >= deadline { pace.repeats = 0 }
        let sample = attempt(index) {
          try takeSample(one, pace: pace, round: round, block: block)
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
        checkThoroughly()
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
    checkThoroughly()
    return contestants.indices.map { index in
      if let failure = failures[index] { return .failure(failure) }
      guard !samples[index].isEmpty else { return nil }
      return .success(
        Measurement(
          samples: samples[index], planned: min(paces[index].rounds, samples[index].count),
          callsPerSlice: paces[index].calls,
          unitsPerCall: unitsPerCall[index], source: source,
          ticksPerSecond: calibration.ticksPerSecond,
          cyclesPerTick: judge.cyclesPerTick ?? calibration.cyclesPerTick))
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
    let external = prepared as? any ExternalCase
    let aim = max(plan.slice, plan.slice > 0 ? external?.shortestSlice ?? 0 : 0)
    func ticks(_ calls: Int) throws -> Double {
      if let external { return try external.takeSlice(calls: calls).ticks }
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
    let checked = prepared as? any CheckedCase
    let slices =
      if let external = prepared as? any ExternalCase {
        try takeSlices(external, pace: pace, checked: checked)
      } else {
        takeSlices(prepared, pace: pace, checked: checked)
      }
    if let checked {
      try checked.check(calls: slices.count * pace.calls, thoroughly: false)
      // A long call is made no more often than it has to.
      if pace.repeats > 0 { try checkOneCall(checked, thoroughly: false) }
    }
    return Sample(round: round, block: block, callsPerSlice: pace.calls, slices: slices)
  }

  /// A call on an input that is new to the case, by the code that is timed.
  private func checkOneCall(_ checked: any CheckedCase, thoroughly: Bool) throws {
    checked.renew(secret.next())
    checked.run(1)
    try checked.check(calls: 1, thoroughly: thoroughly)
  }

  private func takeSlices(
    _ prepared: any PreparedCase, pace: Pace, checked: (any CheckedCase)?
  ) -> [Slice] {
    var slices: [Slice] = []
    slices.reserveCapacity(pace.slices)
    // What ran before left its traces in caches and predictors: one call does not count.
    prepared.run(1)
    checked?.renew(secret.next())
    var before = takeProbe()
    var clean = 0
    while clean < pace.slices, slices.count < pace.slices + pace.slices * pace.repeats {
      let countedBefore = counter?.read()
      let start = ccpu_ticks()
      prepared.run(pace.calls)
      let ticks = Slice.ticks(since: start, overhead: calibration.overheadTicks)
      let countedAfter = counter?.read()
      let after = takeProbe()
      judge.learn(after, beside: before)
      var slice = Slice(
        ticks: ticks, before: before, after: after,
        flags: judge.flags(before: before, after: after))
      if counter != nil { slice.takeCount(before: countedBefore, after: countedAfter) }
      if slice.isClean { clean += 1 }
      slices.append(slice)
      before = after
    }
    return slices
  }

  /// The same where another process does the timing, and the probing where it can.
  private func takeSlices(
    _ external: any ExternalCase, pace: Pace, checked: (any CheckedCase)?
  ) throws -> [Slice] {
    var slices: [Slice] = []
    var clean = 0
    let most = pace.slices + pace.slices * pace.repeats
    checked?.renew(secret.next())
    while clean < pace.slices, slices.count < most {
      let wanted = min(pace.slices - clean, most - slices.count)
      let ownBefore = takeProbe()
      let taken = try external.takeSlices(wanted, calls: pace.calls)
      let ownAfter = takeProbe()
      for (ticks, before, after) in taken {
        let (before, after) = (before ?? ownBefore, after ?? ownAfter)
        judge.learn(after, beside: before)
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
