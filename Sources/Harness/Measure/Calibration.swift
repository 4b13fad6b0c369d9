import CCPU
import OptlabStatistics

/// What a tick of the time stamp is worth, found with loops of known cost.
public struct Calibration: Sendable, Codable {
  /// Core cycles a tick, while it was measured.
  public var cyclesPerTick: Double
  /// How far the two latency chains disagree, as a share: the error of `cyclesPerTick`.
  public var relativeError: Double
  /// Ticks a second, against CLOCK_MONOTONIC_RAW.
  public var ticksPerSecond: Double
  /// Ticks between two time stamps with nothing in between: taken off every reading.
  public var overheadTicks: Double

  /// Core clock, in hertz, while it was measured.
  public var coreHertz: Double { cyclesPerTick * ticksPerSecond }

  /// A chain of 16 dependent IMUL costs 48 cycles an iteration, one of ADD 16 (see ccpu_clock.h).
  static let imulCycles = 48.0
  static let addCycles = 16.0

  /// Loops that are taken at least, however short the time: an interruption can eat all of it.
  private static let fewest = 32

  /// Measures for about `seconds`.
  public static func measure(seconds: Double = 0.05) -> Calibration {
    let start = ClockPair.take()
    var imul: [Double] = []
    var add: [Double] = []
    var overhead: [Double] = []
    // The difference between N and 3N iterations is free of what the time stamps themselves cost.
    repeat {
      imul.append(difference(256, ccpu_probe_imul) / Self.imulCycles)
      add.append(difference(768, ccpu_probe_add) / Self.addCycles)
      let first = ccpu_ticks()
      overhead.append(Double(ccpu_ticks() - first))
    } while imul.count < fewest
      || Double(ccpu_monotonic_raw_ns()) - start.nanoseconds < seconds * 1e9

    let ticksPerCycle = OrderStatistics(imul).median
    let crossCheck = OrderStatistics(add).median
    return Calibration(
      cyclesPerTick: 1 / ticksPerCycle,
      relativeError: abs(crossCheck / ticksPerCycle - 1),
      ticksPerSecond: start.ticksPerSecond(until: .take()),
      overheadTicks: OrderStatistics(overhead).quantile(0.25))
  }

  /// Ticks an iteration: `n` times the chain's cycles are about 12,000, so that the granularity of
  /// the time stamps is small beside it.
  private static func difference(_ n: UInt64, _ probe: (UInt64) -> UInt64) -> Double {
    (Double(probe(3 * n)) - Double(probe(n))) / Double(2 * n)
  }
}

/// The time stamp counter and CLOCK_MONOTONIC_RAW at one moment.
struct ClockPair {
  var ticks: Double
  var nanoseconds: Double

  /// The pair with the least time between its two clocks, of several: the least disturbed one.
  static func take() -> ClockPair {
    let pairs = (0..<16).map { _ in
      let before = ccpu_ticks()
      let now = ccpu_monotonic_raw_ns()
      let after = ccpu_ticks()
      return (
        gap: after - before,
        pair: ClockPair(ticks: Double(before) / 2 + Double(after) / 2, nanoseconds: Double(now))
      )
    }
    return pairs.min { $0.gap < $1.gap }!.pair
  }

  func ticksPerSecond(until end: ClockPair) -> Double {
    (end.ticks - ticks) / (end.nanoseconds - nanoseconds) * 1e9
  }
}
