/// Costs over sizes, both on logarithmic axes, with bands around the lines.
struct LineChart {
  struct Point {
    var x: Double
    var y: Double
    /// The band: quartiles.
    var low: Double
    var high: Double
    /// Drawn hollow: there is something to know about it.
    var isDoubtful: Bool
    /// What is said when one points at it.
    var tip: String
  }

  struct Series {
    var name: String
    var style: SeriesStyle
    var points: [Point]
  }

  /// What nothing can be better than, drawn as a dotted line.
  struct Bound {
    var name: String
    var points: [(x: Double, y: Double)]
  }

  var title: String
  var subtitle: String
  var description: String
  var xTitle: String
  var yTitle: String
  /// The places on the x axis that have a name.
  var xTicks: [(value: Double, label: String)]
  var series: [Series]
  var bounds: [Bound]

  /// - Parameter width: with labels beside the lines from 700 on, with a legend below otherwise.
  func drawing(width: Double) -> Drawing? {
    let all = series.flatMap(\.points)
    guard let leftmost = all.map(\.x).min(), let rightmost = all.map(\.x).max() else { return nil }
    let values = all.flatMap { [$0.low, $0.high, $0.y] } + bounds.flatMap { $0.points.map(\.y) }
    let yDomain = values.min()! * 0.86...values.max()! * 1.16

    let isWide = width >= 700
    let entries = legend
    let labelWidth = entries.map { TextStyle.name.width($0.name) }.max() ?? 0
    let titleLines = TextStyle.title.wrap(title, width: width - 36)
    let subtitleLines = TextStyle.subtitle.wrap(subtitle, width: width - 36)
    let top = 18 + Double(titleLines.count) * 22 + Double(subtitleLines.count) * 18 + 34
    let plotHeight = isWide ? max(430, Double(entries.count) * 18 + 20) : 300
    let bottom = top + plotHeight
    let left = isWide ? 62.0 : 50
    let right = width - (isWide ? labelWidth + 76 : 18)
    let legendColumns = max(1, Int((width - 36) / (labelWidth + 46)))
    let legendRows = isWide ? 0 : (entries.count + legendColumns - 1) / legendColumns
    let height = bottom + 56 + (legendRows > 0 ? Double(legendRows) * 21 + 10 : 0)

    let x = Axis(
      scale: .logarithmic, domain: leftmost...rightmost, start: left + 14, end: right - 14)
    let y = Axis(scale: .logarithmic, domain: yDomain, start: bottom, end: top)
    var drawing = Drawing(width: width, height: height, title: title, description: description)
    drawing.heading(title: titleLines, subtitle: subtitleLines)

    drawing.text(yTitle, x: 18, y: top - 14, .axis)
    for tick in Axis.logarithmicTicks(in: yDomain, count: isWide ? 14 : 10) {
      drawing.line(left, y.place(tick), right, y.place(tick), "ol-grid")
      drawing.text(Axis.label(tick), x: left - 8, y: y.place(tick) + 4, .tick, anchor: .end)
    }
    var free = -Double.infinity
    for tick in xTicks where (leftmost...rightmost).contains(tick.value) {
      let place = x.place(tick.value)
      let half = TextStyle.tick.width(tick.label) / 2
      drawing.line(place, top, place, bottom, "ol-grid")
      guard place - half > free else { continue }
      drawing.text(tick.label, x: place, y: bottom + 20, .tick, anchor: .middle)
      free = place + half + 6
    }
    drawing.text(xTitle, x: (left + right) / 2, y: bottom + 42, .axis, anchor: .middle)

    draw(into: &drawing, x: x, y: y)
    if isWide {
      drawLabels(into: &drawing, x: x, y: y, right: right, range: top + 6...bottom - 6)
    } else {
      for (index, entry) in entries.enumerated() {
        let column = Double(index % legendColumns) * (width - 36) / Double(legendColumns)
        let row = bottom + 70 + Double(index / legendColumns) * 21
        drawKey(entry, into: &drawing, x: 18 + column, y: row)
      }
    }
    return drawing
  }

  // MARK: Lines

  private func draw(into drawing: inout Drawing, x: Axis, y: Axis) {
    for bound in bounds {
      drawing.part(tip: bound.name) {
        $0.path(bound.points.map { (x.place($0.x), y.place($0.y)) }, "ol-limit")
      }
    }
    for one in series {
      let above = one.points.map { (x.place($0.x), y.place($0.high)) }
      let below = one.points.reversed().map { (x.place($0.x), y.place($0.low)) }
      drawing.path(above + below, closed: true, "ol-band ol-s-\(one.style.colour)")
    }
    for one in series {
      drawing.path(one.points.map { (x.place($0.x), y.place($0.y)) }, one.style.lineClasses)
    }
    for one in series {
      for point in one.points {
        drawing.part(tip: point.tip) {
          $0.marker(
            one.style.marker, x: x.place(point.x), y: y.place(point.y),
            one.style.markerClasses(hollow: point.isDoubtful))
        }
      }
    }
  }

  // MARK: Labels

  private struct Entry {
    var name: String
    /// nil is a bound.
    var style: SeriesStyle?
    var last: (x: Double, y: Double)
  }

  private var legend: [Entry] {
    series.compactMap { one in
      one.points.last.map { Entry(name: one.name, style: one.style, last: ($0.x, $0.y)) }
    }
      + bounds.compactMap { bound in
        bound.points.last.map { Entry(name: bound.name, style: nil, last: $0) }
      }
  }

  private func drawLabels(
    into drawing: inout Drawing, x: Axis, y: Axis, right: Double, range: ClosedRange<Double>
  ) {
    let entries = legend
    let places = LabelLayout.spread(entries.map { y.place($0.last.y) }, distance: 18, in: range)
    for (entry, place) in zip(entries, places) {
      let from = (x: x.place(entry.last.x) + 6, y: y.place(entry.last.y))
      drawing.path(
        [from, (right + 2, from.y), (right + 18, place), (right + 24, place)],
        entry.style.map { "ol-leader ol-s-\($0.colour)" } ?? "ol-leader ol-limit-leader")
      drawKey(entry, into: &drawing, x: right + 28, y: place)
    }
  }

  private func drawKey(_ entry: Entry, into drawing: inout Drawing, x: Double, y: Double) {
    drawing.path([(x, y), (x + 26, y)], entry.style?.lineClasses ?? "ol-limit")
    if let style = entry.style {
      drawing.marker(style.marker, x: x + 13, y: y, style.markerClasses(hollow: false))
    }
    drawing.text(
      entry.name, x: x + 33, y: y + 4.5, .name, also: entry.style.map { "ol-s-\($0.colour)" } ?? "")
  }
}

extension Drawing {
  /// Title and subtitle in the top left corner.
  mutating func heading(title: [String], subtitle: [String]) {
    var y = 30.0
    for line in title {
      text(line, x: 18, y: y, .title)
      y += 22
    }
    for line in subtitle {
      text(line, x: 18, y: y - 1, .subtitle)
      y += 18
    }
  }
}
