import Foundation
import OptlabBasics
import OptlabExternal
import OptlabLab
import OptlabMeasure
import OptlabStatistics

import struct OptlabMeasure.Measurement

extension RunResult {
  /// One aligned table a workload.
  ///
  /// - Parameter details: adds what the figures are made of: interval, figure over all slices,
  ///   share of clean slices, samples, outliers, calls in a slice.
  /// - Parameter isShown: which rows to print; what they are compared with may be another one.
  public func tables(
    details: Bool = false, where isShown: (Address) -> Bool = { _ in true }
  ) -> String {
    let rows = rows.filter { isShown($0.address) }
    var text = ""
    for workload in rows.map(\.address.workload).uniqued(by: \.self) {
      text += "\(workload)\n"
      text += table(of: rows.filter { $0.address.workload == workload }, details: details).text
      text += "\n"
    }
    return text
  }

  /// The core's clock while each row was measured, in hertz; nil where none was. The calibration's own
  /// is that of a moment before, when the core may have had another one.
  package var coreHertz: OrderStatistics? {
    let clocks = rows.compactMap(\.measurement).map { $0.coreClock * $0.ticksPerSecond }
    return clocks.isEmpty ? nil : OrderStatistics(clocks)
  }

  /// `core clock 4.202 GHz (4.185 to 4.203 from row to row), time stamp counter 2.596 GHz`, without
  /// what is not known.
  package func clocks(core name: String) -> String {
    func gigahertz(_ hertz: Double) -> String { String(format: "%.3f", hertz / 1e9) }
    let core = coreHertz.map { clock in
      let (least, most) = (clock.sorted[0], clock.sorted[clock.sorted.count - 1])
      let range =
        gigahertz(least) == gigahertz(most)
        ? "" : " (\(gigahertz(least)) to \(gigahertz(most)) from row to row)"
      return "\(name) \(gigahertz(clock.median)) GHz\(range), "
    }
    return (core ?? "") + "time stamp counter \(gigahertz(calibration.ticksPerSecond)) GHz"
  }

  /// How the figures came about, in a few lines.
  public func footer() -> String {
    let seconds = String(format: "%.1f", elapsed)
    var lines = [
      "\(rows.count) rows in \(seconds) s, seed \(seed), "
        + (chosenCPU.map { "pinned to \($0.text)" } ?? "not pinned")
    ]
    if source.isCoreCycles {
      lines.append(clocks(core: "core clock"))
    }
    if !masked.isEmpty { lines.append("masked: \(masked.names.joined(separator: ", "))") }
    if !environment.isEmpty {
      lines.append("environment: \(LibraryEnvironment.text(environment))")
    }
    let costs = rows.compactMap { $0.measurement?.costPerUnit }
    let samples = costs.reduce(0) { $0 + $1.sorted.count }
    let outliers = costs.reduce(0) { $0 + $1.outliers }
    let rounds = rows.compactMap { $0.measurement?.samples.count }
    if let least = rounds.min(), let most = rounds.max() {
      lines.append(
        "median of \(least == most ? "\(most)" : "\(least) to \(most)") rounds; +- is half the "
          + "distance between the quartiles; \(outliers) of \(samples) samples lie outside Tukey's "
          + "fences, none was dropped")
    }
    // One line for each workload and unit loop; what moves bytes differs from case to case.
    let loops = Set(unitLimits.map(\.name))
    for (workload, limit) in rows.compactMap({ row in row.limit.map { (row.address.workload, $0) } }
    )
    .filter({ loops.contains($0.1.name) }).uniqued(by: { "\($0) \($1.name)" }) {
      let facts = facts(workload)
      let least = limit.leastPerUnit.map {
        "; \(Figures.significant($0)) \(facts?.leastCost ?? "at the least")"
      }
      lines.append(
        "limit of \(workload) by \(limit.name): \(Figures.significant(limit.costPerUnit)) "
          + "\(source.cost(of: unit(workload)))\(least ?? "")")
    }
    if source != .nanoseconds, rows.contains(where: \.isByOwnClock) {
      lines.append(
        "\(Implementation.ownClockRemark): nanoseconds of the program's own clock, times the "
          + (source.isCoreCycles ? "core clock measured around them" : "rate of the ticks"))
    }
    return lines.joined(separator: "\n")
  }

  /// The table of the rows of one workload.
  func table(of rows: [Row], details: Bool) -> TextTable {
    let detailColumns: [(title: String, alignment: TextTable.Alignment)] = [
      ("95% interval", .right), ("all slices", .right), ("clean", .right), ("samples", .right),
      ("outliers", .right), ("calls", .right),
    ]
    let unit = unit(rows.first?.address.workload ?? "")
    var table = TextTable(
      [
        ("implementation", .left), ("language", .left), ("case", .left),
        ("\(source.cost(of: unit)) (\(source.rawValue))", .right), ("+-", .right),
        (unit.throughputTitle, .right),
        ("vs naive", .right), ("of limit", .right),
      ] + (details ? detailColumns : []) + [("notes", .left)])
    // What holds for every case of an implementation is said once.
    var said: Set<String> = []
    for (index, row) in rows.enumerated() {
      if index > 0, rows[index - 1].address.case != row.address.case,
        !table.isEmpty
      {
        table.addGap()
      }
      let name = row.address.implementation
      switch row.outcome {
      case .measured(let measurement):
        let cost = measurement.costPerUnit
        let cells = [
          name, row.language, row.address.case, Figures.significant(cost.median),
          Figures.percent(cost.relativeSpread),
          unit.throughput(measurement.throughput),
          timesBaseline(row).map(Figures.times) ?? "",
          row.shareOfLimit.map { Figures.percent($0) } ?? (row.lacksShare ? "-" : ""),
        ]
        let notes =
          (row.beatsLimit ? ["BEATS ITS LIMIT"] : [])
          + measurement.marks + row.remarks
        table.add(
          cells + (details ? detailCells(measurement) : []) + [notes.joined(separator: ", ")])
      case .failed(let mismatch):
        guard said.insert(name).inserted else { continue }
        table.add([name, row.language, "all", "FAIL  \(mismatch.summary) (\(mismatch.check))"])
      case .ineligible(let reason):
        guard said.insert(name).inserted else { continue }
        table.add([name, row.language, "all", "not run: \(reason)"])
      case .unprepared(let reason):
        table.add([name, row.language, row.address.case, "not run: \(reason)"])
      }
    }
    return table
  }

  private func detailCells(_ measurement: Measurement) -> [String] {
    let cost = measurement.costPerUnit
    let interval = cost.medianInterval(confidence: 0.95).map {
      "\(Figures.significant($0.lowerBound))..\(Figures.significant($0.upperBound))"
    }
    return [
      interval ?? "-", Figures.significant(measurement.rawCostPerUnit),
      Figures.percent(measurement.cleanShare), "\(cost.sorted.count)", "\(cost.outliers)",
      "\(measurement.callsPerSlice)",
    ]
  }
}
