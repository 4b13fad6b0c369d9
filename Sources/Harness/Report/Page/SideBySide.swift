import Foundation
import OptlabBasics
import OptlabLab
import OptlabMeasure
import OptlabStatistics

import struct OptlabMeasure.Measurement

/// The addresses that occur in more than one of a report's runs, next to each other.
struct SideBySide {
  private let sources: [Report.Source]
  private let addresses: [Address]

  init(_ sources: [Report.Source]) {
    self.sources = sources
    var runs: [Address: Int] = [:]
    for source in sources {
      for row in source.record.run.rows.uniqued(by: \.address) where row.measurement != nil {
        runs[row.address, default: 0] += 1
      }
    }
    addresses = sources.flatMap { $0.record.run.rows.map(\.address) }.uniqued(by: \.self)
      .filter { runs[$0, default: 0] > 1 }
  }

  var blocks: [ReportBlock] {
    let heading = ReportBlock.heading(level: 2, "Side by side", anchor: "side-by-side")
    guard !addresses.isEmpty else {
      return [heading, .paragraph("No row was measured in more than one of these runs.")]
    }
    // A unit of one machine is no unit of another, but a share of each one's own limit is.
    let units = sources.map { "\($0.record.run.source.rawValue) \($0.record.machine.name)" }
    let isOneUnit = Set(units).count == 1
    let unit = sources[0].record.run.costUnits
    var table = TextTable(
      [("implementation", .left), ("case", .left)]
        + sources.indices.map { ("run \($0 + 1)", .right) }
        + sources.indices.dropFirst().map { ("\($0 + 1) to 1", .right) })
    var tables: [ReportBlock] = []
    var hasMarks = false
    for workload in addresses.map(\.workload).uniqued(by: \.self) {
      let empty = table
      var last: String?
      for address in addresses where address.workload == workload {
        if let last, last != address.case { table.addGap() }
        last = address.case
        let values = sources.map { value(of: address, in: $0.record.run, isOneUnit: isOneUnit) }
        hasMarks = hasMarks || values.contains { $0?.measurement.isMarked == true }
        let cells = values.map { value -> String in
          guard let value else { return "" }
          guard let figure = value.figure else { return "-" }
          return (value.measurement.isMarked ? "~" : "")
            + (isOneUnit ? Figures.significant(figure) : Figures.percent(figure))
        }
        let ratios = values.dropFirst().map { value -> String in
          guard let first = values[0], let value, let old = first.figure, let new = value.figure
          else { return "" }
          return Figures.quotient(Ratio(new / old, of: [first.measurement, value.measurement]))
        }
        table.add([address.implementation, address.case] + cells + ratios)
      }
      tables.append(
        .table(
          ReportTable(
            table, caption: "\(workload): \(isOneUnit ? unit : "share of the limit") in each run")))
      table = empty
    }
    let runs = sources.enumerated().map { index, source -> Prose in
      let run = RunReport(source.record)
      return
        "Run \(index + 1): \(code: source.name), \(run.machineName), \(run.time), in \(code: source.record.run.source.rawValue)\(source.record.run.isPartial ? ", partial" : "")"
    }
    return [
      heading, .list(runs),
      .paragraph(
        isOneUnit
          ? "Medians in \(unit), lower is better, and the ratio of each to the first run's. A ratio alone is no verdict: \(code: "harness compare") gives it an interval and says what is a difference."
          : "These runs have no unit in common, so each is shown as a share of its own machine's limit, higher is better, with the ratio to the first run's. A ratio alone is no verdict: \(code: "harness compare --across-machines") gives it an interval."
      ),
    ]
      + (hasMarks && isOneUnit
        ? [
          .paragraph(
            "~ stands before figures of rows that are contended or unstable, and before ratios with such a figure in them."
          )
        ] : []) + tables
  }

  /// Of a measured row; no figure where its share of the limit is not known.
  private func value(
    of address: Address, in run: RunResult, isOneUnit: Bool
  ) -> (measurement: Measurement, figure: Double?)? {
    let row = run.rows.first { $0.address == address }
    return row?.measurement.map {
      ($0, isOneUnit ? $0.costPerUnit.median : row?.shareOfLimit)
    }
  }
}
