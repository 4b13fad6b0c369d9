import Foundation

/// Runs of many machines, shards or processes, put together.
public enum MergedRecords {
  /// What has to be equal for runs to be parts of one.
  private struct Kinship: Hashable {
    var machine: Machine
    var cpu: CPUKind
    var source: CycleSource
    var masked: UInt64
    var isSwiftOptimised: Bool
    var isCOptimised: Bool
    var cCompiler: String
    var commit: GitCommit?
    var libraries: [String: String]
    var environment: [String: String]

    init(_ record: RunRecord) {
      machine = record.machine
      cpu = CPUKind(record.cpuReport)
      source = record.run.source
      masked = record.run.masked.rawValue
      isSwiftOptimised = record.build.isSwiftOptimised
      isCOptimised = record.build.isCOptimised
      cCompiler = record.build.cCompiler
      commit = record.commit
      libraries = record.libraries
      environment = record.run.environment
    }
  }

  /// Why runs that should be parts of one are not.
  public struct Failure: Error, Equatable, CustomStringConvertible {
    public var description: String
  }

  /// One record for each machine, build, source, mask and environment, in the order in which they
  /// first occur.
  ///
  /// - Throws: ``Failure`` where a run is in two of them, and where one case is not the same in two.
  public static func merge(_ records: [RunRecord]) throws(Failure) -> [RunRecord] {
    var runs: Set<String> = []
    for run in records.flatMap(\.runs) where !runs.insert(run).inserted {
      throw Failure(
        description: "the run \(run) is in two of them, and its rounds would count twice: leave "
          + "one out")
    }
    var merged: [RunRecord] = []
    for first in records.uniqued(by: Kinship.init) {
      let kin = records.filter { Kinship($0) == Kinship(first) }
        .sorted { $0.started < $1.started }
      merged.append(try united(kin))
    }
    do throws(ResultCheck.Fault) {
      try ResultCheck.check(merged)
    } catch {
      throw Failure(description: "what they make together is no result: \(error)")
    }
    return merged
  }

  /// The first two files that hold the same run, if any do.
  public static func repetition(
    in files: [(name: String, records: [RunRecord])]
  ) -> (first: String, second: String)? {
    var owners: [String: String] = [:]
    for (name, records) in files {
      for run in records.flatMap(\.runs) {
        if let first = owners[run] { return (first, name) }
        owners[run] = name
      }
    }
    return nil
  }

  /// How many of the records are parts of a merged one.
  public static func parts(of merged: RunRecord, in records: [RunRecord]) -> Int {
    records.count { Kinship($0) == Kinship(merged) }
  }

  /// Runs of one build on one machine as one run. What several of them have measured gets all of
  /// their rounds, as further blocks.
  private static func united(_ records: [RunRecord]) throws(Failure) -> RunRecord {
    guard records.count > 1 else { return records[0] }
    var whole = records[0]
    whole.run = try united(records.map(\.run))
    whole.runs = records.flatMap(\.runs)
    // Limits of the machine were measured where there was the time for it.
    whole.cpuReport =
      records.map(\.cpuReport).first { !$0.memoryLimits.isEmpty } ?? whole.cpuReport
    return whole
  }

  /// The same for what was measured; the first one's seed, calibration and plan stand for all.
  public static func united(_ runs: [RunResult]) throws(Failure) -> RunResult {
    var whole = runs[0]
    whole.rows = []
    var places: [Address: Int] = [:]
    var parts: [Address: [Plan]] = [:]
    var limits: [Address: [LimitFinding]] = [:]
    var rounds = 0
    var blocks = 0
    for run in runs {
      let samples = run.rows.compactMap(\.measurement).flatMap(\.samples)
      for var row in run.rows {
        row.shift(rounds: rounds, blocks: blocks)
        if row.measurement != nil { parts[row.address, default: []].append(run.plan) }
        if let finding = row.finding { limits[row.address, default: []].append(finding) }
        if let place = places[row.address] {
          try whole.rows[place].take(row)
        } else {
          places[row.address] = whole.rows.count
          whole.rows.append(row)
        }
      }
      rounds += (samples.map(\.round).max() ?? -1) + 1
      blocks += (samples.map(\.block).max() ?? -1) + 1
    }
    for index in whole.rows.indices {
      whole.rows[index].take(limits[whole.rows[index].address].flatMap(LimitFinding.united))
    }
    whole.sortRows()
    if let most = parts.values.max(by: { $0.count < $1.count }) {
      whole.plan.rounds = most.reduce(0) { $0 + $1.rounds }
      whole.plan.roundsOfLongCalls = most.reduce(0) { $0 + $1.roundsOfLongCalls }
      whole.plan.blocks = most.reduce(0) { $0 + $1.blocks }
    }
    whole.workloads = runs.flatMap(\.workloads).uniqued(by: \.id)
    whole.isPartial = runs.contains(where: \.isPartial)
    whole.elapsed = runs.reduce(0) { $0 + $1.elapsed }
    let asked = runs.compactMap(\.askedSeconds)
    whole.askedSeconds = asked.count == runs.count ? asked.reduce(0, +) : nil
    let numbers = Set(runs.map { $0.chosenCPU?.number })
    if numbers.count > 1 { whole.chosenCPU = nil }
    let units = runs.flatMap(\.unitLimits)
    whole.unitLimits = units.uniqued(by: \.name).compactMap { one in
      LimitFinding.united(units.filter { $0.name == one.name }.map(LimitFinding.found))?.limit
    }
    return whole
  }
}

extension RunResult {
  /// In the order of the tables: rows of a case stand together, whichever run brought them.
  fileprivate mutating func sortRows() {
    var order: [String: Int] = [:]
    for row in rows {
      let group = "\(row.address.workload)/\(row.address.case)"
      if order[group] == nil { order[group] = order.count }
    }
    let workloads = rows.map(\.address.workload).uniqued(by: \.self)
    let keyed = rows.enumerated().map { place, row in
      (
        key: (
          workloads.firstIndex(of: row.address.workload)!,
          order["\(row.address.workload)/\(row.address.case)"]!, place
        ), row: row
      )
    }
    rows = keyed.sorted { $0.key < $1.key }.map(\.row)
  }
}

extension RunResult.Row {
  /// Gives rounds and blocks numbers that no other run's have.
  fileprivate mutating func shift(rounds: Int, blocks: Int) {
    guard case .measured(var measurement) = outcome else { return }
    for index in measurement.samples.indices {
      measurement.samples[index].round += rounds
      measurement.samples[index].block += blocks
    }
    outcome = .measured(measurement)
  }

  fileprivate var finding: LimitFinding? {
    limit.map(LimitFinding.found) ?? limitRefusal.map { .refused($0, atMost: nil) }
  }

  /// Takes what another run found for the same address.
  fileprivate mutating func take(_ other: RunResult.Row) throws(MergedRecords.Failure) {
    switch (outcome, other.outcome) {
    case (.measured(var measurement), .measured(let more)):
      if let input, let others = other.input, input != others {
        throw MergedRecords.Failure(
          description:
            "\(address) had another input under the same name in one of the runs: not the "
            + "same case, so leave one of them out")
      }
      input = input ?? other.input
      guard measurement.unitsPerCall == more.unitsPerCall else {
        throw MergedRecords.Failure(
          description: "\(address) did \(measurement.unitsPerCall) bytes a call in one run and "
            + "\(more.unitsPerCall) in another: not the same case, so leave one of them out")
      }
      measurement.samples += more.samples
      measurement.planned += more.planned
      outcome = .measured(measurement)
    // One wrong result is enough; one figure is better than none.
    case (.failed, _): break
    case (_, .failed), (_, .measured):
      outcome = other.outcome
      input = other.input
    default: break
    }
  }
}
