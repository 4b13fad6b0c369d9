import OptlabBasics
import OptlabMeasure

/// Several runs as one.
public enum UnitedRuns {
  /// Why runs that should be parts of one are not.
  public struct Failure: Error, Equatable, CustomStringConvertible {
    public var description: String

    package init(description: String) {
      self.description = description
    }
  }

  /// What several of them have measured gets all of their rounds, as further blocks; the first one's seed, calibration and plan stand for all.
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
    func sum(_ seconds: KeyPath<RunResult, Double?>) -> Double? {
      let all = runs.compactMap { $0[keyPath: seconds] }
      return all.count == runs.count ? all.reduce(0, +) : nil
    }
    whole.askedSeconds = sum(\.askedSeconds)
    whole.measuring = sum(\.measuring)
    whole.plan.mostSeconds = sum(\.plan.mostSeconds)
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
  fileprivate mutating func take(_ other: RunResult.Row) throws(UnitedRuns.Failure) {
    switch (outcome, other.outcome) {
    case (.measured(var measurement), .measured(let more)):
      if let input, let others = other.input, input != others {
        throw UnitedRuns.Failure(
          description:
            "\(address) had another input under the same name in one of the runs: not the "
            + "same case, so leave one of them out")
      }
      input = input ?? other.input
      guard measurement.unitsPerCall == more.unitsPerCall else {
        throw UnitedRuns.Failure(
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
