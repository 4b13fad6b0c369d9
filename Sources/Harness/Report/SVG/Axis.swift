import Foundation

/// One direction of a chart: values to places.
struct Axis {
  enum Scale { case linear, logarithmic }

  let scale: Scale
  /// Of the values; above 0 where the scale is logarithmic.
  let domain: ClosedRange<Double>
  /// Where the domain's ends are drawn; the second may be the smaller one.
  let start: Double
  let end: Double

  func place(_ value: Double) -> Double {
    func step(_ value: Double) -> Double { scale == .linear ? value : log2(value) }
    let (low, high) = (step(domain.lowerBound), step(domain.upperBound))
    guard high > low else { return (start + end) / 2 }
    let clamped = min(max(value, domain.lowerBound), domain.upperBound)
    return start + (step(clamped) - low) / (high - low) * (end - start)
  }

  /// Steps of 1, 2 or 5 times a power of ten from 0 up to the first one at or above `most`, at most
  /// `count` of them after 0.
  static func linearTicks(upTo most: Double, count: Int) -> [Double] {
    guard most > 0, most.isFinite else { return [0, 1] }
    var power = pow(10, (log10(most / Double(count))).rounded(.down))
    while true {
      for factor in [1.0, 2, 5] {
        let steps = (most / (factor * power) - 1e-9).rounded(.up)
        if steps <= Double(count) {
          return (0...Int(max(1, steps))).map { Double($0) * factor * power }
        }
      }
      power *= 10
    }
  }

  /// The numbers 1, 2 and 5 times a power of ten that lie in the domain; powers of ten alone where
  /// that would be more than `count`.
  static func logarithmicTicks(in domain: ClosedRange<Double>, count: Int) -> [Double] {
    let powers =
      Int(
        log10(domain.lowerBound).rounded(.down))...Int(
        log10(domain.upperBound).rounded(.up))
    for factors in [[1.0, 2, 5], [1.0]] {
      let ticks = powers.flatMap { power in
        factors.map { power < 0 ? $0 / pow(10, Double(-power)) : $0 * pow(10, Double(power)) }
      }.filter { domain.contains($0) }
      if ticks.count <= count || factors.count == 1 { return ticks }
    }
    return []
  }

  /// Of a tick: as few digits as it needs.
  static func label(_ value: Double) -> String {
    guard value != 0 else { return "0" }
    let digits = max(0, 1 - Int(log10(abs(value)).rounded(.down)))
    var text = String(format: "%.\(min(digits, 6))f", value)
    if text.contains(".") {
      while text.last == "0" { text.removeLast() }
      if text.last == "." { text.removeLast() }
    }
    return text
  }
}

/// Keeps labels apart that want to stand in the same place.
enum LabelLayout {
  /// Places in the order of the wishes, at least `distance` apart and as near to the wishes as that
  /// allows, within `range` as far as there is room.
  static func spread(_ wishes: [Double], distance: Double, in range: ClosedRange<Double>)
    -> [Double]
  {
    struct Cluster {
      var members: [Int]
      /// The sum of where the first member would have to be, for each of them to get its wish.
      var sum: Double
      var first: Double { sum / Double(members.count) }
    }
    let order = wishes.indices.sorted { (wishes[$0], $0) < (wishes[$1], $1) }
    var clusters: [Cluster] = []
    for index in order {
      clusters.append(Cluster(members: [index], sum: wishes[index]))
      while clusters.count > 1 {
        let (above, below) = (clusters[clusters.count - 2], clusters[clusters.count - 1])
        let length = Double(above.members.count) * distance
        guard above.first + length > below.first else { break }
        clusters.removeLast(2)
        clusters.append(
          Cluster(
            members: above.members + below.members,
            sum: above.sum + below.sum - length * Double(below.members.count)))
      }
    }
    var places = wishes
    for cluster in clusters {
      for (offset, index) in cluster.members.enumerated() {
        places[index] = cluster.first + Double(offset) * distance
      }
    }
    // Both ends hold: pushed up from below, then down from above.
    var floor = range.upperBound
    for index in order.reversed() {
      places[index] = min(places[index], floor)
      floor = places[index] - distance
    }
    var ceiling = range.lowerBound
    for index in order {
      places[index] = max(places[index], ceiling)
      ceiling = places[index] + distance
    }
    return places
  }
}
