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
        one.points.first!.text, one.points.last!.text,
        (one.isTrendMarked ? "~" : "") + Figures.signedPercent(one.trend), one.sparkline,
        one.changes.map { one.text($0) }.joined(separator: "; "),
      ])
    }
    var text = "\(machine.name) (\(machine.id)), \(runs) runs, \(unit) "
    text += "(\(source.rawValue))\n\(table.text)\n"
    let jumps = series.reduce(0) { $0 + $1.changes.count }
    let longest = series.map { $0.points.count { !$0.isMarked } }.max() ?? 0
    let hasMarks = series.contains { $0.points.contains(where: \.isMarked) }
    text +=
      longest < 2 * ChangePoints.fewest
      ? "jumps: \(2 * ChangePoints.fewest) runs are needed to tell one from noise, and there are "
        + "\(longest)\(hasMarks ? " without a mark" : "")\n"
      : "jumps: \(jumps), each between levels of \(ChangePoints.fewest) runs or more; "
        + "\(Figures.percent(Self.error)) is the risk that one of all of them is none\n"
    if hasMarks {
      text +=
        "~: of a run in which the row is contended or unstable; no jump is made of one. Measure again "
        + "on a quieter machine (harness noise), or with more --time\n"
    }
    for line in leftOut { text += "left out: \(line)\n" }
    return text
  }
}

extension History.Series {
  private static let bars = Array("▁▂▃▄▅▆▇█")
  /// The least range that fills the height, as a share: noise is not to look like news.
  private static let leastRange = 0.02
  private static let widest = 40

  /// A bar a run, the latest 40; low is fast. `~` for one with a mark, whose height would say nothing.
  var sparkline: String {
    let shown = points.suffix(Self.widest)
    let costs = shown.filter { !$0.isMarked }.map(\.cost)
    let (low, high) = (costs.min() ?? 0, costs.max() ?? 0)
    let range = max(high - low, low * Self.leastRange)
    return String(
      shown.map { point in
        guard !point.isMarked else { return "~" }
        let height = Int((point.cost - low) / range * Double(Self.bars.count))
        return Self.bars[min(Self.bars.count - 1, height)]
      })
  }

  /// `+4.9% at 2026-11-25 09:12 (0123abcd)`.
  func text(_ change: ChangePoints.Change) -> String {
    let point = points[change.index]
    let commit = point.commit.map { " (\($0.prefix(8)))" } ?? ""
    return "\(Figures.signedPercent(exp(change.shift) - 1)) at \(point.started.minute)\(commit)"
  }
}

extension History.Point {
  /// `0.1607`, `~0.1607`.
  var text: String { (isMarked ? "~" : "") + Figures.significant(cost) }
}

extension Date {
  /// In UTC: `2026-11-25 09:12`.
  var minute: String {
    String(
      ISO8601Format(.iso8601(timeZone: .gmt, dateTimeSeparator: .space)).prefix(16))
  }
}
