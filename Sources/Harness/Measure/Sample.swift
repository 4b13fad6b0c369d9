import OptlabStatistics

/// The clean slices of one implementation in one round.
public struct Sample: Sendable {
  public var round: Int
  /// Which of the run's buffer layouts it was taken with.
  public var block: Int
  /// Calls in each slice.
  public var callsPerSlice: Int
  /// All slices in the order in which they were taken, repeated ones included.
  public var slices: [Slice]

  /// The slices that count: the clean ones, or all where none was clean.
  package var counted: [Slice] {
    let clean = slices.filter(\.isClean)
    return clean.isEmpty ? slices : clean
  }

  public var isClean: Bool { slices.contains(where: \.isClean) }

  /// Ticks a call: the median of the slices that count. A neighbour's burst that begins and ends
  /// within a slice leaves no trace in its probes; a sum would take it in, the median does not.
  public var ticksPerCall: Double {
    OrderStatistics(counted.map(\.ticks)).median / Double(callsPerSlice)
  }

  /// Ticks a call over every slice, dirty or not: what was there without any choice.
  public var rawTicksPerCall: Double {
    slices.reduce(0) { $0 + $1.ticks } / Double(slices.count * callsPerSlice)
  }

  /// Cycles a call by the hardware's counter, likewise; nil without one.
  public var countedPerCall: Double? {
    let cycles = counted.compactMap(\.counted)
    guard cycles.count == counted.count else { return nil }
    return OrderStatistics(cycles).median / Double(callsPerSlice)
  }

  /// Core cycles a tick, by the chains beside its clean slices; nil where none is clean. The median:
  /// one that was interrupted unnoticed decides nothing.
  public var cyclesPerTick: Double? {
    let chains = slices.filter(\.isClean).flatMap { [$0.before.chain, $0.after.chain] }
    return chains.isEmpty ? nil : ProbeReading.chainCycles / OrderStatistics(chains).median
  }
}
