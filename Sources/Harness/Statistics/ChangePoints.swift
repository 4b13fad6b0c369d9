import Foundation

/// Where a series goes on at another level.
///
/// Source: Sen and Srivastava, "On tests for detecting change in mean", Annals of Statistics 3, 1975,
/// for one change; Vostrikova, "Detecting disorder in multidimensional random processes", Soviet
/// Mathematics Doklady 24, 1981, for several: the series is split at the surest change, and each part
/// looked at again. That performance has few jumps and no drift: Daly et al., "The use of change point
/// detection to identify software performance regressions in a continuous integration system", ICPE
/// 2020.
public enum ChangePoints {
  public struct Change: Sendable, Equatable {
    /// The first value at the new level.
    public var index: Int
    /// How far the new level, until the next change, lies above that since the last one.
    public var shift: Double
    /// Of a jump this large where there is none, corrected for the places where it could have been.
    public var probability: Double
  }

  /// The least number of values on each side of a change.
  public static let fewest = Shift.fewestBlocks

  /// - Parameters:
  ///   - error: probability of finding a change in a series that has none.
  ///   - minimumShift: changes smaller than this are none.
  /// - Returns: in ascending order.
  public static func find(
    _ values: [Double], error: Double, minimumShift: Double = 0
  ) -> [Change] {
    func search(_ part: Range<Int>) -> [Change] {
      let places =
        part.lowerBound + fewest..<max(part.lowerBound + fewest, part.upperBound - fewest + 1)
      let candidates = places.map { place in
        let shift = Shift(
          ofOneSpreadFrom: Array(values[part.lowerBound..<place]),
          to: Array(values[place..<part.upperBound]))
        return Change(
          index: place, shift: shift.value,
          probability: min(1, shift.probability(of: 0) * Double(places.count)))
      }
      // The surest; of several that are certain, the largest.
      let best = candidates.filter { abs($0.shift) >= minimumShift }
        .min { ($0.probability, -abs($0.shift)) < ($1.probability, -abs($1.shift)) }
      guard let best, best.probability <= error else { return [] }
      return search(part.lowerBound..<best.index) + [best]
        + search(best.index..<part.upperBound)
    }
    var changes = search(0..<values.count)
    let ends = [0] + changes.map(\.index) + [values.count]
    let levels = zip(ends, ends.dropFirst()).map { start, end in
      values[start..<end].reduce(0, +) / Double(end - start)
    }
    for index in changes.indices { changes[index].shift = levels[index + 1] - levels[index] }
    return changes
  }
}
