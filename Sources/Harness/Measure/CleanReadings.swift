/// Which of a series of readings show the clock and the neighbour, and which only that the probe itself
/// was interrupted.
///
/// Whatever takes the CPU away makes a probe longer, never shorter. A chain that was interrupted looks
/// like a slow clock, and the load computed with it like an idle core, as long as one looks at it
/// alone. Three things give it away: the scheduler counts the preemption; a core whose clock really is
/// slower takes longer for the sentinel too, so that the load stays what it was; and no core is so wide
/// that a sentinel can come out that cheap.
struct CleanReadings {
  /// One for each reading.
  let isClean: [Bool]
  /// What the sentinel takes on an idle core: the fastest twentieth of the readings whose chain is one
  /// of the shortest around them. nil where there is none.
  let idleLoad: Double?

  /// No core executes that many of the sentinel's instructions in a cycle.
  private static let widestCore = 24.0
  private static let leastLoad =
    Double(ProbeReading.sentinelIterations) * 24 / widestCore / ProbeReading.chainCycles
  /// So much can nobody slow a sentinel by sharing the core.
  private static let mostBySharing = 4.0
  /// Nor does a clock change by so much from one reading to one of its neighbours.
  private static let mostByClock = 4.0
  /// How far a reading looks for the shortest chain, in readings before it and behind.
  private static let reach = 8

  /// - Parameters:
  ///   - readings: in the order in which they were taken.
  ///   - preemptions: the scheduler's count before the first one; nil where that is not known.
  init(_ readings: [ProbeReading], preemptions: UInt64? = nil) {
    let before = [preemptions ?? readings.first?.preemptions] + readings.map(\.preemptions)
    let mayBe = readings.indices.map {
      readings[$0].preemptions == before[$0] && readings[$0].load >= Self.leastLoad
    }
    let shortest = readings.indices.map { index in
      (max(0, index - Self.reach)...min(readings.count - 1, index + Self.reach))
        .filter { mayBe[$0] }.map { readings[$0].chain }.min() ?? .infinity
    }
    let trusted = readings.indices.filter {
      mayBe[$0] && readings[$0].chain <= shortest[$0] * (1 + SliceJudge.clockTolerance)
    }
    let idle =
      trusted.isEmpty ? nil : SliceJudge.idle(trusted.map { readings[$0].load })
    idleLoad = idle
    isClean = readings.indices.map { index in
      guard mayBe[index], let idle else { return false }
      let load = readings[index].load
      return load >= idle * (1 - SliceJudge.loadTolerance) && load <= idle * Self.mostBySharing
        && readings[index].chain <= shortest[index] * Self.mostByClock
    }
  }
}
