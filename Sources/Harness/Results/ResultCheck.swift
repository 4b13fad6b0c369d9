import Foundation
import OptlabBasics
import OptlabCPU
import OptlabLab
import OptlabMeasure

import struct OptlabMeasure.Measurement

/// Finds what no run gives in records that keep to the schema.
///
/// Such a value would be printed as a figure that nobody measured, or end a command that counts with
/// it: a checksum stands against accidents after the writing, not against what was written. The bounds
/// are wide: they are there so that whatever lies within them can be added, multiplied and drawn.
struct ResultCheck {
  /// What is wrong, with its row: `row 2 (aes-128-ctr/8KiB/c-aesni): ticks are -1`.
  struct Fault: Error, Equatable, CustomStringConvertible {
    var description: String
  }

  // MARK: Bounds

  /// Of rounds, blocks, planned samples.
  static let counts = 0...1_000_000_000
  /// Of calls in a slice.
  static let calls = 1...1_000_000_000_000
  /// Of bytes a call.
  static let bytes = 1...(1 << 50)
  /// Of a slice or a probe: eleven days at a gigahertz.
  static let ticks = 1e-3...1e15
  /// Of time stamps, and the clocks that are taken for such.
  static let ticksPerSecond = 1e3...1e12
  static let cyclesPerTick = 1e-3...1e3
  /// What a byte costs in a loop that does nothing else.
  static let limits = 1e-12...1e15
  /// In seconds: three hundred years.
  static let seconds = 0.0...1e10
  /// Bytes of UTF-8 in a name: those of a file's name.
  static let nameLength = 1...255

  // MARK: Records

  static func check(_ records: [RunRecord]) throws(Fault) {
    guard !records.isEmpty else { throw Fault(description: "there is no run in it") }
    var runs: Set<String> = []
    for run in records.flatMap(\.runs) {
      try demand(runs.insert(run).inserted, "the run \(shown(run)) is in it twice")
    }
    for (index, record) in records.enumerated() {
      do throws(Fault) {
        try check(record)
      } catch {
        throw records.count == 1
          ? error : Fault(description: "run \(index) of \(records.count): \(error)")
      }
    }
  }

  private static func check(_ record: RunRecord) throws(Fault) {
    try demand(!record.runs.isEmpty, "there is no run's id")
    for run in record.runs {
      try demand(
        run.wholeMatch(of: #/[0-9a-f]{16,32}/#) != nil, "the run's id is '\(shown(run))'")
    }
    try demand(
      record.machine.name.utf8.count <= nameLength.upperBound
        && record.machine.name.wholeMatch(of: #/[a-z0-9-]+/#) != nil,
      "the machine's name is '\(shown(record.machine.name))'")
    try demand(
      record.machine.id.wholeMatch(of: #/[0-9a-f]{12}/#) != nil,
      "the machine's id is '\(shown(record.machine.id))'")
    try check(record.cpuReport)
    try check(record.run)
  }

  private static func check(_ report: CPUReport) throws(Fault) {
    let identity = report.identity
    for (name, value) in [
      ("family", identity.family), ("model", identity.model), ("stepping", identity.stepping),
    ] { try within(value, 0...0xFFFF, "the CPU's \(name)") }
    for cache in report.caches {
      try within(cache.level, 0...99, "a cache's level")
      for (name, value) in [
        ("size", cache.bytes), ("line", cache.lineBytes), ("sets", cache.sets),
      ] { try within(value, bytes, "a cache's \(name)") }
      try within(cache.ways, 0...bytes.upperBound, "a cache's ways")
      if let sharedBy = cache.sharedBy { try within(sharedBy, counts, "a cache's CPUs") }
    }
    for limit in (report.workloadLimits ?? []) + report.memoryLimits {
      try within(limit.value, limits, "the CPU's limit '\(shown(limit.name))'")
    }
    if let clock = report.measuredClock {
      try within(clock.gigahertz, 1e-3...1e3, "the CPU's clock in GHz")
      try within(clock.error, 0...1e6, "the error of the CPU's clock")
    }
  }

  private static func check(_ run: RunResult) throws(Fault) {
    let calibration = run.calibration
    try within(calibration.cyclesPerTick, cyclesPerTick, "the calibration's cyclesPerTick")
    try within(calibration.relativeError, 0...1e6, "the calibration's relativeError")
    try within(calibration.ticksPerSecond, ticksPerSecond, "the calibration's ticksPerSecond")
    try within(calibration.overheadTicks, 0...1e9, "the calibration's overheadTicks")
    try check(run.plan)
    if let cpu = run.cpu { try within(cpu, counts, "the CPU") }
    if let asked = run.askedSeconds { try within(asked, seconds, "askedSeconds") }
    try within(run.elapsed, seconds, "elapsedSeconds")
    if let measuring = run.measuring { try within(measuring, seconds, "measuringSeconds") }
    for limit in run.unitLimits { try check(limit) }
    var addresses: Set<Address> = []
    for (index, row) in run.rows.enumerated() {
      do throws(Fault) {
        try check(row, run.facts(row.address.workload))
        try demand(addresses.insert(row.address).inserted, "the address comes twice")
      } catch {
        throw Fault(description: "row \(index) (\(shown(row.address.description))): \(error)")
      }
    }
  }

  private static func check(_ plan: Plan) throws(Fault) {
    for (name, value) in [
      ("rounds", plan.rounds), ("roundsOfLongCalls", plan.roundsOfLongCalls),
      ("mostRounds", plan.mostRounds ?? 0), ("blocks", plan.blocks),
      ("callMultiple", plan.callMultiple), ("repeats", plan.repeats),
    ] { try within(value, counts, "the plan's \(name)") }
    for (name, value) in [
      ("longCall", plan.longCall), ("mostSeconds", plan.mostSeconds ?? 0), ("slice", plan.slice),
      ("sample", plan.sample), ("patience", plan.patience),
      ("longestRepeated", plan.longestRepeated),
    ] { try within(value, seconds, "the plan's \(name)") }
  }

  private static func check(_ limit: Limit) throws(Fault) {
    try within(limit.costPerUnit, limits, "the limit '\(shown(limit.name))'")
    if let clock = limit.cyclesPerTick {
      try within(clock, cyclesPerTick, "cyclesPerTick of the limit '\(shown(limit.name))'")
    }
    if let least = limit.leastPerUnit {
      try within(least, limits, "the least of the limit '\(shown(limit.name))'")
    }
  }

  // MARK: Rows

  private static func check(_ row: RunResult.Row, _ facts: WorkloadFacts?) throws(Fault) {
    let address = row.address
    for (name, value) in [
      ("workload", address.workload), ("case", address.case),
      ("implementation", address.implementation),
    ] {
      try demand(
        nameLength.contains(value.utf8.count) && !value.contains("/"),
        "the \(name) is called '\(shown(value))'")
    }
    // A message of no bytes has no cost a byte, and no place on an axis of sizes.
    try demand(
      facts?.sizeTitle == nil || ByteCount.parse(address.case) != 0, "a message of no bytes")
    if let input = row.input {
      try demand(input.wholeMatch(of: #/[0-9a-f]{16}/#) != nil, "the input is '\(shown(input))'")
    }
    if let limit = row.limit { try check(limit) }
    switch row.outcome {
    case .measured(let measurement): try check(measurement)
    case .failed(let mismatch):
      if let offset = mismatch.offset { try within(offset, 0...bytes.upperBound, "the offset") }
    case .ineligible, .unprepared: break
    }
  }

  private static func check(_ measurement: Measurement) throws(Fault) {
    try demand(!measurement.samples.isEmpty, "there are no samples")
    try within(measurement.planned, 1...counts.upperBound, "planned samples")
    try within(measurement.callsPerSlice, calls, "callsPerSlice")
    try within(measurement.unitsPerCall, bytes, "unitsPerCall")
    try within(measurement.ticksPerSecond, ticksPerSecond, "ticksPerSecond")
    if let clock = measurement.cyclesPerTick { try within(clock, cyclesPerTick, "cyclesPerTick") }
    var rounds: Set<Int> = []
    for (index, sample) in measurement.samples.enumerated() {
      do throws(Fault) {
        try check(sample)
        try demand(rounds.insert(sample.round).inserted, "round \(sample.round) comes twice")
      } catch {
        throw Fault(description: "sample \(index): \(error)")
      }
    }
    try within(measurement.runClock, cyclesPerTick, "core cycles a tick by the probes")
  }

  private static func check(_ sample: Sample) throws(Fault) {
    try within(sample.round, counts, "the round")
    try within(sample.block, counts, "the block")
    try within(sample.callsPerSlice, calls, "calls")
    try demand(!sample.slices.isEmpty, "there are no slices")
    for (index, slice) in sample.slices.enumerated() {
      func named(_ what: String) -> String { "\(what) of slice \(index)" }
      try within(slice.ticks, ticks, named("ticks"))
      if let counted = slice.counted { try within(counted, ticks, named("counted")) }
      for (place, probe) in [("before", slice.before), ("after", slice.after)] {
        try within(probe.chain, ticks, named("the chain \(place)"))
        try within(probe.sentinel, ticks, named("the sentinel \(place)"))
      }
    }
    if let clock = sample.cyclesPerTick {
      try within(clock, cyclesPerTick, "core cycles a tick by the probes of its clean slices")
    }
  }

  // MARK: Words

  private static func within<Value: Comparable>(
    _ value: Value, _ bounds: ClosedRange<Value>, _ what: @autoclosure () -> String
  ) throws(Fault) {
    // Not a number is in no range.
    guard bounds.contains(value) else {
      throw Fault(
        description: "\(what()): \(value), which is not from \(bounds.lowerBound) to "
          + "\(bounds.upperBound)")
    }
  }

  private static func demand(
    _ isFine: Bool, _ what: @autoclosure () -> String
  ) throws(Fault) {
    guard isFine else { throw Fault(description: what()) }
  }

  /// A name that may be anything, as part of a line.
  private static func shown(_ name: String) -> String {
    var text = ""
    for scalar in name.unicodeScalars.prefix(80) {
      let isPlain = scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value)
      text += isPlain ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
    }
    return name.unicodeScalars.count > 80 ? text + "…" : text
  }
}
