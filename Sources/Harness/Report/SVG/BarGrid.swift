/// Bars with intervals: a row for each implementation, a column for each case, one scale for all.
///
/// Columns that do not fit beside each other go into further bands below.
struct BarGrid {
  struct Cell {
    var value: Double
    /// The interval around it, where there is one.
    var low: Double?
    var high: Double?
    var label: String
    var isDoubtful: Bool
    var tip: String
  }

  struct Row {
    var name: String
    var style: SeriesStyle
    /// One a column; nil where there is nothing to draw.
    var cells: [Cell?]
  }

  var title: String
  var subtitle: String
  var description: String
  var columns: [String]
  var rows: [Row]
  /// From 0; the last one is the end of the scale.
  var ticks: [(value: Double, label: String)]
  /// The least length of a whole scale, where the picture is wide enough.
  var leastLength = 36.0

  private static let rowHeight = 22.0
  private static let barHeight = 11.0

  func drawing(width: Double) -> Drawing? {
    guard let most = ticks.last?.value, most > 0, !columns.isEmpty, !rows.isEmpty else {
      return nil
    }
    let titleLines = TextStyle.title.wrap(title, width: width - 36)
    let subtitleLines = TextStyle.subtitle.wrap(subtitle, width: width - 36)
    let top = 18 + Double(titleLines.count) * 22 + Double(subtitleLines.count) * 18 + 10
    let names = min(rows.map { TextStyle.name.width($0.name) }.max()! + 14, width / 2)
    let labels = rows.flatMap(\.cells).compactMap(\.self).map { TextStyle.value.width($0.label) }
    let labelWidth = (labels.max() ?? 30) + 6
    let gap = 14.0
    let least = max(
      labelWidth + (width < 700 ? 36 : leastLength) + gap,
      (columns.map { TextStyle.axis.width($0) }.max() ?? 0) + gap)
    let space = width - 36 - names
    let perBand = max(1, min(columns.count, Int((space / least).rounded(.down))))
    let bands = (columns.count + perBand - 1) / perBand
    // Evenly filled bands: 5 and 4 columns rather than 6 and 3.
    let inBand = (columns.count + bands - 1) / bands
    let columnWidth = min(space / Double(inBand), 260)
    let bandHeight = 28 + Double(rows.count) * Self.rowHeight + 34
    var drawing = Drawing(
      width: width, height: top + Double(bands) * bandHeight + 4, title: title,
      description: description)
    drawing.heading(title: titleLines, subtitle: subtitleLines)

    for (index, column) in columns.enumerated() {
      let bandTop = top + Double(index / inBand) * bandHeight
      let left = 18 + names + Double(index % inBand) * columnWidth
      let x = Axis(
        scale: .linear, domain: 0...most, start: left, end: left + columnWidth - labelWidth - gap)
      let first = bandTop + 28
      let last = first + Double(rows.count) * Self.rowHeight
      drawing.text(column, x: left, y: bandTop + 18, .axis, also: "ol-strong")
      if index % inBand == 0 {
        for (number, row) in rows.enumerated() {
          drawing.text(
            row.name, x: left - 14, y: first + Double(number) * Self.rowHeight + 15.5, .name,
            anchor: .end, also: "ol-s-\(row.style.colour)")
        }
      }
      for tick in ticks {
        drawing.line(x.place(tick.value), first, x.place(tick.value), last, "ol-grid")
      }
      drawTicks(into: &drawing, x: x, y: last + 16)
      for (number, row) in rows.enumerated() {
        draw(
          row.cells[index], style: row.style, into: &drawing, x: x,
          y: first + (Double(number) + 0.5) * Self.rowHeight,
          labelEnd: left + columnWidth - gap)
      }
    }
    return drawing
  }

  /// As many of the ticks as there is room for, the last one first.
  private func drawTicks(into drawing: inout Drawing, x: Axis, y: Double) {
    var taken: [ClosedRange<Double>] = []
    for tick in [ticks.last!, ticks[0]] + ticks.dropFirst().dropLast() {
      let half = TextStyle.tick.width(tick.label) / 2
      let extent = x.place(tick.value) - half - 3...x.place(tick.value) + half + 3
      guard !taken.contains(where: { $0.overlaps(extent) }) else { continue }
      taken.append(extent)
      drawing.text(tick.label, x: x.place(tick.value), y: y, .tick, anchor: .middle)
    }
  }

  private func draw(
    _ cell: Cell?, style: SeriesStyle, into drawing: inout Drawing, x: Axis, y: Double,
    labelEnd: Double
  ) {
    guard let cell else {
      drawing.text("–", x: labelEnd, y: y + 4.5, .tick, anchor: .end)
      return
    }
    drawing.part(tip: cell.tip) { part in
      part.rectangle(
        x: x.start, y: y - Self.barHeight / 2, width: max(1, x.place(cell.value) - x.start),
        height: Self.barHeight,
        "\(cell.isDoubtful ? "ol-bar-weak" : "ol-bar") ol-bar ol-s-\(style.colour)", radius: 1.5)
      if let low = cell.low, let high = cell.high {
        let (from, to) = (x.place(low), x.place(high))
        // An interval narrower than the line that draws it says no more than the bar's end.
        if to - from >= 2 {
          part.line(from, y, to, y, "ol-whisker")
          part.line(from, y - 3, from, y + 3, "ol-whisker")
          part.line(to, y - 3, to, y + 3, "ol-whisker")
        }
      }
      part.text(cell.label, x: labelEnd, y: y + 4.5, .value, anchor: .end)
    }
  }
}
