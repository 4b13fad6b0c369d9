import Foundation

/// The one finding of a workload that a reader takes home.
struct Headline {
  var workload: String
  /// The implementation that is fastest over all cases, by the geometric mean of its ratios to the
  /// naive row.
  var winner: String
  var baseline: String
  /// Its ratios to the naive row, least to most, with their cases.
  var least: (times: Double, case: String)
  var most: (times: Double, case: String)
  /// The most that it reaches, and where: of the limit or, where that is far away, bytes a second.
  var best: (text: String, case: String)?

  /// One for each workload in which something was measured besides the naive row.
  static func all(of run: RunResult) -> [Headline] {
    run.rows.map(\.address.workload).uniqued(by: \.self).compactMap { Headline($0, of: run) }
  }

  private init?(_ id: String, of run: RunResult) {
    guard let workload = Workload.all.first(where: { $0.id == id }) else { return nil }
    let rows = run.rows.filter { $0.address.workload == id }
    let cases = rows.map(\.address.case).uniqued(by: \.self).count
    var found: (name: String, mean: Double, ratios: [(times: Double, case: String)])?
    for name in rows.map(\.address.implementation).uniqued(by: \.self)
    where name != workload.baseline && name != Implementation.memcpy.id {
      let ratios = rows.filter { $0.address.implementation == name }.compactMap { row in
        run.timesBaseline(row).map { (times: $0, case: row.address.case) }
      }
      guard ratios.count == cases, cases > 0 else { continue }
      // Of the logarithms: the order is that of the geometric means.
      let mean = ratios.reduce(0) { $0 + log($1.times) } / Double(cases)
      if mean > found?.mean ?? -.infinity { found = (name, mean, ratios) }
    }
    guard let found else { return nil }
    self.workload = id
    winner = found.name
    baseline = workload.baseline
    least = found.ratios.min { $0.times < $1.times }!
    most = found.ratios.max { $0.times < $1.times }!
    let own = rows.filter { $0.address.implementation == found.name }
    if let row = own.max(by: { $0.shareOfLimit ?? 0 < $1.shareOfLimit ?? 0 }),
      let share = row.shareOfLimit, share > 0.25
    {
      best = ("\(Figures.percent(share)) of what this CPU can do", row.address.case)
    } else if let row = own.max(by: {
      $0.measurement?.throughput ?? 0 < $1.measurement?.throughput ?? 0
    }), let measurement = row.measurement {
      best = ("\(Figures.gigabytes(measurement.throughput)) GB/s", row.address.case)
    }
  }

  var card: ReportBlock.Card {
    let range =
      least.case == most.case
      ? Figures.times(most.times)
      : "\(Figures.times(least.times).dropLast())–\(Figures.times(most.times))"
    var text: Prose =
      "the speed of \(code: baseline), by \(code: winner): least on \(code: least.case), most on \(code: most.case)"
    if let best {
      text =
        text
        + "; up to \(best.text) (\(code: best.case))"
    }
    return ReportBlock.Card(title: workload, figure: range, text: text + ".")
  }
}
