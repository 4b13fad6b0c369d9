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

/// The limits of one run, measured by its sampler, under the same rules as everything else.
struct Limits {
  /// AES rounds: the cost of one round of a byte of state, by loop.
  private(set) var aesRounds: [Limit] = []

  /// Where caches and write combining have nothing to say yet, nor have the loops.
  static let leastMove = 4096

  static func measure(aes: Bool, by sampler: Sampler) throws -> Limits {
    guard aes, !AESRoundsLoop.contestants.isEmpty else { return Limits() }
    return Limits(aesRounds: try loops(AESRoundsLoop.contestants, by: sampler))
  }

  private static func loops(
    _ contestants: [Contestant], by sampler: Sampler
  ) throws -> [Limit] {
    zip(contestants, try sampler.measure(contestants)).map { loop, measurement in
      Limit(name: loop.id, costPerByte: measurement.costPerByte.lowerQuartile)
    }
  }

  /// The loops that move what a case moves: measured beside its implementations.
  static func moves(_ workload: Workload, bytes: Int) -> [Contestant] {
    guard bytes >= leastMove else { return [] }
    return MoveLoop.contestants(workload.kind == .jsonEncode ? .store : .copy, bytes: bytes)
  }

  /// The limit of a case.
  ///
  /// - Parameters:
  ///   - moves: the cost of each loop that moves the case's bytes; the fastest counts.
  ///   - isCopy: whether the implementation only moves bytes, and no AES unit bounds it.
  func limit(_ workload: Workload, moves: [Limit], isCopy: Bool) -> Limit? {
    let move = moves.min { $0.costPerByte < $1.costPerByte }
    guard case .aesCTR(let keyBytes) = workload.kind, !isCopy else { return move }
    let rounds = Double(keyBytes / 4 + 6)
    guard let round = aesRounds.min(by: { $0.costPerByte < $1.costPerByte }) else { return move }
    let unit = Limit(
      name: round.name, costPerByte: round.costPerByte * rounds,
      leastPerByte: max(round.costPerByte * (rounds - 1), move?.costPerByte ?? 0))
    guard let move, move.costPerByte >= unit.costPerByte else { return unit }
    return move
  }
}
