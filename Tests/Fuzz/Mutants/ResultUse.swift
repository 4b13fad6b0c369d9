import Foundation
import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabExternal
import OptlabJSON
import OptlabLab
import OptlabMeasure
import OptlabReport
import OptlabResults

import struct OptlabMeasure.Measurement

/// What the commands that read result files do with one, in this process.
public struct ResultUse {
  /// What must not be.
  public struct Finding: Error, CustomStringConvertible {
    public var description: String
  }

  private let base: ResultFile
  private let checksFiles: Bool

  /// - Parameters:
  ///   - base: a result that nothing is wrong with, which others are held against.
  ///   - checksFiles: false takes whatever keeps to the schema: to see that it would be noticed.
  public init(base: ResultFile, checksFiles: Bool = true) {
    self.base = base
    self.checksFiles = checksFiles
  }

  /// Does with a file all that can be done with one.
  ///
  /// - Returns: whether it was taken for a result.
  public func use(_ bytes: [UInt8]) throws(Finding) -> Bool {
    let file: ResultFile
    do throws(ResultFile.Failure) {
      file = try ResultFile.read(bytes, as: "mutant.json", isChecked: checksFiles)
    } catch {
      try demand(!error.reason.isEmpty && !error.reason.contains("\n"), "the reason '\(error)'")
      return false
    }
    for record in file.records { try rows(record.run) }
    try report(file)
    try export(file)
    try compare(file)
    try history(file)
    try merge(file)
    return true
  }

  // MARK: Figures

  private func rows(_ run: RunResult) throws(Finding) {
    for row in run.rows {
      guard let measurement = row.measurement else { continue }
      let bounds = Self.bounds(measurement)
      let cost = measurement.costPerUnit
      for (name, figure) in [
        ("median", cost.median), ("lower quartile", cost.lowerQuartile),
        ("upper quartile", cost.upperQuartile),
        ("median of all slices", measurement.rawCostPerUnit),
      ] {
        try demand(
          bounds.contains(figure),
          "the \(name) of \(row.address) is \(figure), and its slices allow \(bounds)")
      }
      try positive(measurement.throughput, "the throughput of \(row.address)")
      try positive(measurement.secondsPerCall.median, "the time of a call of \(row.address)")
      try demand((0...1).contains(measurement.cleanShare), "the clean share of \(row.address)")
      if let share = row.shareOfLimit { try positive(share, "the share of \(row.address)") }
      if let times = run.timesBaseline(row) {
        try positive(times.value, "the ratio of \(row.address)")
      }
    }
  }

  /// What a byte can have cost, by the cheapest and the dearest slice at the slowest and the fastest
  /// clock that the row knows of.
  private static func bounds(_ measurement: OptlabMeasure.Measurement) -> ClosedRange<Double> {
    let bytes = Double(measurement.unitsPerCall)
    var costs: [Double] = []
    var clocks: [Double] = measurement.cyclesPerTick.map { [$0] } ?? []
    for sample in measurement.samples {
      for slice in sample.slices {
        let calls = Double(sample.callsPerSlice)
        costs.append(slice.ticks / calls / bytes)
        clocks += [slice.before, slice.after].map { 12_288 / $0.chain }
      }
    }
    let counted = measurement.samples.flatMap { sample in
      sample.slices.compactMap(\.counted).map { $0 / Double(sample.callsPerSlice) / bytes }
    }
    let (low, high) = (costs.min()!, costs.max()!)
    let range: (low: Double, high: Double) =
      switch measurement.source {
      case .pmu:
        (
          min(low * clocks.min()!, counted.min() ?? .infinity),
          max(high * clocks.max()!, counted.max() ?? 0)
        )
      case .calibrated: (low * clocks.min()!, high * clocks.max()!)
      case .reference: (low, high)
      case .nanoseconds:
        (low / measurement.ticksPerSecond * 1e9, high / measurement.ticksPerSecond * 1e9)
      }
    guard range.low <= range.high else { return 0...0 }
    return range.low * (1 - 1e-9)...range.high * (1 + 1e-9)
  }

  // MARK: Commands

  private func report(_ file: ResultFile) throws(Finding) {
    for record in file.records {
      let run = record.run
      try figures(run.tables(details: true), "a table")
      try figures(run.footer(), "a footer")
      try figures(run.ladders().map(\.text).joined(), "a ladder")
      try figures(run.warnings().map(\.text).joined(separator: "\n"), "a warning")
    }
    let sources = file.records.map { Report.Source(name: "mutant.json", record: $0) }
    // One run's page, and one with runs side by side.
    let beside = Report.Source(name: "base", record: base.records[0])
    for sources in sources.count > 1 ? [sources] : [sources, sources + [beside]] {
      for (name, text) in Report(sources).files {
        try demand(
          name.hasSuffix(".md") || Self.isInXML(text), "\(name) has a character that XML has not")
        try figures(text, name)
      }
    }
  }

  private func export(_ file: ResultFile) throws(Finding) {
    let measurements = file.records.flatMap(\.run.rows).compactMap(\.measurement)
    let rows = measurements.count
    let marked = measurements.count(where: \.isMarked)
    for format in ExportFormat.allCases {
      let text: String
      do throws(ExportFormat.Failure) {
        text = try format.text(file)
      } catch {
        try demand(
          rows == 0 || format == .bmf && marked == rows,
          "the export to \(format): \(error)")
        continue
      }
      try figures(text, "the export to \(format)")
      guard format != .csv, format != .markdown else { continue }
      guard let document = try? JSONParser.parse([UInt8](text.utf8)) else {
        throw Finding(description: "the export to \(format) is no JSON")
      }
      switch (format, document) {
      // Each name is there once, or another program takes one row for several.
      case (.bmf, .object(let members)):
        try demand(
          members.count == rows - marked, "\(members.count) of \(rows - marked) rows in bmf")
      case (.githubActionBenchmark, .array(let entries)):
        let names = entries.compactMap { $0[JSONPlace("name")] }.map {
          String(decoding: $0.text, as: UTF8.self)
        }
        try demand(Set(names).count == rows, "\(Set(names).count) names for \(rows) rows")
      case (.pyperf, _):
        guard case .array(let benchmarks)? = document[JSONPlace("benchmarks")] else { break }
        let names = benchmarks.compactMap { $0[JSONPlace("metadata.name")] }
          .map { String(decoding: $0.text, as: UTF8.self) }
        try demand(Set(names).count == rows, "\(Set(names).count) names for \(rows) rows")
      default: break
      }
    }
  }

  private func compare(_ file: ResultFile) throws(Finding) {
    for (old, new) in [(base, file), (file, base), (file, file)] {
      guard let both = try? FileComparison(old, new) else { continue }
      try show(Comparison(both.material, rules: .init(gate: 0.02)), both.unit)
      try figures((both.remarks + both.leftOut).joined(separator: "\n"), "a remark")
    }
    for record in file.records {
      let ids = record.run.rows.map(\.address.implementation)
      guard let first = ids.first, let last = ids.last else { continue }
      try show(
        Comparison(
          Comparison.Material(record.run, first: first, second: last), rules: .init()),
        Self.unit(record.run))
      try show(
        Comparison(
          Comparison.Material(base.records[0].run, record.run, acrossMachines: true),
          rules: .init()), Self.unit(record.run), isShare: true)
    }
  }

  private static func unit(_ run: RunResult) -> String {
    "\(run.costUnits) (\(run.source.rawValue))"
  }

  private func show(
    _ comparison: Comparison, _ unit: String, isShare: Bool = false
  ) throws(Finding) {
    let labels = Comparison.Labels(old: "old", new: "new", unit: unit, isShare: isShare)
    try figures(comparison.text(labels), "a comparison")
    try figures(comparison.markdown(labels), "a comparison in Markdown")
    try figures(comparison.advice ?? "", "the advice of a comparison")
    for one in comparison.cases {
      guard let interval = one.interval else { continue }
      try demand(
        interval.contains(one.ratio) || isShare, "\(one.name): \(one.ratio) outside \(interval)")
    }
  }

  private func history(_ file: ResultFile) throws(Finding) {
    var records = file.records.map { (file: "mutant.json", record: $0) }
    for week in 0..<6 {
      var record = base.records[0]
      record.runs = [RunRecord.newIdentity()]
      record.started += Double(week) * 604_800
      records.append(("\(week).json", record))
    }
    for record in [records, Array(records.reversed())] {
      for machine in [nil, file.records[0].machine.id] {
        guard let history = History(record, machine: machine) else { continue }
        try figures(history.text(), "a history")
        guard !history.series.isEmpty else { continue }
        try figures(history.svg(), "a history's drawing")
      }
    }
  }

  private func merge(_ file: ResultFile) throws(Finding) {
    var other = base.records[0]
    other.runs = [RunRecord.newIdentity()]
    // What cannot be put together is refused; what was is a result.
    guard let merged = try? MergedRecords.merge(file.records + [other]) else { return }
    do {
      let again = try ResultFile.read(try ResultFile(merged).bytes(), as: "merged.json")
      try demand(again.records.count == merged.count, "records were lost in a merge")
    } catch let finding as Finding {
      throw finding
    } catch {
      throw Finding(description: "what merge wrote is not read: \(error)")
    }
  }

  // MARK: Texts

  private func demand(_ isFine: Bool, _ what: @autoclosure () -> String) throws(Finding) {
    if !isFine { throw Finding(description: what()) }
  }

  private func positive(_ value: Double, _ what: @autoclosure () -> String) throws(Finding) {
    try demand(value > 0 && value.isFinite, "\(what()) is \(value)")
  }

  /// A text may hold any name, but no figure that is none.
  private func figures(_ text: String, _ what: @autoclosure () -> String) throws(Finding) {
    var text = text
    let found = text.withUTF8 { bytes -> String? in
      guard let place = Self.noNumber(in: bytes) else { return nil }
      let around = bytes[max(0, place - 60)..<min(bytes.count, place + 20)]
      return String(decoding: around, as: UTF8.self)
    }
    if let found { throw Finding(description: "\(what()) has '\(found)'") }
  }

  /// Where `nan` or `inf` stand as words of their own.
  private static func noNumber(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    let (a, f, i, n) = (
      UInt8(ascii: "a"), UInt8(ascii: "f"), UInt8(ascii: "i"), UInt8(ascii: "n")
    )
    var place = 1
    while place + 1 < bytes.count {
      let (before, middle, after) = (bytes[place - 1], bytes[place], bytes[place + 1])
      if before == n && middle == a && after == n || before == i && middle == n && after == f,
        place < 2 || !isWord(bytes[place - 2]),
        place + 2 >= bytes.count || !isWord(bytes[place + 2])
      {
        return place
      }
      place += 1
    }
    return nil
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    default: byte >= 0x80
    }
  }

  /// Whether all characters are ones that XML admits.
  ///
  /// Source: XML 1.0, fifth edition, section 2.2.
  private static func isInXML(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      for (place, byte) in bytes.enumerated() {
        if byte < 0x20, byte != 0x9, byte != 0xA, byte != 0xD { return false }
        // U+FFFE and U+FFFF.
        if byte == 0xEF, bytes[place + 1] == 0xBF, bytes[place + 2] >= 0xBE { return false }
      }
      return true
    }
  }
}
