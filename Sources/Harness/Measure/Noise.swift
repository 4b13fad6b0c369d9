import OptlabBasics
import OptlabStatistics

/// What this machine does to measurements right now.
public struct Noise: Sendable, Codable {
  /// In seconds.
  public var duration: Double
  /// The CPU that was watched; the one with the most readings where the thread moved.
  public var cpu: Int
  public var probes: Int
  /// Share of the probes that were interrupted themselves; they say nothing of clock and neighbour.
  public var interruptedProbes: Double

  /// Spread of the core clock, as a share: 5th to 95th percentile over the median. This and the next
  /// three are of clean probes, and nil where those are too few.
  public var clockSpread: Double?
  /// Share of neighbouring probes between which the clock changed by more than a slice may bear.
  public var clockChanges: Double?
  /// Share of probes in which somebody shared the core.
  public var siblingShare: Double?
  /// How much slower the sentinel was in those, as a factor: the median.
  public var siblingSlowdown: Double?

  /// Share of time in gaps, in which this thread did not run although it could have.
  public var gapShare: Double
  /// Gaps of more than `gapFloor` a second.
  public var gapsPerSecond: Double
  /// In seconds.
  public var longestGap: Double

  /// How often a second other threads of this system took the CPU, and the share of time that this
  /// thread waited for it then.
  public var preemptionsPerSecond: Double
  public var preemptedShare: Double
  /// Interrupts that this CPU served a second, by /proc/interrupts, and the share of time in gaps that
  /// they explain: short ones without a switch to another thread.
  public var interruptsPerSecond: Double?
  public var interruptShare: Double
  /// What most of them were for: `LOC` (the timer), `virtio1-req.0`.
  public var busiestInterrupt: String?
  /// Share of time that the hypervisor gave to others while this CPU had something to do, by
  /// /proc/stat; nil where that does not say.
  public var stealShare: Double?
  /// Share of time in gaps that none of these explains.
  public var unseenShare: Double
  /// How often a second the CPU quota of the control group ran out; nil without one.
  public var throttlesPerSecond: Double?

  /// Load average over the last minute, and how many CPUs there are for it.
  public var load: Double?
  public var cpus: Int
  /// Share of time in which some thread of the system waited for a CPU (PSI).
  public var pressure: Double?
  /// How busy each other CPU was, as a share, by its number.
  public var othersBusy: [Int: Double]

  /// What is to blame, the costliest first.
  public var findings: [Finding] = []

  /// In seconds: longer than an ordinary cache miss, shorter than an interrupt.
  public static let gapFloor = 1e-6
  /// In seconds: no interrupt is served for so long.
  static let longestInterrupt = 1e-3
  /// With fewer clean probes nothing is said of clock and neighbour.
  static let leastProbes = 20

  /// Watches for `seconds`, on the CPU that this thread runs on.
  public static func watch(seconds: Double = 10, calibration: Calibration) -> Noise {
    Noise(.take(seconds: seconds, calibration: calibration))
  }

  /// Works it out of a record.
  init(_ watch: NoiseWatch) {
    let readings = watch.readings
    let visits = Dictionary(grouping: readings, by: { Int($0.cpu) }).mapValues(\.count)
    duration = watch.duration
    cpu = visits.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0
    probes = readings.count

    let judged = CleanReadings(readings, preemptions: watch.preemptions)
    let clean = zip(readings, judged.isClean).filter(\.1).map(\.0)
    interruptedProbes = 1 - Double(clean.count) / Double(max(1, readings.count))
    if clean.count >= Self.leastProbes, let idle = judged.idleLoad {
      let chains = OrderStatistics(clean.map(\.chain))
      clockSpread = (chains.quantile(0.95) - chains.quantile(0.05)) / chains.median
      // Neighbours in time, both clean.
      let pairs = readings.indices.dropFirst().filter {
        judged.isClean[$0 - 1] && judged.isClean[$0]
      }
      let changes = pairs.count { index in
        let (a, b) = (readings[index - 1].chain, readings[index].chain)
        return max(a, b) > min(a, b) * (1 + SliceJudge.clockTolerance)
      }
      clockChanges = pairs.isEmpty ? nil : Double(changes) / Double(pairs.count)
      let shared = clean.map(\.load).filter { $0 > idle * (1 + SliceJudge.loadTolerance) }
      siblingShare = Double(shared.count) / Double(clean.count)
      siblingSlowdown = shared.isEmpty ? 1 : OrderStatistics(shared).median / idle
    }

    let looked = max(watch.looked, .leastNonzeroMagnitude)
    func share(_ gaps: [NoiseWatch.Gap]) -> Double { gaps.reduce(0) { $0 + $1.seconds } / looked }
    gapShare = share(watch.gaps)
    gapsPerSecond = Double(watch.gaps.count) / looked
    longestGap = watch.gaps.map(\.seconds).max() ?? 0

    let last = readings.last?.preemptions ?? watch.preemptions
    preemptionsPerSecond = Double(last - watch.preemptions) / duration
    let switched = share(watch.gaps.filter(\.isSwitch))
    // The scheduler's own account covers the probes too.
    preemptedShare =
      Self.difference(watch.before.waited, watch.after.waited).map { $0 / 1e9 / watch.duration }
      ?? switched

    // Where the thread moved, each CPU counts as much as it was there.
    func visited(_ figure: (Int) -> Double?) -> Double? {
      let parts = visits.compactMap { cpu, count in
        figure(cpu).map { $0 * Double(count) / Double(readings.count) }
      }
      return parts.count == visits.count && !parts.isEmpty ? parts.reduce(0, +) : nil
    }
    stealShare = visited { cpu in
      Self.difference(watch.before.times[cpu]?.steal, watch.after.times[cpu]?.steal)
        .map { $0 / 100 / watch.duration }
    }
    var served: [String: Int] = [:]
    interruptsPerSecond = visited { cpu in
      guard let before = watch.before.interrupts[cpu], let after = watch.after.interrupts[cpu]
      else { return nil }
      let counts = after.map { ($0.key, $0.value - before[$0.key, default: 0]) }
      for (name, count) in counts { served[name, default: 0] += count }
      return Double(counts.reduce(0) { $0 + $1.1 }) / watch.duration
    }
    busiestInterrupt =
      served.filter { $0.value > 0 }.max {
        ($0.value, $1.key) < ($1.value, $0.key)
      }?.key

    // What no other thread of this system was there for: short gaps are interrupts, if as many were
    // served; long ones, and steal, the hypervisor's.
    let unswitched = watch.gaps.filter { !$0.isSwitch }
    let short = unswitched.filter { $0.seconds < Self.longestInterrupt }
    let (shortShare, longShare) = (share(short), share(unswitched) - share(short))
    let steal = stealShare ?? 0
    let isServed =
      interruptsPerSecond.map { $0 * 2 >= Double(short.count) / looked } ?? !watch.isVirtual
    let rest = max(0, shortShare - max(0, steal - longShare))
    interruptShare = isServed ? rest : 0
    unseenShare = max(0, longShare - steal) + (isServed ? 0 : rest)
    throttlesPerSecond = Self.difference(watch.before.throttled, watch.after.throttled)
      .map { $0 / watch.duration }

    load = watch.after.load
    cpus = max(1, watch.after.times.count)
    pressure = Self.difference(watch.before.pressure, watch.after.pressure)
      .map { min(1, $0 / 1e6 / watch.duration) }
    othersBusy = [:]
    for (other, times) in watch.after.times where other != cpu {
      othersBusy[other] = Self.difference(watch.before.times[other]?.busy, times.busy)
        .map { min(1, $0 / 100 / watch.duration) }
    }
    findings = blame(siblings: watch.siblings[cpu] ?? [], isVirtual: watch.isVirtual)
  }

  private static func difference(_ before: Int?, _ after: Int?) -> Double? {
    guard let before, let after else { return nil }
    // A counter that the kernel corrected downwards counted nothing.
    return Double(max(0, after - before))
  }

  public func text() -> String {
    func micro(_ seconds: Double) -> String { String(format: "%.1f us", seconds * 1e6) }
    func often(_ count: Double) -> String {
      String(format: count < 100 ? "%.1f a second" : "%.0f a second", count)
    }
    let unknown = "not known: nearly every probe was interrupted"
    var table = TextTable([("", .left), ("", .left)])
    table.add([
      "watched",
      String(format: "%.1f s, %d probes, of which ", duration, probes)
        + "\(Figures.percent(interruptedProbes)) were interrupted themselves and do not count",
    ])
    table.add([
      "core clock",
      clockSpread.map {
        "\(Figures.percent($0)) from its 5th to its 95th percentile"
          + (clockChanges.map { "; changes between \(Figures.percent($0)) of neighbouring probes" }
            ?? "")
      } ?? unknown,
    ])
    table.add([
      "sibling thread",
      siblingShare.map { share in
        "shares the core in \(Figures.percent(share)) of the probes"
          + (share > 0 ? ", and then costs \(Figures.times(siblingSlowdown ?? 1))" : "")
      } ?? unknown,
    ])
    table.add([
      "gaps over \(micro(Self.gapFloor))",
      "\(often(gapsPerSecond)), \(Figures.percent(gapShare)) of the time, "
        + "longest \(micro(longestGap))",
    ])
    table.add([
      "preemptions",
      "\(often(preemptionsPerSecond)), waiting \(Figures.percent(preemptedShare)) of the time",
    ])
    table.add([
      "interrupts",
      (interruptsPerSecond.map(often) ?? "not counted by this kernel")
        + ", \(Figures.percent(interruptShare)) of the time"
        + (busiestInterrupt.map { ", most for \($0)" } ?? ""),
    ])
    table.add([
      "steal",
      stealShare.map { "\(Figures.percent($0)) of this CPU's time" }
        ?? "not reported by this kernel",
    ])
    table.add(["other gaps", "\(Figures.percent(unseenShare)) of the time"])
    table.add([
      "load",
      (load.map { String(format: "%.1f on %d CPUs", $0, cpus) } ?? "not reported by this kernel")
        + (pressure.map { "; a thread waited for a CPU \(Figures.percent($0)) of the time" } ?? ""),
    ])
    return table.text.drop { $0 == "\n" }
      + (findings.isEmpty
        ? "Quiet: nothing to do.\n"
        : findings.map { "\($0.sentence) \($0.remedy)" }.joined(separator: "\n") + "\n")
  }
}
