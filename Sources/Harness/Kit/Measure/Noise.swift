import CCPU
import Foundation

/// What this machine does to measurements right now.
public struct Noise: Sendable, Codable {
  /// In seconds.
  public var duration: Double
  public var probes: Int

  /// Spread of the core clock, as a share: 5th to 95th percentile over the median.
  public var clockSpread: Double
  /// Share of neighbouring probes between which the clock changed by more than a slice may bear.
  public var clockChanges: Double
  /// Share of probes in which somebody shared the core.
  public var siblingShare: Double
  /// How much slower the sentinel was in those, as a factor: the median.
  public var siblingSlowdown: Double
  /// Share of time in gaps, in which this thread did not run although it could have.
  public var gapShare: Double
  /// Gaps of more than `gapFloor` a second.
  public var gapsPerSecond: Double
  /// In seconds.
  public var longestGap: Double
  public var preemptionsPerSecond: Double
  /// Share of time that the hypervisor gave to others, by /proc/stat; nil where it does not say.
  public var stealShare: Double?

  /// In seconds: longer than an ordinary cache miss, shorter than an interrupt.
  public static let gapFloor = 1e-6

  /// Watches for `seconds`, on the CPU that this thread runs on.
  public static func watch(seconds: Double = 10, calibration: Calibration) -> Noise {
    var readings: [ProbeReading] = []
    var gaps: [Double] = []
    var watched = 0.0
    let steal = StealTime.read()
    let preemptions = ccpu_preemptions()
    let start = ccpu_monotonic_raw_ns()
    var elapsed = 0.0
    repeat {
      readings.append(.take(overhead: calibration.overheadTicks))
      // Half a millisecond of nothing but time stamps: what is between two of them was not ours.
      let from = ccpu_ticks()
      var last = from
      let end = from + UInt64(0.5e-3 * calibration.ticksPerSecond)
      while last < end {
        let now = ccpu_ticks()
        let gap = Double(now - last) / calibration.ticksPerSecond
        if gap > gapFloor { gaps.append(gap) }
        last = now
      }
      watched += Double(last - from) / calibration.ticksPerSecond
      elapsed = Double(ccpu_monotonic_raw_ns() - start) / 1e9
    } while elapsed < seconds

    let chains = OrderStatistics(readings.map(\.chain))
    let loads = OrderStatistics(readings.map(\.load))
    let limit = loads.quantile(0.05) * (1 + SliceJudge.loadTolerance)
    let shared = readings.map(\.load).filter { $0 > limit }
    let changes = zip(readings, readings.dropFirst()).count { a, b in
      max(a.chain, b.chain) > min(a.chain, b.chain) * (1 + SliceJudge.clockTolerance)
    }
    return Noise(
      duration: elapsed, probes: readings.count,
      clockSpread: (chains.quantile(0.95) - chains.quantile(0.05)) / chains.median,
      clockChanges: Double(changes) / Double(max(1, readings.count - 1)),
      siblingShare: Double(shared.count) / Double(readings.count),
      siblingSlowdown: shared.isEmpty
        ? 1 : OrderStatistics(shared).median / loads.quantile(0.05),
      gapShare: gaps.reduce(0, +) / watched,
      gapsPerSecond: Double(gaps.count) / watched,
      longestGap: gaps.max() ?? 0,
      preemptionsPerSecond: Double(ccpu_preemptions() - preemptions) / elapsed,
      stealShare: steal.flatMap { before in
        StealTime.read().map { Double($0 - before) / 100 / elapsed }
      })
  }

  /// What to do about it, the worst first; empty when there is nothing to say.
  public var advice: [String] {
    var lines: [String] = []
    if siblingShare > 0.5 {
      lines.append(
        "Somebody shares the core most of the time: contended rows will be many. Use another CPU "
          + "(--cpu N), another machine, or wait.")
    } else if siblingShare > 0.05 {
      lines.append(
        "Somebody shares the core now and then: the harness repeats what it hit; a longer run "
          + "(--time SECONDS) leaves more to choose from.")
    }
    if clockSpread > 0.02 {
      lines.append(
        "The core clock moves: figures in cycles hold, GB/s do not. On a machine of your own, fix "
          + "it: cpupower frequency-set -g performance, and turn boost off.")
    }
    if let stealShare, stealShare > 0.01 {
      lines.append("The hypervisor gives time to others: rounds are lost to it; take more of them.")
    }
    if preemptionsPerSecond > 20 {
      lines.append(
        "Other threads run on this CPU: stop them, or keep them off it (taskset, isolcpus).")
    }
    if gapShare > 0.01 {
      lines.append("Interrupts take more than 1 % of the time: try another CPU (--cpu N).")
    }
    return lines
  }

  public func text() -> String {
    func micro(_ seconds: Double) -> String { String(format: "%.1f us", seconds * 1e6) }
    var table = TextTable([("", .left), ("", .left)])
    table.add(["watched", String(format: "%.1f s, %d probes", duration, probes)])
    table.add([
      "core clock",
      "\(Figures.percent(clockSpread)) from its 5th to its 95th percentile; changes between "
        + "\(Figures.percent(clockChanges)) of neighbouring probes",
    ])
    table.add([
      "sibling thread",
      "shares the core in \(Figures.percent(siblingShare)) of the probes"
        + (siblingShare > 0 ? ", and then costs \(Figures.times(siblingSlowdown))" : ""),
    ])
    table.add([
      "gaps over \(micro(Self.gapFloor))",
      String(format: "%.0f a second, ", gapsPerSecond)
        + "\(Figures.percent(gapShare)) of the time, longest \(micro(longestGap))",
    ])
    table.add(["preemptions", String(format: "%.1f a second", preemptionsPerSecond)])
    table.add(["steal", stealShare.map(Figures.percent) ?? "not reported by this kernel"])
    let lines = advice
    return table.text.drop { $0 == "\n" }
      + (lines.isEmpty ? "Quiet: nothing to do.\n" : lines.joined(separator: "\n") + "\n")
  }
}

/// Time that the hypervisor took from all CPUs, in hundredths of a second.
///
/// Source: proc(5), /proc/stat, eighth column of `cpu`.
enum StealTime {
  static func read() -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8) else { return nil }
    let fields = text.prefix { $0 != "\n" }.split(separator: " ")
    return fields.count > 8 ? Int(fields[8]) : nil
  }
}
