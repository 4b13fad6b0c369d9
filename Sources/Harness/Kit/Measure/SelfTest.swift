import CCPU

/// Loops whose cost in core cycles is known, measured by the method that measures everything else.
public struct SelfTest: Sendable, Codable {
  public struct Check: Sendable, Codable {
    public var name: String
    /// In cycles an instruction, or hertz.
    public var measured: Double
    /// What it must be; for a latency that differs between CPUs, the nearest whole number.
    public var expected: Double
    /// The most that `measured` may be off, as a share.
    public var tolerance: Double

    public var error: Double { measured / expected - 1 }
    public var passed: Bool { abs(error) <= tolerance }
  }

  public var checks: [Check]
  /// How often it was tried: a neighbour on the core can fill a whole attempt.
  public var attempts = 1

  public var passed: Bool { checks.allSatisfy(\.passed) }

  private struct Loop {
    var name: String
    /// nil: whole, but different between CPUs.
    var cycles: Double?
    var iterations: UInt64
    var probe: (UInt64) -> UInt64
  }

  /// Tries until all checks pass, at most `attempts` times; each takes about `seconds`.
  ///
  /// - Returns: the last attempt; nil where there are no probes: the architecture is not x86-64, or
  ///   AES is missing.
  public static func run(seconds: Double = 0.5, attempts: Int = 5) -> SelfTest? {
    guard ccpu_has_probes() != 0 else { return nil }
    var test = attempt(seconds: seconds)
    while !test.passed, test.attempts < attempts {
      let before = test.attempts
      test = attempt(seconds: seconds)
      test.attempts = before + 1
    }
    return test
  }

  private static func attempt(seconds: Double) -> SelfTest {
    let loops = [
      Loop(name: "imul r64, r64", cycles: 3, iterations: 128, probe: ccpu_probe_imul),
      Loop(name: "add r64, r64", cycles: 1, iterations: 384, probe: ccpu_probe_add),
      Loop(name: "rol r64, 7", cycles: 1, iterations: 384, probe: ccpu_probe_rol),
      Loop(name: "pointer chase, L1", cycles: nil, iterations: 96, probe: ccpu_probe_chase),
      Loop(name: "aesenc", cycles: nil, iterations: 96, probe: ccpu_probe_aesenc),
    ]
    var rounds: [(load: Double, ratios: [Double])] = []
    let start = ccpu_monotonic_raw_ns()
    repeat {
      let before = ProbeReading.take(overhead: 0).load
      // Each reading stands beside one of the reference chain, so a change of clock hits both.
      let ratios = loops.map { loop in
        let reference = ticksPerStep(ccpu_probe_imul, iterations: 128) / 3
        return ticksPerStep(loop.probe, iterations: loop.iterations) / reference
      }
      rounds.append((max(before, ProbeReading.take(overhead: 0).load), ratios))
    } while Double(ccpu_monotonic_raw_ns() - start) < seconds * 1e9
    // A neighbour on the sibling thread slows loads down and leaves the reference chain alone, so
    // the quietest rounds speak, quiet by the sentinels beside them, and of those the lower quartile.
    rounds.sort { $0.load < $1.load }
    let quiet = rounds.prefix(max(9, rounds.count / 4))

    var checks = loops.enumerated().map { index, loop in
      let measured = OrderStatistics(quiet.map { $0.ratios[index] }).lowerQuartile
      return Check(
        name: loop.name, measured: measured, expected: loop.cycles ?? max(1, measured.rounded()),
        tolerance: 0.01)
    }
    let (first, second) = (tickRate(seconds: seconds / 4), tickRate(seconds: seconds / 4))
    checks.append(
      Check(
        name: "time stamp counter, Hz, twice", measured: second, expected: first, tolerance: 0.001))
    return SelfTest(checks: checks)
  }

  /// Ticks an instruction of a chain; every loop has 16 in an iteration.
  private static func ticksPerStep(_ probe: (UInt64) -> UInt64, iterations n: UInt64) -> Double {
    (Double(probe(3 * n)) - Double(probe(n))) / Double(2 * n * 16)
  }

  /// Ticks a second, against CLOCK_MONOTONIC_RAW.
  private static func tickRate(seconds: Double) -> Double {
    // The pair with the least time between its two clocks is the least disturbed one.
    func pair() -> (ticks: Double, nanoseconds: Double) {
      let pairs = (0..<16).map { _ in
        let before = ccpu_ticks()
        let now = ccpu_monotonic_raw_ns()
        let after = ccpu_ticks()
        return (gap: after - before, ticks: Double(before + after) / 2, nanoseconds: Double(now))
      }
      let best = pairs.min { $0.gap < $1.gap }!
      return (best.ticks, best.nanoseconds)
    }
    let start = pair()
    var end = start
    repeat { end = pair() } while end.nanoseconds - start.nanoseconds < seconds * 1e9
    return (end.ticks - start.ticks) / (end.nanoseconds - start.nanoseconds) * 1e9
  }
}
