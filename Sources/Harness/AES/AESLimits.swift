import CAES
import CCPU
import OptlabCPU
import OptlabLab
import OptlabMeasure

extension AESWorkload {
  public func unitLoops() -> [LimitLoop] { AESRoundsLoop.loops }

  public func caseLoops(_ one: Case, units: Int) -> [LimitLoop] {
    MoveLoop.bounds(.copy, bytes: one.input.copiedBytes ?? units)
  }

  /// The AES unit, or what moving the bytes takes: the slower one of the two.
  public func limit(
    of one: Case, units: [(loop: LimitLoop, finding: LimitFinding)], beside move: LimitFinding?
  ) -> LimitFinding? {
    guard let unit = LimitFinding.fastest(units.map(\.loop), units.map(\.finding)) else {
      return move
    }
    guard let round = unit.limit else { return unit }
    let rounds = Double(Self.rounds(keyBytes: keyBytes))
    // Blocks of AES-CTR can share their first round, which the limit counts.
    let limit = Limit(
      name: round.name, costPerUnit: round.costPerUnit * rounds,
      leastPerUnit: max(round.costPerUnit * (rounds - 1), move?.limit?.costPerUnit ?? 0),
      cyclesPerTick: round.cyclesPerTick)
    guard let move, move.atMost.map({ $0 >= limit.costPerUnit }) ?? true else {
      return .found(limit)
    }
    return move
  }

  /// Of a key of so many bytes: 10, 12 or 14 (FIPS 197, section 5).
  static func rounds(keyBytes: Int) -> Int { keyBytes / 4 + 6 }
}

/// A loop of AES rounds in registers: what the AES unit does at best at one register width.
final class AESRoundsLoop: PreparedCase {
  private static let iterations = 256
  let width: ccpu_width
  /// Bytes of state that go through one round each.
  let unitsPerCall: Int

  init(width: ccpu_width) {
    self.width = width
    unitsPerCall =
      Self.iterations * Int(CCPU_AES_ROUNDS_PER_ITERATION) * Int(width.rawValue)
  }

  func run(_ calls: Int) {
    ccpu_aes_rounds(width, UInt64(calls * Self.iterations))
  }

  /// The most AES instructions that any CPU starts in a cycle, at any width.
  private static let mostInACycle = 2.0

  /// The widths that this CPU has, whatever is masked: its limit is the same.
  static var loops: [LimitLoop] {
    let widths: [(name: String, width: ccpu_width, required: FeatureSet)] = [
      ("aesenc xmm", CCPU_XMM, FeatureSet(CAES_AES)),
      ("vaesenc ymm", CCPU_YMM, FeatureSet(CAES_VAES, CAES_AVX2)),
      ("vaesenc zmm", CCPU_ZMM, FeatureSet(CAES_VAES, CAES_AVX512F)),
    ]
    return widths.filter { $0.required.isSubset(of: .detected) }.map { one in
      LimitLoop(
        contestant: Contestant(id: one.name) { _ in AESRoundsLoop(width: one.width) },
        leastCycles: 1 / (mostInACycle * Double(one.width.rawValue)))
    }
  }
}
