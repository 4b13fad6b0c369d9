/// Several tests at once, so that all of their claims together are right as often as one of them
/// would be alone.
///
/// Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
/// Statistics 6, 1979.
public enum Holm {
  /// At which level each test has to be taken: an error probability of its own, of which the first
  /// `rejected.count` smallest values stay below theirs.
  ///
  /// The smallest of n values is tested at `error / n`, the next at `error / (n - 1)`, until one is
  /// not below its level; that one and all that follow share its level. An interval at a test's level
  /// excludes what the test rejects, and nothing else.
  ///
  /// - Parameters:
  ///   - values: probability of each test under its hypothesis.
  ///   - error: probability of one wrong rejection or more among all.
  public static func levels(_ values: [Double], error: Double) -> [Double] {
    var levels = [Double](repeating: error, count: values.count)
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var left = values.count
    for (place, index) in order.enumerated() {
      if values[index] > error / Double(left) {
        for other in order[place...] { levels[other] = error / Double(left) }
        break
      }
      levels[index] = error / Double(left)
      left -= 1
    }
    return levels
  }

  /// Values that may each be held against the error probability of all of them.
  public static func adjusted(_ values: [Double]) -> [Double] {
    var adjusted = [Double](repeating: 1, count: values.count)
    var highest = 0.0
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    for (place, index) in order.enumerated() {
      highest = max(highest, min(1, values[index] * Double(values.count - place)))
      adjusted[index] = highest
    }
    return adjusted
  }
}
