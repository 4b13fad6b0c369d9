import OptlabBasics
import OptlabCPU
import OptlabMeasure
import OptlabStatistics

extension CPUReport {
  /// The same report with what has to be measured: clock, limits of workloads, memory.
  ///
  /// Takes about a second. Pin the thread first.
  ///
  /// - Parameter workloads: those whose limits are to be in it.
  public func measured(
    _ workloads: [any Workload], source: CycleSourceChoice
  ) throws -> CPUReport {
    let calibration = Calibration.measure()
    var report = self
    if source.source.isCoreCycles {
      report.measuredClock = Clock(
        gigahertz: calibration.coreHertz / 1e9, error: calibration.relativeError,
        source: CycleSource.calibrated.rawValue)
    }
    let plan = Plan(rounds: 9, roundsOfLongCalls: 3, blocks: 1, slice: 0.2e-3, sample: 0.5e-3)
    let sampler = Sampler(plan: plan, calibration: calibration, source: source, seed: 0)
    let loops = workloads.flatMap { $0.unitLoops() }.uniqued(by: \.name)
    let found = try Limits.measure(loops, by: sampler)
    report.workloadLimits = try workloads.flatMap { workload -> [Limit] in
      guard let one = try workload.cases([:], scope: .single).first else { return [] }
      return found.findings(of: workload.unitLoops()).compactMap { unit in
        workload.limit(of: one, units: [unit], beside: nil)?.limit.map {
          Limit(
            name: "\(workload.id), \($0.name)", value: $0.costPerUnit,
            unit: source.source.cost(of: workload.facts.unit))
        }
      }
    }
    report.memoryLimits = try Self.memorySizes(caches).flatMap { place, bytes in
      try MoveLoop.Action.allCases.map { action in
        let loops = MoveLoop.loops(action, bytes: bytes, piece: 1 << 20).map(\.contestant)
        let fastest = try zip(loops, sampler.measure(loops))
          .map { (loop: $0, rate: Self.bestRate($1)) }.max { $0.rate < $1.rate }!
        return Limit(
          name: "\(place), \(ByteCount.text(bytes)): \(fastest.loop.id)",
          value: fastest.rate / 1e9, unit: "GB/s")
      }
    }
    return report
  }

  /// In bytes a second, by the fastest quarter of all slices. What disturbs a loop takes time from it
  /// and never gives it any, so these tell what the hardware can do where a median, on a busy machine
  /// one of dirty slices, tells what the neighbour left. Not by the fastest of all: a piece of a large
  /// buffer may happen to lie in a cache.
  static func bestRate(_ measurement: Measurement) -> Double {
    let ticksPerCall = measurement.samples.flatMap { sample in
      sample.slices.map { $0.ticks / Double(sample.callsPerSlice) }
    }
    return Double(measurement.unitsPerCall) * measurement.ticksPerSecond
      / OrderStatistics(ticksPerCall).lowerQuartile
  }

  /// One buffer size for each level: a copy's two buffers fill three quarters of a cache, or
  /// several times the last one.
  private static func memorySizes(_ caches: [CPUCache]) -> [(String, Int)] {
    let levels = caches.filter { $0.kind != .instruction }.sorted { $0.level < $1.level }
    var sizes = levels.map { ("L\($0.level)", $0.bytes / 8 * 3) }
    let last = levels.last?.bytes ?? 32 << 20
    sizes.append(("memory", min(max(4 * last, 64 << 20), 256 << 20)))
    return sizes
  }
}
