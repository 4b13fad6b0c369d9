import Foundation
import OptlabBasics
import OptlabStatistics

extension History {
  /// One line an address: first, last, the way between them, and its jumps.
  public func text() -> String {
    var table = TextTable([
      ("address", .left), ("runs", .right), ("first", .right), ("last", .right),
      ("change", .right), ("over time", .left), ("jumps", .left),
    ])
    for one in series {
      table.add([
        one.address.description, "\(one.points.count)",
        Figures.significant(one.points.first!.cost), Figures.significant(one.points.last!.cost),
        Figures.signedPercent(one.trend), one.sparkline,
        one.changes.map { one.text($0) }.joined(separator: "; "),
      ])
    }
    var text = "\(machine.name) (\(machine.id)), \(runs) runs, \(unit) "
    text += "(\(source.rawValue))\n\(table.text)\n"
    let jumps = series.reduce(0) { $0 + $1.changes.count }
    let longest = series.map(\.points.count).max() ?? 0
    text +=
      longest < 2 * ChangePoints.fewest
      ? "jumps: \(2 * ChangePoints.fewest) runs are needed to tell one from noise, and there are "
        + "\(longest)\n"
      : "jumps: \(jumps), each between levels of \(ChangePoints.fewest) runs or more; "
        + "\(Figures.percent(Self.error)) is the risk that one of all of them is none\n"
    for line in leftOut { text += "left out: \(line)\n" }
    return text
  }
}

extension History.Series {
  private static let bars = Array("▁▂▃▄▅▆▇█")
  /// The least range that fills the height, as a share: noise is not to look like news.
  private static let leastRange = 0.02
  private static let widest = 40

  /// A bar a run, the latest 40; low is fast.
  var sparkline: String {
    let costs = points.suffix(Self.widest).map(\.cost)
    let (low, high) = (costs.min()!, costs.max()!)
    let range = max(high - low, low * Self.leastRange)
    return String(
      costs.map { cost in
        Self.bars[min(Self.bars.count - 1, Int((cost - low) / range * Double(Self.bars.count)))]
      })
  }

  /// `+4.9% at 2026-11-25 09:12 (0123abcd)`.
  func text(_ change: ChangePoints.Change) -> String {
    let point = points[change.index]
    let commit = point.commit.map { " (\($0.prefix(8)))" } ?? ""
    return "\(Figures.signedPercent(exp(change.shift) - 1)) at \(point.started.minute)\(commit)"
  }
}

extension Date {
  /// In UTC: `2026-11-25 09:12`.
  var minute: String {
    String(
      ISO8601Format(.iso8601(timeZone: .gmt, dateTimeSeparator: .space)).prefix(16))
  }
}
