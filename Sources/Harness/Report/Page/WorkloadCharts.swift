import OptlabBasics
import OptlabLab
import OptlabMeasure

/// The pictures of one workload.
struct WorkloadCharts {
  let workload: String
  let rows: [RunResult.Row]
  let report: RunReport

  private static let wide = 1040.0
  private static let narrow = 348.0

  var figures: [ReportBlock.Figure] {
    facts.charts.compactMap { chart in
      switch chart {
      case .costOverSize: costs
      case .shareOfLimit: limits
      case .throughput: throughput
      }
    }
  }

  private var run: RunResult { report.run }
  /// Of a workload that nothing is known of: bars of its throughput.
  private var facts: WorkloadFacts {
    run.facts(workload) ?? WorkloadFacts(id: workload, baseline: "")
  }
  private var unit: WorkUnit { facts.unit }
  private var implementations: [String] { rows.map(\.address.implementation).uniqued(by: \.self) }
  private var cases: [String] { rows.map(\.address.case).uniqued(by: \.self) }

  private func row(_ implementation: String, _ name: String) -> RunResult.Row? {
    rows.first { $0.address.implementation == implementation && $0.address.case == name }
  }

  private func figure(
    _ name: String, caption: Prose, drawing: (_ width: Double) -> Drawing?
  ) -> ReportBlock.Figure? {
    guard let wide = drawing(Self.wide), let narrow = drawing(Self.narrow) else { return nil }
    return ReportBlock.Figure(
      name: report.anchor("\(workload)-\(name)"), wide: wide, narrow: narrow,
      caption: caption + missing)
  }

  /// Which implementations have no figure at all, and why.
  private var missing: Prose {
    let reasons = implementations.compactMap { name -> Prose? in
      let own = rows.filter { $0.address.implementation == name }
      guard own.allSatisfy({ $0.measurement == nil }), let first = own.first else { return nil }
      switch first.outcome {
      case .measured: return nil
      case .failed: return "\(code: name) (FAIL)"
      case .ineligible(let reason), .unprepared(let reason): return "\(code: name) (\(reason))"
      }
    }
    return reasons.isEmpty ? "" : " Not drawn: " + .joined(reasons, separator: "; ") + "."
  }

  private static let doubt: Prose =
    "Hollow marks, and ~ before a figure, are rows that are contended or unstable."

  /// In front of a row's figures, as in a ladder.
  private func mark(_ measurement: Measurement) -> String { measurement.isMarked ? "~" : "" }

  /// `0.1607 cycles/byte (95 %: 0.1605 to 0.1610)`.
  private func tip(_ row: RunResult.Row, _ measurement: Measurement) -> String {
    let cost = measurement.costPerUnit
    let interval = cost.medianInterval(confidence: 0.95).map {
      " (95 %: \(Figures.significant($0.lowerBound)) to \(Figures.significant($0.upperBound)))"
    }
    return
      ([
        "\(row.address): \(mark(measurement))\(Figures.significant(cost.median)) "
          + measurement.source.cost(of: unit) + (interval ?? ""),
        "\(mark(measurement))\(unit.throughput(measurement.throughput)) \(unit.throughputTitle)",
        row.shareOfLimit.map { "\(Figures.percent($0)) of the limit" },
      ] as [String?]).compactMap(\.self).joined(separator: ", ")
  }

  // MARK: Cost over size

  private var sizeTitle: String { facts.sizeTitle ?? "size" }

  private var costs: ReportBlock.Figure? {
    let sizes = cases.compactMap { name in ByteCount.parse(name).map { (name: name, bytes: $0) } }
      .filter { $0.bytes > 0 }
      .sorted { $0.bytes < $1.bytes }
    guard sizes.count > 1 else { return nil }
    let series = implementations.compactMap { name -> LineChart.Series? in
      let points = sizes.compactMap { size -> LineChart.Point? in
        guard let row = row(name, size.name), let measurement = row.measurement else { return nil }
        let cost = measurement.costPerUnit
        guard cost.lowerQuartile > 0 else { return nil }
        return LineChart.Point(
          x: Double(size.bytes), y: cost.median, low: cost.lowerQuartile,
          high: cost.upperQuartile, isDoubtful: measurement.isMarked,
          tip: tip(row, measurement))
      }
      return points.isEmpty
        ? nil : LineChart.Series(name: name, style: report.styles[name]!, points: points)
    }
    let limit = sizes.compactMap { size -> (x: Double, y: Double, name: String)? in
      // Every row that does the work has the same limit; one that does not has another.
      let limits = rows.filter {
        $0.address.case == size.name && !run.isYardstick($0.address)
      }.compactMap(\.limit)
      return limits.max { $0.costPerUnit < $1.costPerUnit }
        .map { (Double(size.bytes), $0.costPerUnit, $0.name) }
    }.filter { $0.y > 0 }
    let loops = limit.map(\.name).uniqued(by: \.self)
    let chart = LineChart(
      title: "\(workload): cost of a \(unit.name) over the \(sizeTitle)",
      subtitle: report.chartSubtitle,
      description: description(unit: run.source.cost(of: unit), cases: sizes.map(\.name)) { size in
        series.compactMap { one in
          row(one.name, size)?.measurement.map {
            (one.name, mark($0) + Figures.significant($0.costPerUnit.median))
          }
        }
      },
      xTitle: sizeTitle, yTitle: "\(run.source.cost(of: unit)) (\(run.source.rawValue))",
      xTicks: sizes.map { (Double($0.bytes), $0.name) },
      series: series,
      bounds: limit.count > 1
        ? [LineChart.Bound(name: "limit", points: limit.map { ($0.x, $0.y) })] : [])
    let others = cases.filter { ByteCount.parse($0) == nil }
    return figure(
      "cycles",
      caption:
        "Lower is better; both axes are logarithmic, so that equal distances are equal ratios. Bands hold the middle half of the samples; where none is seen, it is narrower than the line. \(Self.doubt)"
        + (limit.count > 1
          ? " The dotted line is the limit: what this CPU can do at best (\(loops.joined(separator: "; ")))."
          : "")
        + (others.isEmpty
          ? "" : " Without a place on the axis: \(others.joined(separator: ", ")).")
    ) { chart.drawing(width: $0) }
  }

  // MARK: Share of the limit

  private var limits: ReportBlock.Figure? {
    let shown = implementations.filter { !facts.yardsticks.contains($0) }
    let bars = shown.compactMap { name -> BarGrid.Row? in
      let cells = cases.map { size -> BarGrid.Cell? in
        guard let row = row(name, size), let measurement = row.measurement,
          let limit = row.limitCost,
          let share = row.shareOfLimit
        else { return nil }
        let interval = measurement.costPerUnit.medianInterval(confidence: 0.95)
        return BarGrid.Cell(
          value: share, low: interval.map { limit / $0.upperBound },
          high: interval.map { limit / $0.lowerBound }, label: Figures.percent(share),
          isDoubtful: measurement.isMarked, tip: tip(row, measurement))
      }
      return cells.allSatisfy { $0 == nil }
        ? nil : BarGrid.Row(name: name, style: report.styles[name]!, cells: cells)
    }
    let most = bars.flatMap(\.cells).compactMap { $0?.high ?? $0?.value }.max() ?? 0
    let grid = BarGrid(
      title: "\(workload): share of what this CPU can do at best",
      subtitle: report.chartSubtitle,
      description: description(of: bars, unit: "of the limit"),
      columns: cases, rows: bars,
      ticks: [(0, "0"), (0.5, "50"), (max(1, most), most > 1.005 ? "" : "100 %")])
    return figure(
      "limit",
      caption:
        "Longer is better: a full column is the limit, measured in the same run by \(facts.limitLoops ?? "loops that do a part of the work and nothing else"). Whiskers are the 95 % interval of the median, where it is wide enough to be seen. A dash: nothing measured, no limit, or a row that is contended or unstable."
    ) { grid.drawing(width: $0) }
  }

  // MARK: Throughput

  private var throughput: ReportBlock.Figure? {
    let shown = implementations.filter { !facts.yardsticks.contains($0) }
    let bars = shown.compactMap { name -> BarGrid.Row? in
      let cells = cases.map { payload -> BarGrid.Cell? in
        guard let row = row(name, payload), let measurement = row.measurement else { return nil }
        let seconds = measurement.secondsPerCall
        let interval = seconds.medianInterval(confidence: 0.95)
        let units = Double(measurement.unitsPerCall) / unit.throughputScale
        let times = run.timesBaseline(row).map { ", \(Figures.times($0)) the naive row" } ?? ""
        return BarGrid.Cell(
          value: measurement.throughput / unit.throughputScale,
          low: interval.map { units / $0.upperBound },
          high: interval.map { units / $0.lowerBound },
          label: mark(measurement) + unit.shortThroughput(measurement.throughput),
          isDoubtful: measurement.isMarked, tip: tip(row, measurement) + times)
      }
      return cells.allSatisfy { $0 == nil }
        ? nil : BarGrid.Row(name: name, style: report.styles[name]!, cells: cells)
    }
    let most = bars.flatMap(\.cells).compactMap { $0?.high ?? $0?.value }.max() ?? 0
    let ticks = Axis.linearTicks(upTo: most, count: 4)
    let grid = BarGrid(
      title: "\(workload): throughput by case, \(unit.throughputTitle)",
      subtitle: report.chartSubtitle,
      description: description(of: bars, unit: unit.throughputTitle),
      columns: cases, rows: bars, ticks: ticks.map { ($0, Axis.label($0)) }, leastLength: 90)
    return figure(
      "throughput",
      caption:
        "Longer is better: \(unit.isByte ? "gigabytes (10⁹ bytes)" : "millions of \(unit.plural)") a second, on one scale for all cases. Whiskers are the 95 % interval of the median, where it is wide enough to be seen. Pale bars, and ~ before a figure, are rows that are contended or unstable."
    ) { grid.drawing(width: $0) }
  }

  private func description(of bars: [BarGrid.Row], unit: String) -> String {
    description(unit: unit, cases: cases) { one in
      let column = cases.firstIndex(of: one)!
      return bars.compactMap { bar in bar.cells[column].map { (bar.name, $0.label) } }
    }
  }

  /// For those who do not see the picture: the figures of its last case that has any, and of no other.
  private func description(
    unit: String, cases: [String], values: (_ case: String) -> [(name: String, text: String)]
  ) -> String {
    let last = cases.map { ($0, values($0)) }.last { !$0.1.isEmpty }
    let figures = last.map { name, values in
      "At \(name), \(unit): "
        + values.map { "\($0.name) \($0.text)" }.joined(separator: ", ") + ". "
    }
    return (figures ?? "") + "The table below the picture has every figure."
  }
}
