import CCPU

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
  static func take(overhead: Double) -> ProbeReading {
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
  var load: Double { sentinel / chain }
}

/// The shortest timed batch of calls, between two probes.
public struct Slice: Sendable, Codable {
  /// Why a slice is dirty, by its probes alone; what was measured has no say in it.
  public enum Flag: String, Sendable, Codable, CaseIterable {
    /// The two latency chains differ: the clock changed.
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

/// Tells clean slices from dirty ones.
public struct SliceJudge: Sendable {
  /// The most that two chains may differ by.
  static let clockTolerance = 0.01
  /// The most by which a sentinel may exceed the run's fastest twentieth.
  static let loadTolerance = 0.01

  private var loads: [Double] = []
  private var limit = Double.infinity
  private let usesSentinel: Bool
  private let idleLoad: Double?

  /// - Parameters:
  ///   - usesSentinel: false judges by the latency chains alone, which shows what the sentinel is
  ///     worth.
  ///   - idleLoad: what the sentinel takes on an idle core, where somebody knows: readings that are
  ///     all slower are then no reason to take it for higher.
  public init(usesSentinel: Bool = true, idleLoad: Double? = nil) {
    self.usesSentinel = usesSentinel
    self.idleLoad = idleLoad
  }

  /// Takes a reading into the run's distribution.
  mutating func learn(_ reading: ProbeReading) {
    loads.append(reading.load)
    // Sorting at every doubling keeps the cost out of the way and the quantile current.
    if loads.count >= 16, loads.count & (loads.count - 1) == 0 || loads.count % 1024 == 0 {
      limit = min(Self.idle(loads), idleLoad ?? .infinity) * (1 + Self.loadTolerance)
    }
  }

  /// What the sentinel takes on an idle core: the fastest twentieth of readings.
  static func idle(_ loads: [Double]) -> Double { OrderStatistics(loads).quantile(0.05) }

  func flags(before: ProbeReading, after: ProbeReading) -> [Slice.Flag] {
    var flags: [Slice.Flag] = []
    let (low, high) = (min(before.chain, after.chain), max(before.chain, after.chain))
    if high > low * (1 + Self.clockTolerance) { flags.append(.clock) }
    if usesSentinel, max(before.load, after.load) > limit { flags.append(.sibling) }
    if before.cpu != after.cpu { flags.append(.migrated) }
    if before.preemptions != after.preemptions { flags.append(.preempted) }
    return flags
  }
}
