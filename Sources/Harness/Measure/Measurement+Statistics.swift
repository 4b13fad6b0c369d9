import Foundation
import OptlabStatistics

extension PairedComparison {
  /// Compares by the rounds in which both gave a sample that counts, a byte each.
  public init(_ first: Measurement, _ second: Measurement, confidence: Double = 0.99) {
    let byRound = Dictionary(
      zip(first.counted.map(\.round), first.costPerCall), uniquingKeysWith: { $1 })
    let rounds = zip(second.counted.map(\.round), second.costPerCall).compactMap { round, cost in
      byRound[round].map {
        (first: $0 / Double(first.unitsPerCall), second: cost / Double(second.unitsPerCall))
      }
    }
    self.init(
      first: rounds.map(\.first), second: rounds.map(\.second), confidence: confidence)
  }
}

extension BlockedCosts {
  /// Of the samples that count, a byte, in the unit of the measurement's source.
  public init(_ measurement: Measurement) {
    let costs = zip(measurement.counted, measurement.costPerCall)
    var byBlock: [Int: [Round]] = [:]
    for (sample, cost) in costs {
      byBlock[sample.block, default: []].append(
        Round(round: sample.round, logCost: log(cost / Double(measurement.unitsPerCall))))
    }
    self.init(blocks: byBlock.sorted { $0.key < $1.key }.map(\.value))
  }
}

extension Ratio {
  package init(_ value: Double, of halves: [Measurement]) {
    self.init(
      value, error: halves.map(\.relativeError).max() ?? 0,
      isMarked: halves.contains(where: \.isMarked))
  }
}

extension Measurement {
  /// How well its figure is known, as a share: half its interval, or where there are too few rounds for
  /// one, half the distance between the quartiles.
  var relativeError: Double { relativeHalfWidth ?? costPerUnit.relativeSpread }
}
