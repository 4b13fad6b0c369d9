import Foundation
import OptlabBasics
import OptlabLab
import OptlabStatistics

/// The one finding of a workload that a reader takes home.
struct Headline {
  var workload: String
  /// The implementation that is fastest over all cases, by the geometric mean of its ratios to the
  /// naive row.
  var winner: String
  var baseline: String
  /// Its ratios to the naive row, least to most, with their cases.
  var least: (times: Ratio, case: String)
  var most: (times: Ratio, case: String)
  /// The most that it reaches, and where: of the limit or, where that is far away, bytes a second.
  var best: (text: String, case: String)?
  /// Cases that say nothing about it, as its row or the naive one is marked.
  var leftOut: [String]

  /// One for each workload in which something was measured besides the naive row.
  static func all(of run: RunResult) -> [Headline] {
    run.rows.map(\.address.workload).uniqued(by: \.self).compactMap { Headline($0, of: run) }
  }

  /// The speed of one implementation against the naive row.
  private typealias Ratios = [(times: Ratio, case: String)]

  private init?(_ id: String, of run: RunResult) {
    guard let workload = run.facts(id) else { return nil }
    let rows = run.rows.filter { $0.address.workload == id }
    let cases = rows.map(\.address.case).uniqued(by: \.self)
    // Only what nothing stands against, neither in the row nor in the one that it is compared with.
    var ratios: [(name: String, ratios: Ratios)] = []
    for name in rows.map(\.address.implementation).uniqued(by: \.self)
    where name != workload.baseline && !workload.yardsticks.contains(name) {
      let own = rows.filter { $0.address.implementation == name }
      guard own.count(where: { $0.measurement != nil }) == cases.count else { continue }
      let found: Ratios = own.compactMap { row in
        guard let ratio = run.timesBaseline(row), !ratio.isMarked, !row.beatsLimit else {
          return nil
        }
        return (ratio, row.address.case)
      }
      // Half of the cases at least, or it stands for them no more.
      if !found.isEmpty, found.count * 2 >= cases.count { ratios.append((name, found)) }
    }
    var fastest: [String: Double] = [:]
    for one in ratios.flatMap(\.ratios) {
      fastest[one.case] = max(fastest[one.case] ?? 0, one.times.value)
    }
    // How far it stays behind the fastest of each case, by the geometric mean over those cases that
    // it has: where all have all, the order is that of the geometric means.
    func distance(_ ratios: Ratios) -> Double {
      ratios.reduce(0) { $0 + log(fastest[$1.case]! / $1.times.value) } / Double(ratios.count)
    }
    guard let found = ratios.min(by: { distance($0.ratios) < distance($1.ratios) }) else {
      return nil
    }
    self.workload = id
    winner = found.name
    baseline = workload.baseline
    least = found.ratios.min { $0.times.value < $1.times.value }!
    most = found.ratios.max { $0.times.value < $1.times.value }!
    leftOut = cases.filter { one in !found.ratios.contains { $0.case == one } }
    let own = rows.filter { row in
      row.address.implementation == found.name && !leftOut.contains(row.address.case)
    }
    if let row = own.max(by: { $0.shareOfLimit ?? 0 < $1.shareOfLimit ?? 0 }),
      let share = row.shareOfLimit, share > 0.25
    {
      best = ("\(Figures.percent(share)) of what this CPU can do", row.address.case)
    } else if let row = own.max(by: {
      $0.measurement?.throughput ?? 0 < $1.measurement?.throughput ?? 0
    }), let measurement = row.measurement {
      best = (
        "\(workload.unit.shortThroughput(measurement.throughput)) \(workload.unit.throughputTitle)",
        row.address.case
      )
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
    if !leftOut.isEmpty {
      text = text + "; not counted, as a row is contended or unstable: "
      text = text + Prose.joined(leftOut.map { "\(code: $0)" }, separator: ", ")
    }
    return ReportBlock.Card(title: workload, figure: range, text: text + ".")
  }
}
