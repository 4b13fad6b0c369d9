import Foundation
import OptlabBasics

/// One line a row, in full precision (RFC 4180, with line feeds alone).
///
/// A text that a spreadsheet would take for a formula has an apostrophe in front, which makes it a
/// text there (OWASP, "CSV Injection"); control characters are escaped.
struct CSVTable {
  let text: String

  private static let columns: [(title: String, value: @Sendable (ExportedRow) -> String?)] = [
    ("machine", { $0.record.machine.name }),
    ("machine_id", { $0.record.machine.id }),
    ("started", { $0.record.started.formatted(.iso8601) }),
    ("commit", { $0.record.commit?.hash }),
    ("workload", { $0.row.address.workload }),
    ("case", { $0.row.address.case }),
    ("implementation", { $0.row.address.implementation }),
    ("language", { $0.row.language }),
    ("bytes_per_call", { "\($0.measurement.unitsPerCall)" }),
    ("unit", { $0.costUnit }),
    ("cycle_source", { $0.measurement.source.rawValue }),
    ("median", { "\($0.measurement.costPerUnit.median)" }),
    ("lower_quartile", { "\($0.measurement.costPerUnit.lowerQuartile)" }),
    ("upper_quartile", { "\($0.measurement.costPerUnit.upperQuartile)" }),
    ("interval95_lower", { interval($0).map { "\($0.lowerBound)" } }),
    ("interval95_upper", { interval($0).map { "\($0.upperBound)" } }),
    ("raw_median", { "\($0.measurement.rawCostPerUnit)" }),
    ("seconds_per_call", { "\($0.measurement.secondsPerCall.median)" }),
    ("bytes_per_second", { "\($0.measurement.throughput)" }),
    ("share_of_limit", { $0.row.shareOfLimit.map { "\($0)" } }),
    ("limit", { $0.row.limit?.name }),
    ("times_naive", { $0.record.run.timesBaseline($0.row)?.unmarked.map { "\($0)" } }),
    ("samples", { "\($0.measurement.costPerUnit.sorted.count)" }),
    ("clean_share", { "\($0.measurement.cleanShare)" }),
    ("contended", { "\($0.measurement.isContended)" }),
    ("unstable", { "\($0.measurement.isUnstable)" }),
    ("remarks", { $0.row.remarks.joined(separator: "; ") }),
  ]

  init(_ rows: [ExportedRow]) {
    let lines =
      [Self.columns.map(\.title)]
      + rows.map { row in Self.columns.map { Self.quoted($0.value(row) ?? "") } }
    text = lines.map { $0.joined(separator: ",") + "\n" }.joined()
  }

  private static func interval(_ exported: ExportedRow) -> ClosedRange<Double>? {
    exported.measurement.costPerUnit.medianInterval(confidence: 0.95)
  }

  static func quoted(_ field: String) -> String {
    var text = field.printableOnOneLine
    let isFormula = text.first { $0 != " " }.map { "=+-@＝＋－＠".contains($0) } ?? false
    if isFormula, Double(text) == nil { text = "'" + text }
    guard text.contains(where: { $0 == "," || $0 == "\"" }) else { return text }
    return "\"\(text.replacing("\"", with: "\"\""))\""
  }
}
