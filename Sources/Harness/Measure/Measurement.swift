import OptlabStatistics

/// All samples of one implementation and case, and what they say.
public struct Measurement: Sendable, Codable {
  /// In the order of the rounds, clean or not.
  public var samples: [Sample]
  /// How many samples were planned; a noisy run takes more.
  public var planned: Int
  /// The samples of which the figures are made: the clean ones, or all where those are fewer than
  /// half of what was planned.
  public var counted: [Sample] {
    let clean = samples.filter(\.isClean)
    return isContended ? samples : clean
  }
  public var callsPerSlice: Int
  /// Units of work done in one call.
  public var unitsPerCall: Int
  public var source: CycleSource
  /// Ticks a second of the time stamps.
  public var ticksPerSecond: Double
  /// Core cycles a tick of the run that it is part of, by clean probes: what samples without a clean
  /// slice are counted by. nil in files that do not have it.
  public var cyclesPerTick: Double?

  /// What a call costs in each sample that counts, in the unit of `source`.
  public var costPerCall: [Double] {
    let clock = runClock
    return counted.map { cost(ticks: $0.ticksPerCall, of: $0, counted: $0.countedPerCall, clock) }
  }

  /// Ticks of a sample in the unit of `source`.
  ///
  /// - Parameter counted: cycles by the hardware's counter for the same.
  private func cost(
    ticks: Double, of sample: Sample, counted: Double?, _ clock: Double
  ) -> Double {
    switch source {
    case .pmu: counted ?? ticks * (sample.cyclesPerTick ?? clock)
    case .calibrated: ticks * (sample.cyclesPerTick ?? clock)
    case .reference: ticks
    case .nanoseconds: ticks / ticksPerSecond * 1e9
    }
  }

  /// Core cycles a tick of the whole measurement. The chains beside a dirty slice do not tell: one
  /// that was interrupted reads as a slow clock, and would make its slice cheap.
  package var runClock: Double {
    if let cyclesPerTick { return cyclesPerTick }
    let own = samples.compactMap(\.cyclesPerTick)
    if !own.isEmpty { return OrderStatistics(own).median }
    // Interruptions only lengthen chains.
    let chains = samples.flatMap(\.slices).flatMap { [$0.before.chain, $0.after.chain] }
    return ProbeReading.chainCycles / OrderStatistics(chains).lowerQuartile
  }

  /// Core cycles a tick while it was taken: the median of its samples' own, or the run's where none has
  /// a clean slice.
  package var coreClock: Double {
    let own = samples.compactMap(\.cyclesPerTick)
    return own.isEmpty ? runClock : OrderStatistics(own).median
  }

  /// In the unit of `source`.
  public var costPerUnit: OrderStatistics {
    OrderStatistics(costPerCall.map { $0 / Double(unitsPerCall) })
  }

  /// The same over every slice of every sample, dirty or not: the figure without any choice, in the
  /// unit of `source`.
  public var rawCostPerUnit: Double {
    let clock = runClock
    let costs = samples.map { cost(ticks: $0.rawTicksPerCall, of: $0, counted: nil, clock) }
    return OrderStatistics(costs).median / Double(unitsPerCall)
  }

  public var secondsPerCall: OrderStatistics {
    OrderStatistics(counted.map { $0.ticksPerCall / ticksPerSecond })
  }

  /// Half the width of the 95 % interval of the median, as a share of it; nil with too few samples.
  public var relativeHalfWidth: Double? {
    let cost = costPerUnit
    return cost.medianInterval(confidence: 0.95).map {
      ($0.upperBound - $0.lowerBound) / 2 / cost.median
    }
  }

  /// Half the width of that interval above which the median is known too badly.
  public static let widestInterval = 0.03

  /// Whether its median is known too badly to be compared with anything. One without an interval is
  /// not known at all: beside a busy neighbour, three samples can agree on what is a tenth too much.
  public var isUnstable: Bool {
    relativeHalfWidth.map { $0 > Self.widestInterval } ?? true
  }

  /// In units of work a second.
  public var throughput: Double { Double(unitsPerCall) / secondsPerCall.median }

  /// The share of slices that were clean.
  public var cleanShare: Double {
    let slices = samples.flatMap(\.slices)
    return Double(slices.count(where: \.isClean)) / Double(slices.count)
  }

  /// Whether the figures had to be made of dirty slices.
  public var isContended: Bool { samples.count(where: \.isClean) * 2 < planned }

  /// Whether something stands against its figure, which is then printed with a mark, and of which no
  /// headline, limit or share is made.
  public var isMarked: Bool { isContended || isUnstable }

  /// What stands against it, in the words of the tables.
  package var marks: [String] {
    (isContended ? ["contended"] : []) + (isUnstable ? ["unstable"] : [])
  }
}
