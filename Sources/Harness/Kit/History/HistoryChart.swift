import Foundation

extension History {
  /// A drawing with a small chart for each address, readable on light and dark grounds.
  public func svg() -> String {
    HistoryChart(history: self).text
  }
}

/// Small multiples: the same frame for each address, each with a scale of its own.
private struct HistoryChart {
  let history: History

  private static let columns = 3
  private static let panel = (width: 320.0, height: 130.0)
  private static let head = 54.0
  /// Of a panel, around its plot.
  private static let margin = (left: 58.0, right: 14.0, top: 26.0, bottom: 22.0)

  private static let style = """
    .history { --ground: #fff; --ink: #1a1a1a; --faint: #6b6b6b; --rule: #d8d8d8; --line: #0b62a4;
      --jump: #b3261e; font: 11px system-ui, sans-serif; }
    @media (prefers-color-scheme: dark) {
      .history { --ground: #15181c; --ink: #eceff1; --faint: #a6adb4; --rule: #3a4047;
        --line: #6cb6ff; --jump: #ff8a80; }
    }
    .ground { fill: var(--ground); }
    text { fill: var(--ink); } .faint { fill: var(--faint); } .strong { font-weight: 600; }
    .frame { fill: none; stroke: var(--rule); }
    .band { fill: var(--line); opacity: 0.18; }
    .line { fill: none; stroke: var(--line); stroke-width: 1.6; }
    .dot { fill: var(--line); }
    .jump { stroke: var(--jump); stroke-dasharray: 3 2; } .jumps { fill: var(--jump); }
    """

  var text: String {
    let rows = (history.series.count + Self.columns - 1) / Self.columns
    let width = Double(min(Self.columns, max(1, history.series.count))) * Self.panel.width + 16
    let height = Self.head + Double(rows) * Self.panel.height + 8
    let title = "\(history.machine.name): \(history.source.perByte) over time"
    let span = history.series.flatMap(\.points).map(\.started)
    let from = span.min().map { $0.minute + " to " + span.max()!.minute + " UTC" } ?? ""
    var lines = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" class="history" role="img" \
      aria-labelledby="history-title history-what" viewBox="0 0 \(number(width)) \(number(height))" \
      width="\(number(width))" height="\(number(height))">
      """,
      "<title id=\"history-title\">\(escaped(title))</title>",
      """
      <desc id="history-what">\(history.series.count) charts, one an address: the median of each \
      run, the band of its blocks, and dashed lines where the level jumps.</desc>
      """,
      "<style>\(Self.style)</style>",
      "<rect class=\"ground\" width=\"100%\" height=\"100%\"/>",
      text(title, x: 12, y: 22, "strong"),
      text(
        "\(history.runs) runs, \(from); bands: lowest and highest block; dashed: jumps", x: 12,
        y: 40, "faint"),
    ]
    for (index, series) in history.series.enumerated() {
      let x = 8 + Double(index % Self.columns) * Self.panel.width
      let y = Self.head + Double(index / Self.columns) * Self.panel.height
      lines += panel(series, x: x, y: y)
    }
    return lines.joined(separator: "\n") + "\n</svg>\n"
  }

  private func panel(_ series: History.Series, x: Double, y: Double) -> [String] {
    let points = series.points
    let margin = Self.margin
    let (left, right) = (margin.left, Self.panel.width - margin.right)
    let (top, bottom) = (margin.top, Self.panel.height - margin.bottom)
    let low = points.map(\.lowest).min()!
    let high = points.map(\.highest).max()!
    // Two per cent at least, so that noise does not fill the frame.
    let middle = (low + high) / 2
    let range = max(high - low, middle * 0.02) * 1.1
    func place(_ index: Int) -> Double {
      points.count == 1
        ? (left + right) / 2
        : left + (right - left) * Double(index) / Double(points.count - 1)
    }
    func level(_ cost: Double) -> Double {
      bottom - (bottom - top) * (0.5 + (cost - middle) / range)
    }
    func path(_ steps: [(Double, Double)]) -> String {
      steps.map { "\(number($0.0)) \(number($0.1))" }.joined(separator: "L")
    }
    let what =
      "\(series.address): \(Figures.significant(points.first!.cost)) at first, "
      + "\(Figures.significant(points.last!.cost)) at last"
      + series.changes.map { "; jump \(series.text($0))" }.joined()
    var lines = [
      "<g transform=\"translate(\(number(x)) \(number(y)))\"><title>\(escaped(what))</title>",
      text(series.address.description, x: 6, y: 16, "strong"),
      """
      <rect class="frame" x="\(number(left))" y="\(number(top))" width="\(number(right - left))" \
      height="\(number(bottom - top))"/>
      """,
    ]
    for cost in [middle + range / 2.2, middle - range / 2.2] {
      lines.append(
        text(Figures.significant(cost), x: left - 4, y: level(cost) + 4, "faint", anchor: "end"))
    }
    let upper = points.indices.map { (place($0), level(points[$0].highest)) }
    let lower = points.indices.reversed().map { (place($0), level(points[$0].lowest)) }
    lines.append("<path class=\"band\" d=\"M\(path(upper + lower))Z\"/>")
    let line = points.indices.map { (place($0), level(points[$0].cost)) }
    lines.append("<path class=\"line\" d=\"M\(path(line))\"/>")
    for (px, py) in line {
      lines.append("<circle class=\"dot\" cx=\"\(number(px))\" cy=\"\(number(py))\" r=\"2\"/>")
    }
    for change in series.changes {
      let at = (place(change.index) + place(change.index - 1)) / 2
      lines.append(
        "<path class=\"jump\" d=\"M\(number(at)) \(number(top))V\(number(bottom))\"/>")
      lines.append(
        text(
          Figures.signedPercent(exp(change.shift) - 1), x: min(at + 3, right - 40),
          y: bottom + 14, "jumps"))
    }
    return lines + ["</g>"]
  }

  private func text(
    _ words: String, x: Double, y: Double, _ classes: String, anchor: String = "start"
  ) -> String {
    """
    <text class="\(classes)" x="\(number(x))" y="\(number(y))" text-anchor="\(anchor)">\
    \(escaped(words))</text>
    """
  }

  private func number(_ value: Double) -> String {
    let text = String(format: "%.1f", value)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
