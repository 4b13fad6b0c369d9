import OptlabBasics

/// An entry of the `customSmallerIsBetter` tool of github-action-benchmark.
///
/// Source: benchmark-action/github-action-benchmark, README, "Custom benchmark".
struct GitHubActionBenchmark: Encodable {
  var name: String
  var unit: String
  var value: Double
  /// Shown beside the value.
  var range: String
  /// Shown in the chart's tooltip.
  var extra: String

  init(_ exported: ExportedRow) {
    let cost = exported.measurement.costPerUnit
    name = exported.name
    unit = exported.costUnit
    value = cost.median
    let marks = exported.measurement.marks
    range = (["± \(Figures.percent(cost.relativeSpread))"] + marks).joined(separator: ", ")
    extra = [
      marks.isEmpty ? nil : "\(marks.joined(separator: ", ")): to be compared with nothing",
      "\(exported.unit.throughput(exported.measurement.throughput)) \(exported.unit.throughputTitle)",
      exported.row.shareOfLimit.map { "\(Figures.percent($0)) of limit" },
      "\(cost.sorted.count) samples, source \(exported.measurement.source.rawValue)",
    ].compactMap(\.self).joined(separator: "\n")
  }
}
