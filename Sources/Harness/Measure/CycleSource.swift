import CCPU
import OptlabBasics

/// How a figure in cycles came about; printed with every figure.
public enum CycleSource: String, Sendable, Codable, CaseIterable {
  /// The hardware's cycle counter, through perf events: core cycles.
  case pmu
  /// Ticks of the time stamp counter, times the core cycles a tick that latency chains beside the
  /// measurement showed: core cycles.
  case calibrated = "tsc*cal"
  /// Ticks of the time stamp counter as they are: cycles of a clock that is not the core's.
  case reference = "ref"
  /// Nanoseconds, by the time stamp counter's rate or the system's clock.
  case nanoseconds = "ns"

  /// What a cost in this source's unit is called: `cycles/byte`.
  public func cost(of unit: WorkUnit) -> String {
    switch self {
    case .pmu, .calibrated: "cycles/\(unit.name)"
    case .reference: "ticks/\(unit.name)"
    case .nanoseconds: "ns/\(unit.name)"
    }
  }

  /// Whether its unit is the core's cycle.
  public var isCoreCycles: Bool { self == .pmu || self == .calibrated }
}

/// The source that a run uses, and why.
public struct CycleSourceChoice {
  public var source: CycleSource
  /// Set where the source is the hardware's counter.
  public var counter: (any CycleCounter)?
  /// Why each better source is not used.
  public var refusals: [(source: CycleSource, reason: String)] = []

  public struct Unavailable: Error, CustomStringConvertible {
    public var source: CycleSource
    public var reason: String

    public var description: String {
      "the cycle source '\(source.rawValue)' is not to be had here: \(reason)"
    }
  }

  /// Takes the best source that this machine offers, or the one that is asked for.
  ///
  /// - Parameters:
  ///   - forced: what the user asked for; nil takes the best.
  ///   - selfTest: whether latency loops come out whole; nil where there are none.
  ///   - openCounter: opens the hardware's counter.
  public init(
    forced: CycleSource? = nil, selfTest: SelfTest?,
    openCounter: () throws(CounterRefusal) -> any CycleCounter = Self.openPerfCounter
  ) throws(Unavailable) {
    source = .nanoseconds
    for candidate in CycleSource.allCases where forced == nil || forced == candidate {
      let reason: String
      switch candidate {
      case .pmu:
        do throws(CounterRefusal) {
          let counter = try openCounter()
          try counter.trialOnLatencyChain()
          self.counter = counter
          source = .pmu
          return
        } catch {
          reason = error.description
        }
      case .calibrated:
        if let selfTest, selfTest.passed {
          source = .calibrated
          return
        }
        reason = Self.reason(selfTest)
      case .reference:
        #if arch(x86_64)
          source = .reference
          return
        #else
          reason = "not this architecture: there is no time stamp counter"
        #endif
      case .nanoseconds:
        source = .nanoseconds
        return
      }
      if forced != nil { throw Unavailable(source: candidate, reason: reason) }
      refusals.append((candidate, reason))
    }
  }

  /// The source that another process of the same run has chosen, after the trials that it takes.
  public init(chosen source: CycleSource) throws(Unavailable) {
    self.source = source
    guard source == .pmu else { return }
    do throws(CounterRefusal) {
      counter = try Self.openPerfCounter()
    } catch {
      throw Unavailable(source: source, reason: error.description)
    }
  }

  private static func reason(_ selfTest: SelfTest?) -> String {
    guard let selfTest else { return "there are no latency loops for this CPU" }
    let failed = selfTest.checks.filter { !$0.passed }.map(\.name)
    return "the self-test failed on \(failed.joined(separator: ", "))"
  }

  public static func openPerfCounter() throws(CounterRefusal) -> any CycleCounter {
    try PerfCycleCounter()
  }
}
