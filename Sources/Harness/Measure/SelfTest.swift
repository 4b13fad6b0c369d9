import CCPU
import OptlabStatistics

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

  struct Loop: Sendable {
    var name: String
    /// nil: whole, but different between CPUs.
    var cycles: Double?
    var iterations: UInt64
    /// Runs so many iterations, of 16 instructions each, and returns the ticks that they took.
    var probe: @Sendable (UInt64) -> UInt64
  }

  static let loops = [
    Loop(name: "imul r64, r64", cycles: 3, iterations: 128, probe: ccpu_probe_imul),
    Loop(name: "add r64, r64", cycles: 1, iterations: 384, probe: ccpu_probe_add),
    Loop(name: "rol r64, 7", cycles: 1, iterations: 384, probe: ccpu_probe_rol),
    Loop(name: "pointer chase, L1", cycles: nil, iterations: 96, probe: ccpu_probe_chase),
    Loop(name: "aesenc", cycles: nil, iterations: 96, probe: ccpu_probe_aesenc),
  ]

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

  /// - Parameters:
  ///   - loops: the first one is the reference that the others are held against.
  ///   - rate: finds the ticks of a second, within so many.
  static func attempt(
    seconds: Double, loops: [Loop] = loops, probe: () -> ProbeReading = { .take(overhead: 0) },
    rate: (Double) -> Double = tickRate
  ) -> SelfTest {
    let reference = loops[0]
    /// What one reference instruction takes; nil where two readings of it disagree, since one that
    /// was interrupted would make what stands beside it cheap.
    func agreed(_ first: Double, _ second: Double) -> Double? {
      let (low, high) = (min(first, second), max(first, second))
      return low > 0 && high <= low * (1 + SliceJudge.clockTolerance) ? low / 2 + high / 2 : nil
    }
    var rounds: [(load: Double, ratios: [Double?])] = []
    let start = ccpu_monotonic_raw_ns()
    repeat {
      let before = probe()
      // Each reading stands between two of the reference chain, so a change of clock hits both.
      var chain = ticksPerStep(reference)
      let ratios = loops.map { loop -> Double? in
        let step = ticksPerStep(loop)
        let next = ticksPerStep(reference)
        defer { chain = next }
        return agreed(chain, next).map { step / $0 * reference.cycles! }
      }
      let after = probe()
      rounds.append(
        (max(before.sentinel, after.sentinel) / min(before.chain, after.chain), ratios))
    } while rounds.count < 9 || Double(ccpu_monotonic_raw_ns() - start) < seconds * 1e9
    // A neighbour on the sibling thread slows loads down and leaves the reference chain alone, so
    // the quietest rounds speak, quiet by the sentinels beside them, and of those the lower quartile.
    rounds.sort { $0.load < $1.load }
    let quiet = rounds.prefix(max(9, rounds.count / 4))

    var checks = loops.enumerated().map { index, loop in
      let ratios = quiet.compactMap { $0.ratios[index] }
      // 0, which is never right, where the reference was disturbed each time.
      let measured = ratios.count < 3 ? 0 : OrderStatistics(ratios).lowerQuartile
      return Check(
        name: loop.name, measured: measured, expected: loop.cycles ?? max(1, measured.rounded()),
        tolerance: 0.01)
    }
    let (first, second) = (rate(seconds / 4), rate(seconds / 4))
    checks.append(
      Check(
        name: "time stamp counter, Hz, twice", measured: second, expected: first, tolerance: 0.001))
    return SelfTest(checks: checks)
  }

  /// Ticks an instruction of a chain. The fastest of three tries of either length: an interrupted
  /// short one would make the difference too small.
  private static func ticksPerStep(_ loop: Loop) -> Double {
    func fastest(_ n: UInt64) -> Double { (0..<3).map { _ in Double(loop.probe(n)) }.min()! }
    let n = loop.iterations
    return (fastest(3 * n) - fastest(n)) / Double(2 * n * 16)
  }

  /// Ticks a second, against CLOCK_MONOTONIC_RAW.
  static func tickRate(seconds: Double) -> Double {
    let start = ClockPair.take()
    var end = start
    repeat { end = .take() } while end.nanoseconds - start.nanoseconds < seconds * 1e9
    return start.ticksPerSecond(until: end)
  }
}
