import Foundation
import OptlabBasics
import OptlabLab
import OptlabMeasure

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

  public typealias Failure = UnitedRuns.Failure

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

  /// Runs of one build on one machine as one run. What several of them have measured gets all of
  /// their rounds, as further blocks.
  private static func united(_ records: [RunRecord]) throws(Failure) -> RunRecord {
    guard records.count > 1 else { return records[0] }
    var whole = records[0]
    whole.run = try UnitedRuns.united(records.map(\.run))
    whole.runs = records.flatMap(\.runs)
    // Limits of the machine were measured where there was the time for it.
    whole.cpuReport =
      records.map(\.cpuReport).first { !$0.memoryLimits.isEmpty } ?? whole.cpuReport
    return whole
  }
}
