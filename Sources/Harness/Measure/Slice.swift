import CCPU
import OptlabStatistics

/// What the probes show between two slices.
public struct ProbeReading: Sendable, Codable, Equatable {
  /// Ticks of the latency chain: the clock.
  public var chain: Double
  /// Ticks of the throughput sentinel: the neighbour on the sibling thread.
  public var sentinel: Double
  public var cpu: UInt32
  public var preemptions: UInt64

  /// Iterations, chosen so that two steps of the time stamp (26 ticks each on some CPUs) stay well
  /// under the one per cent that two chains may differ by: 12,288 and about 12,000 cycles.
  static let chainIterations: UInt64 = 256
  static let sentinelIterations: UInt64 = 3000
  static var chainCycles: Double { Double(chainIterations) * Calibration.imulCycles }

  /// Runs both probes; where there are none, the reading says one cycle a tick and no neighbour.
  package static func take(overhead: Double) -> ProbeReading {
    guard ccpu_has_probes() != 0 else {
      return ProbeReading(
        chain: chainCycles, sentinel: chainCycles, cpu: ccpu_current_cpu(),
        preemptions: ccpu_preemptions())
    }
    let chain = Double(ccpu_probe_imul(chainIterations)) - overhead
    let sentinel = Double(ccpu_probe_sentinel(sentinelIterations)) - overhead
    return ProbeReading(
      chain: chain, sentinel: sentinel, cpu: ccpu_current_cpu(), preemptions: ccpu_preemptions())
  }

  /// What the sentinel takes in units of the chain: free of the clock.
  package var load: Double { sentinel / chain }
}

/// The shortest timed batch of calls, between two probes.
public struct Slice: Sendable, Codable {
  /// Why a slice is dirty, by its probes alone; what was measured has no say in it.
  public enum Flag: String, Sendable, Codable, CaseIterable {
    /// The two latency chains differ, or both are longer than the clock explains: it changed, or a
    /// chain was interrupted.
    case clock
    /// A sentinel was slow: somebody shares the core.
    case sibling
    /// The thread ran on two CPUs.
    case migrated
    /// The scheduler gave the CPU to somebody else.
    case preempted
    /// The cycle counter did not count all of the time.
    case uncounted
  }

  public var ticks: Double
  /// What the hardware's counter says, where the cycle source is one.
  public var counted: Double?
  public var before: ProbeReading
  public var after: ProbeReading
  public var flags: [Flag]

  public var isClean: Bool { flags.isEmpty }

  /// Without what time stamps themselves cost. What took less than they can tell took a tick: a single
  /// cheap call would otherwise come out as none, or as less.
  package static func ticks(since start: UInt64, overhead: Double) -> Double {
    max(1, Double(ccpu_ticks() - start) - overhead)
  }

  /// Takes the counter's word, or flags the slice where it did not count all of the time.
  mutating func takeCount(before: CounterReading?, after: CounterReading?) {
    guard let before, let after, after.enabled - before.enabled == after.running - before.running
    else {
      flags.append(.uncounted)
      return
    }
    counted = Double(after.cycles - before.cycles)
  }
}

/// Tells clean slices from dirty ones, and knows the clock of the run.
///
/// A probe can be interrupted like anything else, and an interrupted latency chain looks like a slow
/// clock. Readings teach the judge something only where the chain of a neighbouring reading confirms
/// theirs.
public struct SliceJudge: Sendable {
  /// The most that two chains may differ by.
  static let clockTolerance = 0.01
  /// The most by which a sentinel may exceed the run's fastest twentieth.
  static let loadTolerance = 0.01
  /// How many readings back the judge remembers what the clock was lately.
  static let memory = 16
  /// The most by which both chains beside a slice may exceed the faster quarter of the readings
  /// lately. A clock that falls further is believed as soon as it stays so low; two interruptions of
  /// the same length never are.
  static let suddenFall = 0.25
  /// How many times as long as at the calibration a chain can take because of the clock alone.
  static let slowestClock = 4.0

  private var loads: [Double] = []
  private var limit = Double.infinity
  private let usesSentinel: Bool
  private let idleLoad: Double?
  /// Ticks of a chain at the clock that the calibration found.
  private let calibratedChain: Double?
  /// Ticks of the chains lately, confirmed or not, in a ring.
  private var latest: [Double] = []
  private var next = 0
  /// The faster quarter of `latest`.
  private var latestChain = Double.infinity
  /// Ticks of confirmed chains.
  private var chains: [Double] = []

  /// - Parameters:
  ///   - usesSentinel: false judges by the latency chains alone, which shows what the sentinel is
  ///     worth.
  ///   - idleLoad: what the sentinel takes on an idle core, where somebody knows: readings that are
  ///     all slower are then no reason to take it for higher.
  ///   - cyclesPerTick: core cycles a tick that a calibration found; nil believes any clock.
  public init(usesSentinel: Bool = true, idleLoad: Double? = nil, cyclesPerTick: Double? = nil) {
    self.usesSentinel = usesSentinel
    self.idleLoad = idleLoad
    calibratedChain = cyclesPerTick.map { ProbeReading.chainCycles / $0 }
  }

  /// Takes a reading into the run's distributions.
  ///
  /// - Parameter neighbour: the reading before it, or after it.
  mutating func learn(_ reading: ProbeReading, beside neighbour: ProbeReading) {
    if latest.count < Self.memory {
      latest.append(reading.chain)
    } else {
      latest[next] = reading.chain
      next = (next + 1) % Self.memory
    }
    latestChain = OrderStatistics(latest).lowerQuartile
    guard !isInterrupted(reading, neighbour), reading.preemptions == neighbour.preemptions else {
      return
    }
    chains.append(reading.chain)
    // In units of the chain that ran through, if only one of the two did.
    loads.append(reading.sentinel / min(reading.chain, neighbour.chain))
    // Sorting at every doubling keeps the cost out of the way and the quantile current.
    if loads.count >= 16, loads.count & (loads.count - 1) == 0 || loads.count % 1024 == 0 {
      limit = min(Self.idle(loads), idleLoad ?? .infinity) * (1 + Self.loadTolerance)
    }
  }

  /// What the sentinel takes on an idle core: the fastest twentieth of readings.
  package static func idle(_ loads: [Double]) -> Double { OrderStatistics(loads).quantile(0.05) }

  /// Core cycles a tick over the whole run, by the chains that were confirmed; nil before the first.
  var cyclesPerTick: Double? {
    chains.isEmpty ? nil : ProbeReading.chainCycles / OrderStatistics(chains).median
  }

  /// Whether the chains of two neighbouring readings cannot be the clock's doing.
  private func isInterrupted(_ first: ProbeReading, _ second: ProbeReading) -> Bool {
    let (low, high) = (min(first.chain, second.chain), max(first.chain, second.chain))
    return high > low * (1 + Self.clockTolerance) || low > latestChain * (1 + Self.suddenFall)
      || low > calibratedChain.map { $0 * Self.slowestClock } ?? .infinity
  }

  func flags(before: ProbeReading, after: ProbeReading) -> [Slice.Flag] {
    var flags: [Slice.Flag] = []
    if isInterrupted(before, after) { flags.append(.clock) }
    if usesSentinel, max(before.load, after.load) > limit { flags.append(.sibling) }
    if before.cpu != after.cpu { flags.append(.migrated) }
    if before.preemptions != after.preemptions { flags.append(.preempted) }
    return flags
  }
}
