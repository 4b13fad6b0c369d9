import Foundation
import OptlabBasics
import OptlabLab
import OptlabResults

/// What a report says of one run.
struct RunReport {
  let record: RunRecord
  /// How its implementations look in every chart.
  let styles: [String: SeriesStyle]
  /// In front of the names of its pictures and anchors, where a report holds several runs.
  private let prefix: String

  var run: RunResult { record.run }

  /// - Parameter number: of the run, where a report holds several.
  init(_ record: RunRecord, number: Int? = nil) {
    self.record = record
    prefix = number.map { "run-\($0)-" } ?? ""
    styles = SeriesStyle.assign(
      record.run.rows.map { ($0.address.implementation, $0.language) }.uniqued(by: \.0))
  }

  /// Letters, digits and hyphens alone, so that it can stand in a file's name and in an address.
  func anchor(_ name: String) -> String {
    prefix
      + String(
        name.lowercased().map { character in
          character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
        })
  }

  // MARK: Machine and time

  /// `Zen 4 (EPYC Genoa) under KVM`.
  var machineName: String {
    let report = record.cpuReport
    let maker =
      report.identity.microarchitecture?.name
      ?? (report.identity.vendorID.isEmpty ? report.architecture : report.identity.vendorID)
    return maker + (report.hypervisor.map { " under \($0.name)" } ?? "")
  }

  /// `2026-11-25 03:15 UTC`.
  var time: String { "\(Self.utc(record.started).prefix(16)) UTC" }

  /// `2026-11-25 03:15:09`, in UTC.
  static func utc(_ date: Date) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "UTC")!
    let parts = calendar.dateComponents(
      [.year, .month, .day, .hour, .minute, .second], from: date)
    return String(
      format: "%04d-%02d-%02d %02d:%02d:%02d", parts.year!, parts.month!, parts.day!, parts.hour!,
      parts.minute!, parts.second!)
  }

  /// `median of 21 rounds`.
  var rounds: String {
    let rounds = run.rows.compactMap { $0.measurement?.counted.count }
    guard let least = rounds.min(), let most = rounds.max() else { return "nothing measured" }
    return "median of \(least == most ? "\(most)" : "\(least) to \(most)") samples"
  }

  /// What stands below each picture's title, so that the picture can travel alone.
  var chartSubtitle: String {
    let hertz = run.source.isCoreCycles ? run.coreHertz?.median : nil
    let clock = ", one core" + (hertz.map { String(format: " at %.2f GHz", $0 / 1e9) } ?? "")
    return "\(machineName)\(clock) · \(time.prefix(10)) · \(rounds)"
      + (run.isPartial ? " · partial result" : "")
  }

  // MARK: Introduction

  var introduction: [ReportBlock] {
    let measured = run.rows.count { $0.measurement != nil }
    var blocks: [ReportBlock] = [
      .paragraph(
        Prose(
          "Measured by Optlab on \(time): \(measured) rows in "
            + String(format: "%.0f s", run.elapsed)
            + ", one core, in \(run.costUnits) by ") + "\(code: run.source.rawValue).")
    ]
    if run.isPartial {
      blocks.append(
        .notice(
          .alarm,
          "This result is \(strong: "partial"): the run ended early, and what was not measured by then is missing."
        ))
    }
    for (row, mismatch) in run.failures.uniqued(by: {
      "\($0.row.address.workload)/\($0.row.address.implementation)"
    }) {
      blocks.append(
        .notice(
          .alarm,
          "\(code: "\(row.address.workload)/\(row.address.implementation)") does not agree with the reference and has no figure: \(mismatch.summary) (\(mismatch.check))."
        ))
    }
    for row in run.rows where row.beatsLimit {
      blocks.append(
        .notice(
          .alarm,
          "\(code: "\(row.address)") is faster than its limit, \(row.limit!.name): one of the two is wrong."
        ))
    }
    let cards = Headline.all(of: run).map(\.card)
    if !cards.isEmpty { blocks.append(.cards(cards)) }
    blocks += run.warnings().map { .notice(.caution, Prose($0.text)) }
    return blocks
  }

  // MARK: Workloads

  func workloads(level: Int) -> [ReportBlock] {
    run.rows.map(\.address.workload).uniqued(by: \.self).flatMap { workload in
      let rows = run.rows.filter { $0.address.workload == workload }
      let charts = WorkloadCharts(workload: workload, rows: rows, report: self)
      var blocks: [ReportBlock] = [
        .heading(level: level, workload, anchor: anchor(workload))
      ]
      if let about = run.facts(workload)?.about, !about.isEmpty {
        blocks.append(.paragraph(Prose(marked: about)))
      }
      blocks += charts.figures.map { .figure($0) }
      blocks.append(
        .table(
          ReportTable(
            run.table(of: rows, details: false), caption: "\(workload): every row", styles: styles))
      )
      blocks.append(
        .folded(
          summary: "\(workload): what the figures are made of",
          [
            .paragraph(
              """
              With the 95 % interval of the median, the figure over all slices, clean or not, the \
              share of slices that were clean, the samples that count, those outside Tukey's fences, \
              and the calls in a slice.
              """),
            .table(
              ReportTable(
                run.table(of: rows, details: true), caption: "\(workload): every row with details",
                styles: styles)),
          ]))
      return blocks
    }
  }

  // MARK: Machine

  var machine: [ReportBlock] {
    let report = record.cpuReport
    var facts: [(name: String, value: Prose)] = []
    func add(_ name: String, _ value: String?) {
      if let value, !value.isEmpty { facts.append((name, Prose(value))) }
    }
    add("CPU", report.identity.brand)
    add(
      "microarchitecture",
      report.identity.microarchitecture.map { "\($0.name) (\($0.product))" })
    add("hypervisor", report.hypervisor?.name ?? "none seen")
    if run.source.isCoreCycles {
      add("clock while measuring", run.clocks(core: "core"))
    }
    add(
      "caches",
      report.caches.map { cache in
        "L\(cache.level) \(cache.kind.rawValue) \(ByteCount.text(cache.bytes))"
      }.joined(separator: ", "))
    let kernelFeatures = report.features.filter { $0.isKernelFeature }
    add(
      "features that kernels ask for",
      kernelFeatures.filter { $0.verdict == .available }.map(\.name).joined(separator: ", "))
    add(
      "not to be had here",
      kernelFeatures.filter { $0.verdict != .available }
        .map { "\($0.name) (\($0.verdict.rawValue))" }.joined(separator: ", "))
    return [
      .facts(facts),
      .folded(
        summary: "The whole CPU report", [.preformatted(report.text())]),
    ]
  }

  // MARK: Provenance

  var provenance: [ReportBlock] {
    var facts: [(name: String, value: Prose)] = []
    func add(_ name: String, _ value: Prose) { facts.append((name, value)) }
    add(
      "command",
      "\(code: (["harness"] + record.arguments.map(Self.quoted)).joined(separator: " "))")
    add("seed", "\(code: "\(run.seed)"), for random inputs and the order of rounds")
    add("began", "\(Self.utc(record.started)) UTC")
    add("machine", "\(code: record.machine.name), id \(code: record.machine.id)")
    add("thread", Prose(run.chosenCPU.map { "pinned to \($0.text)" } ?? "not pinned"))
    add("cycle source", "\(code: run.source.rawValue)")
    for refusal in run.refusals {
      add("not used", "\(code: refusal.source.rawValue): \(refusal.reason)")
    }
    if !run.environment.isEmpty {
      add("environment", "\(code: LibraryEnvironment.text(run.environment))")
    }
    if !run.masked.isEmpty { add("masked", "\(code: run.masked.names.joined(separator: ","))") }
    let build = record.build
    add(
      "build",
      "Swift \(build.swift) or later\(build.isSwiftOptimised ? "" : ", not optimised"); C by \(build.cCompiler)\(build.isCOptimised ? "" : ", not optimised")"
    )
    add(
      "libraries",
      Prose(
        record.libraries.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
          .joined(separator: ", ")))
    if let commit = record.commit {
      add(
        "commit",
        "\(code: commit.hash)\(commit.isModified ? ", with changes that were not committed" : "")")
    }
    return [.facts(facts)]
  }

  /// An argument as a shell takes it.
  private static func quoted(_ argument: String) -> String {
    let plain = argument.allSatisfy { character in
      character.isASCII && (character.isLetter || character.isNumber)
        || "-_=+,.:/@%".contains(character)
    }
    return plain && !argument.isEmpty
      ? argument : "'" + argument.replacing("'", with: #"'\''"#) + "'"
  }
}
