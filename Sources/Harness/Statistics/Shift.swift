import Foundation

/// How far one set of values lies above another, and how well that is known.
public struct Shift: Sendable, Equatable {
  public var value: Double
  /// Standard error of `value`.
  public var error: Double
  /// Degrees of freedom that `error` rests on.
  public var freedom: Double
  /// How far, on either side, something may have moved `value` that no error knows of.
  public var slack = 0.0

  /// The least number of blocks that says anything about the spread of blocks.
  public static let fewestBlocks = 3

  /// Of two sets that have nothing to do with each other.
  ///
  /// Source: Yuen, "The two-sample trimmed t for unequal population variances", Biometrika 61, 1974;
  /// without trimming it is Welch's test (Biometrika 34, 1947).
  ///
  /// - Precondition: each has ``fewestBlocks`` values or more.
  public init(from old: [Double], to new: [Double]) {
    let (first, second) = (TrimmedMean(old), TrimmedMean(new))
    let (u, v) = (first.squaredError, second.squaredError)
    value = second.value - first.value
    error = (u + v).squareRoot()
    let weight = u * u / first.freedom + v * v / second.freedom
    freedom = weight > 0 ? (u + v) * (u + v) / weight : first.freedom + second.freedom
  }

  /// Of two sets whose values spread alike, which may then be few.
  ///
  /// Source: Student's test of two means with a pooled variance (NIST/SEMATECH e-Handbook of
  /// Statistical Methods, 1.3.5.3).
  public init(ofOneSpreadFrom old: [Double], to new: [Double]) {
    let (first, second) = (TrimmedMean(old, share: 0), TrimmedMean(new, share: 0))
    value = second.value - first.value
    freedom = first.freedom + second.freedom
    let squares = first.squares + second.squares
    error = (squares / freedom * (1 / Double(old.count) + 1 / Double(new.count))).squareRoot()
  }

  /// Of differences, one for each block.
  ///
  /// Source: Tukey and McLaughlin, "Less vulnerable confidence and significance procedures for
  /// location based on a single sample", Sankhya A 25, 1963.
  ///
  /// - Precondition: there are ``fewestBlocks`` or more.
  public init(differences: [Double]) {
    let mean = TrimmedMean(differences)
    (value, error, freedom) = (mean.value, mean.squaredError.squareRoot(), mean.freedom)
  }

  /// The probability of a value this far from `value` or farther, on either side, if that were the
  /// truth.
  public func probability(of other: Double) -> Double {
    let distance = max(0, abs(value - other) - slack)
    return 2 * StudentT(freedom: freedom).upperTail(standardised(distance))
  }

  /// The probability of this value or a higher one, if the truth were `bound` or less, twice: so that
  /// it stands against the same error as a probability of both sides.
  public func probability(atMost bound: Double) -> Double {
    min(1, 2 * StudentT(freedom: freedom).upperTail(standardised(value - bound - slack)))
  }

  /// Holds the truth but for the given probability, half of which lies on either side.
  public func interval(error probability: Double) -> ClosedRange<Double> {
    let half = StudentT(freedom: freedom).quantile(upperTail: probability / 2) * error + slack
    return value - half...value + half
  }

  private func standardised(_ distance: Double) -> Double {
    if error > 0 { return distance / error }
    return distance == 0 ? 0 : distance > 0 ? .infinity : -.infinity
  }
}

/// The mean without the lowest and the highest of the values, and how well it is known. One block in
/// some dozens is a process with bad luck in its addresses, or had a neighbour throughout: it should
/// neither decide a mean nor make its error so large that nothing can be said.
struct TrimmedMean {
  var value: Double
  /// Of the distances from it, with what was cut off pulled in to where the cut is.
  var squares: Double
  var squaredError: Double
  var freedom: Double

  /// The share cut off at each end: one of seven to nine values.
  static let share = 0.2
  /// Fewer values cannot spare any.
  static let fewestTrimmed = 7

  init(_ values: [Double], share: Double = Self.share) {
    precondition(values.count >= Shift.fewestBlocks)
    let sorted = values.sorted()
    let cut = sorted.count < Self.fewestTrimmed ? 0 : Int(share * Double(sorted.count))
    let kept = sorted[cut..<sorted.count - cut]
    value = kept.reduce(0, +) / Double(kept.count)
    let pulledIn = sorted.map { min(max($0, kept.first!), kept.last!) }
    let centre = pulledIn.reduce(0, +) / Double(pulledIn.count)
    squares = pulledIn.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
    squaredError = squares / Double(kept.count * (kept.count - 1))
    freedom = Double(kept.count - 1)
  }
}
