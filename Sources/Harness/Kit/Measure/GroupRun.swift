/// Measures one case of a workload: its implementations, and the loops that bound them, side by
/// side.
struct GroupRun {
  let group: Selection.Group
  let seed: UInt64
  let limits: Limits
  let deadline: UInt64?

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
        let prepared = try prepare(implementation, layout: 0)
        bytes = max(bytes, prepared.bytesPerCall)
        contestants.append(
          Contestant(id: implementation.id) { try prepare(implementation, layout: $0) })
      } catch {
        outcomes[implementation.id] = RunResult.Outcome(error)
      }
    }

    var moves: [Limit] = []
    let loops = Limits.moves(group.workload, bytes: bytes)
    let measured = sampler.measureUntilInterrupted(contestants + loops, deadline: deadline)
    for (contestant, measurement) in zip(contestants, measured) {
      switch measurement {
      case .success(let measurement): outcomes[contestant.id] = .measured(measurement)
      case .failure(let error): outcomes[contestant.id] = RunResult.Outcome(error)
      case nil: break
      }
    }
    moves = zip(loops, measured.dropFirst(contestants.count)).compactMap { loop, measurement in
      (try? measurement?.get()).map {
        Limit(name: loop.id, costPerByte: $0.costPerByte.lowerQuartile)
      }
    }

    // One without an outcome was interrupted before its first sample.
    return group.implementations.compactMap { implementation in
      guard let outcome = outcomes[implementation.id] else { return nil }
      let row = RunResult.Row(
        address: Address(
          workload: group.workload.id, case: group.case.id, implementation: implementation.id),
        language: implementation.language,
        // Another process's cycles are not in this one's counter.
        remarks: implementation.remarks
          + (sampler.source == .pmu && implementation.isForeign
            ? [CycleSource.calibrated.rawValue] : []),
        outcome: outcome,
        limit: group.case.isSetup
          ? nil
          : limits.limit(group.workload, moves: moves, isCopy: implementation.isCopy))
      return row.beatsLimit && !Interruption.isRequested
        ? remeasured(row, implementation, loops: loops, by: sampler) : row
    }
  }

  /// A row that beats its limit, measured again together with all that bounds it.
  private func remeasured(
    _ row: RunResult.Row, _ implementation: Implementation, loops: [Contestant],
    by sampler: Sampler
  ) -> RunResult.Row {
    let contestant = Contestant(id: implementation.id) { try prepare(implementation, layout: $0) }
    let units = group.workload.kind == .jsonEncode ? [] : AESRoundsLoop.contestants
    guard let measured = try? sampler.measure([contestant] + loops + units) else { return row }
    let bounds = zip(loops + units, measured.dropFirst()).map { loop, measurement in
      Limit(name: loop.id, costPerByte: measurement.costPerByte.lowerQuartile)
    }
    var again = row
    again.outcome = .measured(measured[0])
    again.limit = Limits(aesRounds: Array(bounds.suffix(units.count)))
      .limit(
        group.workload, moves: Array(bounds.prefix(loops.count)), isCopy: implementation.isCopy)
    return again
  }

  private func prepare(_ implementation: Implementation, layout: Int) throws -> any PreparedCase {
    try group.prepare(implementation, seed: seed, layout: layout)
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

extension Implementation {
  /// Whether another process does the work.
  var isForeign: Bool { if case .foreign = work { true } else { false } }

  /// Whether it only moves bytes.
  var isCopy: Bool { if case .memcpy = work { true } else { false } }
}
