import Foundation

/// How far one set of values lies above another, and how well that is known.
public struct Shift: Sendable, Equatable {
  public var value: Double
  /// Standard error of `value`.
  public var error: Double
  /// Degrees of freedom that `error` rests on.
  public var freedom: Double

  /// The least number of blocks that says anything about the spread of blocks.
  public static let fewestBlocks = 3

  /// Of two sets that have nothing to do with each other.
  ///
  /// Source: Welch, "The generalization of 'Student's' problem when several different population
  /// variances are involved", Biometrika 34, 1947.
  ///
  /// - Precondition: each has ``fewestBlocks`` values or more.
  public init(from old: [Double], to new: [Double]) {
    let (first, second) = (Mean(old), Mean(new))
    let (u, v) = (first.squaredError, second.squaredError)
    value = second.value - first.value
    error = (u + v).squareRoot()
    let weight = u * u / first.freedom + v * v / second.freedom
    freedom = weight > 0 ? (u + v) * (u + v) / weight : first.freedom + second.freedom
  }

  /// Of differences, one for each block.
  ///
  /// Source: Student, "The probable error of a mean", Biometrika 6, 1908.
  ///
  /// - Precondition: there are ``fewestBlocks`` or more.
  public init(differences: [Double]) {
    let mean = Mean(differences)
    (value, error, freedom) = (mean.value, mean.squaredError.squareRoot(), mean.freedom)
  }

  /// The probability of a value this far from `value` or farther, on either side, if that were the
  /// truth.
  public func probability(of other: Double) -> Double {
    2 * StudentT(freedom: freedom).upperTail(abs(standardised(other)))
  }

  /// The probability of this value or a higher one, if the truth were `bound` or less, twice: so that
  /// it stands against the same error as a probability of both sides.
  public func probability(atMost bound: Double) -> Double {
    min(1, 2 * StudentT(freedom: freedom).upperTail(standardised(bound)))
  }

  /// Holds the truth but for the given probability, half of which lies on either side.
  public func interval(error probability: Double) -> ClosedRange<Double> {
    let half = StudentT(freedom: freedom).quantile(upperTail: probability / 2) * error
    return value - half...value + half
  }

  private func standardised(_ other: Double) -> Double {
    let distance = value - other
    if error > 0 { return distance / error }
    return distance == 0 ? 0 : distance > 0 ? .infinity : -.infinity
  }
}

/// A mean, and how well a few values let it be known.
private struct Mean {
  var value: Double
  var squaredError: Double
  var freedom: Double

  init(_ values: [Double]) {
    precondition(values.count >= Shift.fewestBlocks)
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    value = mean
    squaredError = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n * (n - 1))
    freedom = n - 1
  }
}
