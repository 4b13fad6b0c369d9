import OptlabBasics
import OptlabStatistics

/// What this CPU can do at best for a case: the fastest of the loops that do one part of the work
/// and nothing else.
public struct Limit: Sendable, Codable, Equatable {
  /// The loop: `vaesenc zmm`, `copy, rep`.
  public var name: String
  /// A unit of work, in the unit of the run's cycle source.
  public var costPerUnit: Double
  /// What no implementation can be faster than, where that is less: what the limit counts may be done
  /// once for several pieces of the work.
  public var leastPerUnit: Double?
  /// Core cycles a tick while the loop was measured; nil in files of old versions.
  public var cyclesPerTick: Double?

  public init(
    name: String, costPerUnit: Double, leastPerUnit: Double? = nil, cyclesPerTick: Double? = nil
  ) {
    self.name = name
    self.costPerUnit = costPerUnit
    self.leastPerUnit = leastPerUnit
    self.cyclesPerTick = cyclesPerTick
  }
}

/// A loop that bounds a case, and what the hardware allows it at best.
public struct LimitLoop {
  public var contestant: Contestant
  /// Core cycles a byte of the loop: less than this no CPU takes, by the width of its registers and
  /// the most instructions of the kind that any starts in a cycle.
  public var leastCycles: Double

  public var name: String { contestant.id }

  public init(contestant: Contestant, leastCycles: Double) {
    self.contestant = contestant
    self.leastCycles = leastCycles
  }
}

/// Whether there is a limit, or why there is none.
public enum LimitFinding: Sendable, Equatable {
  case found(Limit)
  /// - Parameter atMost: what the hardware surely does not need more than, a byte: what disturbs only
  ///   makes slower.
  case refused(String, atMost: Double?)

  public var limit: Limit? { if case .found(let limit) = self { limit } else { nil } }
  public var refusal: String? { if case .refused(let reason, _) = self { reason } else { nil } }

  /// What no more than is needed, a byte.
  public var atMost: Double? {
    switch self {
    case .found(let limit): limit.costPerUnit
    case .refused(_, let atMost): atMost
    }
  }

  /// What one measured loop comes to.
  ///
  /// A loop of which most samples were disturbed bounds nothing: those slices are too slow, by a
  /// factor that nobody knows. Nor does one that is faster than the hardware can be.
  package init(_ loop: LimitLoop, _ measurement: Measurement) {
    let cost = measurement.costPerUnit.median
    if measurement.isContended {
      self = .refused(
        "the loop '\(loop.name)' found clean slices in less than half of its samples",
        atMost: cost)
    } else if measurement.source.isCoreCycles, cost < loop.leastCycles * (1 - Self.tolerance) {
      self = .refused(
        "the loop '\(loop.name)' took \(Figures.significant(cost)) cycles/byte, and the hardware "
          + "needs \(Figures.significant(loop.leastCycles)) at least", atMost: nil)
    } else {
      self = .found(
        Limit(name: loop.name, costPerUnit: cost, cyclesPerTick: measurement.coreClock))
    }
  }

  /// How far below what the hardware needs a figure may lie: calibration has an error too.
  static let tolerance = 0.01
  /// How far the blocks of a run may disagree about a limit, quartile from quartile.
  static let widestDisagreement = 0.03

  /// The fastest of several loops; none where one is missing that could be faster.
  package static func fastest(_ loops: [LimitLoop], _ findings: [LimitFinding]) -> LimitFinding? {
    guard let best = findings.compactMap(\.limit).min(by: { $0.costPerUnit < $1.costPerUnit })
    else { return findings.first }
    let missing = zip(loops, findings).first { loop, finding in
      finding.limit == nil && loop.leastCycles < best.costPerUnit * (1 - tolerance)
    }
    guard let reason = missing?.1.refusal else { return .found(best) }
    return .refused(reason, atMost: findings.compactMap(\.atMost).min())
  }

  /// What the blocks of a run say together: the one at a quarter of the way up, as what disturbs a
  /// limit makes it slower, as a rule. None where most blocks have none, or disagree.
  package static func united(_ findings: [LimitFinding]) -> LimitFinding? {
    let limits = findings.compactMap(\.limit).sorted { $0.costPerUnit < $1.costPerUnit }
    guard limits.count * 2 >= findings.count, !limits.isEmpty else {
      return findings.first { $0.limit == nil }
    }
    let costs = OrderStatistics(limits.map(\.costPerUnit))
    let width = (costs.upperQuartile - costs.lowerQuartile) / costs.median
    guard width <= widestDisagreement else {
      return .refused(
        "the blocks of the run disagree about '\(limits[0].name)' by \(Figures.percent(width))",
        atMost: costs.median)
    }
    return .found(limits[(limits.count - 1) / 4])
  }

  /// The lower one of two that were measured for the same case, one after the other.
  package func lower(_ other: LimitFinding) -> LimitFinding {
    guard let own = limit else { return other.limit == nil ? self : other }
    guard let others = other.limit else { return self }
    return others.costPerUnit < own.costPerUnit ? other : self
  }
}

/// What the unit loops of a run came to, measured by its sampler under the same rules as everything
/// else.
package struct Limits {
  package private(set) var loops: [LimitLoop] = []
  package private(set) var findings: [LimitFinding] = []

  package init() {}

  package init(_ loops: [LimitLoop], _ measurements: [Measurement]) {
    self.loops = loops
    findings = zip(loops, measurements).map(LimitFinding.init)
  }

  package static func measure(_ loops: [LimitLoop], by sampler: Sampler) throws -> Limits {
    loops.isEmpty ? Limits() : Limits(loops, try sampler.measure(loops.map(\.contestant)))
  }

  /// One for each loop that gave any.
  package var found: [Limit] { findings.compactMap(\.limit) }

  /// The findings of some of the loops, by name.
  package func findings(
    of loops: [LimitLoop]
  ) -> [(loop: LimitLoop, finding: LimitFinding)] {
    loops.compactMap { loop in
      self.loops.firstIndex { $0.name == loop.name }.map { (loop, findings[$0]) }
    }
  }
}
