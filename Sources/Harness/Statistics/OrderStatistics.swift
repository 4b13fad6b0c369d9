/// Values in ascending order, and what can be said of them without assuming a distribution.
public struct OrderStatistics: Sendable {
  public let sorted: [Double]

  /// - Precondition: `values` is not empty and holds no NaN.
  public init(_ values: [Double]) {
    precondition(!values.isEmpty)
    sorted = values.sorted()
  }

  public var median: Double { quantile(0.5) }
  public var lowerQuartile: Double { quantile(0.25) }
  public var upperQuartile: Double { quantile(0.75) }

  /// Half the distance between the quartiles, as a share of the median.
  public var relativeSpread: Double {
    median == 0 ? 0 : (upperQuartile - lowerQuartile) / 2 / median
  }

  /// The quantile by linear interpolation between closest ranks.
  ///
  /// Source: Hyndman and Fan, "Sample quantiles in statistical packages", 1996, definition 7.
  public func quantile(_ p: Double) -> Double {
    let position = p * Double(sorted.count - 1)
    let below = Int(position)
    let fraction = position - Double(below)
    guard fraction > 0 else { return sorted[below] }
    return sorted[below] + fraction * (sorted[below + 1] - sorted[below])
  }

  /// The narrowest interval between two order statistics, symmetric in rank, that holds the median
  /// of the population with at least the given confidence; nil when there are too few values.
  ///
  /// Source: David and Nagaraja, "Order Statistics", 2003, section 7.1 (the number of values below
  /// the median is binomial, whatever the distribution).
  public func medianInterval(confidence: Double) -> ClosedRange<Double>? {
    let n = sorted.count
    // P(fewer than k values lie below the median), summed up until the two tails weigh too much.
    var tail = 0.0
    var term = Double.exp2(-n)
    var rank = 0
    for k in 0..<(n / 2) {
      tail += term
      if 2 * tail > 1 - confidence { break }
      rank = k + 1
      term *= Double(n - k) / Double(k + 1)
    }
    return rank == 0 ? nil : sorted[rank - 1]...sorted[n - rank]
  }

  /// How many values lie outside Tukey's fences, 1.5 interquartile ranges beyond the quartiles.
  ///
  /// Source: Tukey, "Exploratory Data Analysis", 1977, section 2D.
  public var outliers: Int {
    let reach = 1.5 * (upperQuartile - lowerQuartile)
    return sorted.count { $0 < lowerQuartile - reach || $0 > upperQuartile + reach }
  }
}

extension Double {
  fileprivate static func exp2(_ exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: 1)
  }
}
