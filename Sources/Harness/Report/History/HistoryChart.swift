import Foundation
import OptlabBasics

extension History {
  /// A drawing with a small chart for each address, readable on light and dark grounds.
  public func svg() -> String {
    HistoryChart(history: self).drawing.file(id: "history")
  }
}

/// Small multiples: the same frame for each address, each with a scale of its own.
private struct HistoryChart {
  let history: History

  private static let columns = 3
  private static let panel = (width: 340.0, height: 140.0)
  private static let head = 64.0
  /// Of a panel, around its plot.
  private static let margin = (left: 62.0, right: 14.0, top: 28.0, bottom: 26.0)
  /// More would run into one another.
  private static let mostDots = 40

  private var hasMarks: Bool {
    history.series.contains { $0.points.contains(where: \.isMarked) }
  }

  var drawing: Drawing {
    let rows = (history.series.count + Self.columns - 1) / Self.columns
    let columns = min(Self.columns, max(1, history.series.count))
    var drawing = Drawing(
      width: max(2, Double(columns)) * Self.panel.width + 16,
      height: Self.head + Double(rows) * Self.panel.height + 8,
      title: "\(history.machine.name): \(history.unit) over time",
      description:
        "\(history.series.count) charts, one an address: the median of each run, the band of its "
        + "blocks, and dotted lines where the level jumps."
        + (hasMarks ? " Hollow dots are of runs in which the row is contended or unstable." : ""))
    let span = history.series.flatMap(\.points).map(\.started)
    let from = span.min().map { $0.minute + " to " + span.max()!.minute + " UTC" } ?? ""
    drawing.text(drawing.title, x: 18, y: 28, .title)
    drawing.text(
      "\(history.runs) runs, \(from); bands: lowest and highest block; dotted: jumps"
        + (hasMarks ? "; hollow: contended or unstable" : ""), x: 18, y: 48,
      .subtitle)
    for (index, series) in history.series.enumerated() {
      let x = 8 + Double(index % Self.columns) * Self.panel.width
      let y = Self.head + Double(index / Self.columns) * Self.panel.height
      drawing.part(tip: tip(series)) { draw(series, into: &$0, x: x, y: y) }
    }
    return drawing
  }

  private func tip(_ series: History.Series) -> String {
    "\(series.address): \(series.points.first!.text) at first, "
      + "\(series.points.last!.text) at last"
      + series.changes.map { "; jump \(series.text($0))" }.joined()
  }

  private func draw(_ series: History.Series, into part: inout Drawing, x: Double, y: Double) {
    let points = series.points
    let (left, right) = (x + Self.margin.left, x + Self.panel.width - Self.margin.right)
    let (top, bottom) = (y + Self.margin.top, y + Self.panel.height - Self.margin.bottom)
    let low = points.map(\.lowest).min()!
    let high = points.map(\.highest).max()!
    // Two per cent at least, so that noise does not fill the frame.
    let middle = (low + high) / 2
    let range = max(high - low, middle * 0.02) * 1.1
    let levels = Axis(
      scale: .linear, domain: middle - range / 2...middle + range / 2, start: bottom, end: top)
    func place(_ index: Int) -> Double {
      points.count == 1
        ? (left + right) / 2
        : left + (right - left) * Double(index) / Double(points.count - 1)
    }
    part.text(series.address.description, x: x + 10, y: y + 18, .name)
    for cost in [middle + range / 2.2, middle - range / 2.2] {
      let y = levels.place(cost)
      part.line(left, y, right, y, "ol-grid")
      part.text(Figures.significant(cost), x: left - 5, y: y + 4, .tick, anchor: .end)
    }
    func path(_ level: (History.Point) -> Double) -> [(x: Double, y: Double)] {
      points.indices.map { (place($0), levels.place(level(points[$0]))) }
    }
    part.path(
      path(\.highest) + path(\.lowest).reversed(), closed: true, "ol-band ol-s-\(Self.colour)")
    part.path(path(\.cost), "ol-line ol-s-\(Self.colour)")
    for (point, (x, y)) in zip(points, path(\.cost))
    where points.count <= Self.mostDots || point.isMarked {
      part.marker(
        .circle, x: x, y: y,
        "ol-marker ol-s-\(Self.colour) \(point.isMarked ? "ol-hollow" : "ol-solid")")
    }
    for change in series.changes {
      let at = (place(change.index) + place(change.index - 1)) / 2
      part.line(at, top, at, bottom, "ol-limit")
      part.text(
        Figures.signedPercent(exp(change.shift) - 1), x: min(at + 3, right - 44), y: bottom + 16,
        .tick)
    }
  }

  private static let colour = ChartStyle.series[1].name
}
