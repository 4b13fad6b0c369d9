import Foundation

/// Two implementations compared over rounds in which both gave a sample: what disturbs a round
/// disturbs both, and drops out of their ratio.
public struct PairedComparison: Sendable {
  public enum Verdict: String, Sendable, Codable {
    case faster, slower, same
    /// The interval is too wide to say: there are too few rounds, or too much noise.
    case unstable
  }

  /// Ratio of the second's cost to the first's: the median over the rounds. Above 1, the second is
  /// slower. Not a number where there is no such round.
  public var ratio: Double
  /// An interval for it, free of assumptions about distributions; nil with too few rounds.
  public var interval: ClosedRange<Double>?

  /// - Parameters:
  ///   - first, second: cost in each round, in the same unit and in the order of the rounds.
  public init(first: [Double], second: [Double], confidence: Double = 0.99) {
    precondition(first.count == second.count)
    guard !first.isEmpty else {
      ratio = .nan
      return
    }
    let logRatios = OrderStatistics(zip(first, second).map { log($1 / $0) })
    ratio = exp(logRatios.median)
    interval = logRatios.medianInterval(confidence: confidence).map {
      exp($0.lowerBound)...exp($0.upperBound)
    }
  }

  /// What may be said of the second: other than 'same' only when the interval excludes 1 and the
  /// difference is worth the name.
  ///
  /// - Parameter minimumEffect: the least difference that counts, as a share.
  public func verdict(minimumEffect: Double = 0.005) -> Verdict {
    guard let interval else { return .unstable }
    if abs(ratio - 1) >= minimumEffect {
      if interval.lowerBound > 1 { return .slower }
      if interval.upperBound < 1 { return .faster }
    }
    // 'Same' asks for an interval that leaves no room for a difference several times the least one.
    let room = max(interval.upperBound - 1, 1 - interval.lowerBound)
    return room > max(4 * minimumEffect, 0.05) ? .unstable : .same
  }
}
