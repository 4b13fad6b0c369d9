/// What this CPU can do at best for a case: the fastest of the loops that do one part of the work
/// and nothing else.
public struct Limit: Sendable, Codable, Equatable {
  /// The loop: `vaesenc zmm`, `copy, rep`.
  public var name: String
  /// A byte, in the unit of the run's cycle source.
  public var costPerByte: Double
  /// What no implementation can be faster than, where that is less. The limit of AES counts all
  /// rounds of all blocks, but blocks of AES-CTR can share their first one.
  public var leastPerByte: Double?
}

/// A loop that bounds a case, and what the hardware allows it at best.
struct LimitLoop {
  var contestant: Contestant
  /// Core cycles a byte of the loop: less than this no CPU takes, by the width of its registers and
  /// the most instructions of the kind that any starts in a cycle.
  var leastCycles: Double

  var name: String { contestant.id }
}

/// Whether there is a limit, or why there is none.
enum LimitFinding: Sendable, Equatable {
  case found(Limit)
  /// - Parameter atMost: what the hardware surely does not need more than, a byte: what disturbs only
  ///   makes slower.
  case refused(String, atMost: Double?)

  var limit: Limit? { if case .found(let limit) = self { limit } else { nil } }
  var refusal: String? { if case .refused(let reason, _) = self { reason } else { nil } }

  /// What no more than is needed, a byte.
  var atMost: Double? {
    switch self {
    case .found(let limit): limit.costPerByte
    case .refused(_, let atMost): atMost
    }
  }

  /// What one measured loop comes to.
  ///
  /// A loop of which most samples were disturbed bounds nothing: those slices are too slow, by a
  /// factor that nobody knows. Nor does one that is faster than the hardware can be.
  init(_ loop: LimitLoop, _ measurement: Measurement) {
    let cost = measurement.costPerByte.median
    if measurement.isContended {
      self = .refused(
        "the loop '\(loop.name)' found clean slices in less than half of its samples",
        atMost: cost)
    } else if measurement.source.isCoreCycles, cost < loop.leastCycles * (1 - Self.tolerance) {
      self = .refused(
        "the loop '\(loop.name)' took \(Figures.significant(cost)) cycles/byte, and the hardware "
          + "needs \(Figures.significant(loop.leastCycles)) at least", atMost: nil)
    } else {
      self = .found(Limit(name: loop.name, costPerByte: cost))
    }
  }

  /// How far below what the hardware needs a figure may lie: calibration has an error too.
  static let tolerance = 0.01
  /// How far the blocks of a run may disagree about a limit, quartile from quartile.
  static let widestDisagreement = 0.03

  /// The fastest of several loops; none where one is missing that could be faster.
  static func fastest(_ loops: [LimitLoop], _ findings: [LimitFinding]) -> LimitFinding? {
    guard let best = findings.compactMap(\.limit).min(by: { $0.costPerByte < $1.costPerByte })
    else { return findings.first }
    let missing = zip(loops, findings).first { loop, finding in
      finding.limit == nil && loop.leastCycles < best.costPerByte * (1 - tolerance)
    }
    guard let reason = missing?.1.refusal else { return .found(best) }
    return .refused(reason, atMost: findings.compactMap(\.atMost).min())
  }

  /// What the blocks of a run say together: the one at a quarter of the way up, as what disturbs a
  /// limit makes it slower, as a rule. None where most blocks have none, or disagree.
  static func united(_ findings: [LimitFinding]) -> LimitFinding? {
    let limits = findings.compactMap(\.limit).sorted { $0.costPerByte < $1.costPerByte }
    guard limits.count * 2 >= findings.count, !limits.isEmpty else {
      return findings.first { $0.limit == nil }
    }
    let costs = OrderStatistics(limits.map(\.costPerByte))
    let width = (costs.upperQuartile - costs.lowerQuartile) / costs.median
    guard width <= widestDisagreement else {
      return .refused(
        "the blocks of the run disagree about '\(limits[0].name)' by \(Figures.percent(width))",
        atMost: costs.median)
    }
    return .found(limits[(limits.count - 1) / 4])
  }

  /// The lower one of two that were measured for the same case, one after the other.
  func lower(_ other: LimitFinding) -> LimitFinding {
    guard let own = limit else { return other.limit == nil ? self : other }
    guard let others = other.limit else { return self }
    return others.costPerByte < own.costPerByte ? other : self
  }
}

/// The limits of one run, measured by its sampler, under the same rules as everything else.
struct Limits {
  /// AES rounds: the cost of one round of a byte of state, by loop.
  private(set) var aesRounds: [LimitLoop] = []
  private(set) var findings: [LimitFinding] = []

  init() {}

  init(_ loops: [LimitLoop], _ measurements: [Measurement]) {
    aesRounds = loops
    findings = zip(loops, measurements).map(LimitFinding.init)
  }

  /// Where caches and write combining have nothing to say yet, nor have the loops.
  static let leastMove = 4096

  static func measure(
    aes: Bool, loops: [LimitLoop] = AESRoundsLoop.loops, by sampler: Sampler
  ) throws -> Limits {
    guard aes, !loops.isEmpty else { return Limits() }
    return Limits(loops, try sampler.measure(loops.map(\.contestant)))
  }

  /// Of the AES unit, one for each loop that gave any.
  var units: [Limit] { findings.compactMap(\.limit) }

  /// The loops that move what a case moves: measured beside its implementations.
  static func moves(_ workload: Workload, bytes: Int) -> [LimitLoop] {
    guard bytes >= leastMove else { return [] }
    return MoveLoop.loops(workload.kind == .jsonEncode ? .store : .copy, bytes: bytes)
  }

  /// The limit of a case; nil where there is nothing that bounds it.
  ///
  /// - Parameters:
  ///   - move: the fastest loop that moves the case's bytes.
  ///   - isCopy: whether the implementation only moves bytes, and no AES unit bounds it.
  func finding(_ workload: Workload, move: LimitFinding?, isCopy: Bool) -> LimitFinding? {
    guard case .aesCTR(let keyBytes) = workload.kind, !isCopy else { return move }
    guard let unit = LimitFinding.fastest(aesRounds, findings) else { return move }
    guard let round = unit.limit else { return unit }
    let rounds = Double(keyBytes / 4 + 6)
    let limit = Limit(
      name: round.name, costPerByte: round.costPerByte * rounds,
      leastPerByte: max(round.costPerByte * (rounds - 1), move?.limit?.costPerByte ?? 0))
    // The slower one of the two is the limit.
    guard let move, move.atMost.map({ $0 >= limit.costPerByte }) ?? true else {
      return .found(limit)
    }
    return move
  }
}
