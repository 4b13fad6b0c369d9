import Foundation

/// A measurement's costs as a comparison wants them: logarithms, block by block.
///
/// What differs between runs of one build, and not within one, is where things lie: the addresses of
/// code, stack and heap, the pages behind them, the minute. A block is a process of its own, so
/// blocks differ by all of that, while the rounds of a block share it. Hence blocks are what is
/// counted, and the rounds only say how well each is known.
public struct BlockedCosts: Sendable {
  /// A round's cost, in a block.
  package struct Round {
    package var round: Int
    package var logCost: Double

    package init(round: Int, logCost: Double) {
      self.round = round
      self.logCost = logCost
    }
  }

  /// By block, in their order; none is empty.
  package var blocks: [[Round]]

  /// - Parameter blocks: by block, in their order; none is empty.
  package init(blocks: [[Round]]) { self.blocks = blocks }

  /// The median of each block.
  public var medians: [Double] {
    blocks.map { OrderStatistics($0.map(\.logCost)).median }
  }

  /// The median of each block's differences to another's, by the rounds in which both have a cost:
  /// what disturbs a round disturbs both, and drops out.
  public func paired(with other: BlockedCosts) -> [Double] {
    let others = Dictionary(
      other.blocks.joined().map { ($0.round, $0.logCost) }, uniquingKeysWith: { $1 })
    return blocks.compactMap { block in
      let differences = block.compactMap { round in
        others[round.round].map { $0 - round.logCost }
      }
      return differences.isEmpty ? nil : OrderStatistics(differences).median
    }
  }
}
