import OptlabBasics
import OptlabMeasure

/// Measures one case of a workload: its implementations, and the loops that bound them, side by
/// side.
struct GroupRun {
  let group: Selection.Group
  let seed: UInt64
  /// nil measures none.
  let limits: Limits?
  let deadline: UInt64?
  /// What a row that beats its limit is measured again with.
  var unitLoops: [LimitLoop]

  /// - Parameter unitLoops: nil takes the workload's own.
  init(
    group: Selection.Group, seed: UInt64, limits: Limits?, deadline: UInt64?,
    unitLoops: [LimitLoop]? = nil
  ) {
    self.group = group
    self.seed = seed
    self.limits = limits
    self.deadline = deadline
    self.unitLoops = unitLoops ?? group.workload.unitLoops()
  }

  /// - Parameter excluded: what is known already of an implementation that has no figure.
  func rows(
    by sampler: Sampler, excluded: (Implementation) -> RunResult.Outcome?
  ) -> [RunResult.Row] {
    var outcomes: [String: RunResult.Outcome] = [:]
    var contestants: [Contestant] = []
    var bytes = 0
    for implementation in group.implementations {
      if let outcome = excluded(implementation) {
        outcomes[implementation.id] = outcome
        continue
      }
      do {
        let prepared = try prepare(implementation, layout: sampler.firstLayout)
        bytes = max(bytes, prepared.unitsPerCall)
        contestants.append(
          contestant(implementation, prepared: prepared, layout: sampler.firstLayout))
      } catch {
        outcomes[implementation.id] = RunResult.Outcome(error)
      }
    }

    let loops = limits == nil ? [] : group.workload.caseLoops(group.case, units: bytes)
    let measured = sampler.measureUntilInterrupted(
      contestants + loops.map(\.contestant), deadline: deadline)
    for (contestant, measurement) in zip(contestants, measured) {
      switch measurement {
      case .success(let measurement): outcomes[contestant.id] = .measured(measurement)
      case .failure(let error): outcomes[contestant.id] = RunResult.Outcome(error)
      case nil: break
      }
    }
    let moves = zip(loops, measured.dropFirst(contestants.count)).compactMap { loop, measurement in
      (try? measurement?.get()).map { (loop, $0) }
    }
    var bounds = Bounds(group, limits, unitLoops, moves: moves)

    // One without an outcome was interrupted before its first sample.
    let chosen = group.implementations.filter { outcomes[$0.id] != nil }
    var rows = chosen.map { implementation in
      bounds.bound(
        RunResult.Row(
          address: Address(
            workload: group.workload.id, case: group.case.id, implementation: implementation.id),
          language: implementation.language,
          // Another process's cycles are not in this one's counter.
          remarks: implementation.remarks
            + (sampler.source == .pmu && implementation.externalWork != nil
              ? [CycleSource.calibrated.rawValue] : []),
          outcome: outcomes[implementation.id]!), isCopy: implementation.isYardstick)
    }
    for (index, implementation) in chosen.enumerated()
    where rows[index].seemsToBeatLimit && !Interruption.isRequested {
      guard let again = remeasured(implementation, loops: loops, by: sampler) else { continue }
      rows[index].outcome = .measured(again.measurement)
      // A case has one limit, which all of its rows are held against.
      bounds.lower(again.bounds)
      for index in rows.indices {
        rows[index] = bounds.bound(rows[index], isCopy: chosen[index].isYardstick)
      }
    }
    return rows
  }

  /// What bounds the rows of a case.
  private struct Bounds {
    /// Of those that do the work, and of those that only move bytes.
    var work: LimitFinding?
    var copy: LimitFinding?

    /// - Parameter limits: nil where nothing is to be bounded.
    init(
      _ group: Selection.Group, _ limits: Limits?, _ units: [LimitLoop],
      moves: [(LimitLoop, Measurement)]
    ) {
      guard let limits, !group.case.input.isSetup else { return }
      let move = LimitFinding.fastest(moves.map(\.0), moves.map { LimitFinding($0, $1) })
      work = group.workload.limit(
        of: group.case, units: limits.findings(of: units), beside: move)
      copy = move
    }

    mutating func lower(_ other: Bounds) {
      work = other.work.map { work?.lower($0) ?? $0 } ?? work
      copy = other.copy.map { copy?.lower($0) ?? $0 } ?? copy
    }

    func bound(_ row: RunResult.Row, isCopy: Bool) -> RunResult.Row {
      var row = row
      row.take(isCopy ? copy : work)
      return row
    }
  }

  /// A row that beats its limit, measured again together with all that bounds it.
  private func remeasured(
    _ implementation: Implementation, loops: [LimitLoop], by sampler: Sampler
  ) -> (measurement: Measurement, bounds: Bounds)? {
    let contestant = Contestant(id: implementation.id) { try prepare(implementation, layout: $0) }
    let units = unitLoops
    guard
      let measured = try? sampler.measure([contestant] + (loops + units).map(\.contestant))
    else { return nil }
    let others = measured.dropFirst()
    return (
      measured[0],
      Bounds(
        group, Limits(units, Array(others.suffix(units.count))), units,
        moves: Array(zip(loops, others)))
    )
  }

  /// - Parameter prepared: made ready already for the first time that this is asked for, in `layout`.
  private func contestant(
    _ implementation: Implementation, prepared: any PreparedCase, layout first: Int
  ) -> Contestant {
    var prepared: (any PreparedCase)? = prepared
    return Contestant(id: implementation.id) { layout in
      if layout == first, let one = prepared {
        prepared = nil
        return one
      }
      return try prepare(implementation, layout: layout)
    }
  }

  private func prepare(_ implementation: Implementation, layout: Int) throws -> any PreparedCase {
    try group.prepare(implementation, seed: seed, layout: layout)
  }
}

extension Selection.Group {
  /// Makes the group's case ready for one of its implementations: see ``Work/prepare(_:_:seed:layout:)``.
  public func prepare(
    _ implementation: Implementation, seed: UInt64, layout: Int = 0
  ) throws -> any PreparedCase {
    try implementation.work.prepare(workload, `case`, seed: seed, layout: layout)
  }
}

extension RunResult.Outcome {
  /// What becomes of a row whose implementation threw that.
  init(_ error: any Error) {
    if let mismatch = error as? Mismatch {
      self = .failed(mismatch)
    } else {
      self = .unprepared(reason: "\(error)")
    }
  }
}
