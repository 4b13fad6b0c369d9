import CCPU

/// Verifies implementations, then measures them.
public struct Lab {
  public enum Progress: Sendable {
    case verifying(Workload, Implementation)
    /// - Parameter done: the share of groups that are finished, 0 to 1.
    case measuring(Workload, Case, done: Double)
  }

  public var seed: UInt64
  /// Called before each step.
  public var progress: (Progress) -> Void

  public init(seed: UInt64, progress: @escaping (Progress) -> Void = { _ in }) {
    self.seed = seed
    self.progress = progress
  }

  /// Checks one implementation against the workload's reference and vectors.
  public func verify(
    _ implementation: Implementation, on workload: Workload, payloads: [JSONPayload]
  ) -> Verdict {
    progress(.verifying(workload, implementation))
    switch (workload.kind, implementation.work) {
    case (.aesCTR(let keyBytes), .aes(let kernel)):
      return verifyAES(kernel, keyBytes: keyBytes, seed: seed)
    case (.jsonEncode, .json(let encoding)):
      return verifyJSON(encoding, seed: seed, payloads: payloads)
    default:
      preconditionFailure("\(implementation.id) does not do \(workload.id)")
    }
  }

  /// Verifies every implementation of the selection, and measures those that agree.
  ///
  /// - Parameter seconds: how long all of it may take; nil takes the plan's rounds, however long.
  public func run(
    _ selection: Selection, plan: Plan, seconds: Double? = nil, source: CycleSourceChoice,
    calibration: Calibration
  ) -> RunResult {
    let start = ccpu_monotonic_raw_ns()
    let end = seconds.map { start + UInt64($0 * 1e9) }
    var result = RunResult(seed: seed, calibration: calibration, source: source.source, plan: plan)
    result.refusals = source.refusals
    result.askedSeconds = seconds
    var excluded: [String: RunResult.Outcome] = [:]
    func key(_ workload: Workload, _ implementation: Implementation) -> String {
      "\(workload.id)/\(implementation.id)"
    }
    for (workload, implementation) in selection.pairs {
      if let reason = implementation.obstacle() {
        excluded[key(workload, implementation)] = .ineligible(reason: reason)
      } else if case .failed(let mismatch) = verify(
        implementation, on: workload, payloads: selection.payloads)
      {
        excluded[key(workload, implementation)] = .failed(mismatch)
      }
    }

    let sampler = Sampler(plan: plan, calibration: calibration, source: source, seed: seed)
    for (index, group) in selection.groups.enumerated() {
      progress(
        .measuring(group.workload, group.case, done: Double(index) / Double(selection.groups.count))
      )
      var outcomes = excluded.filter { $0.key.hasPrefix(group.workload.id + "/") }
      let healthy = group.implementations.filter { outcomes[key(group.workload, $0)] == nil }
      var contestants: [Contestant] = []
      for implementation in healthy {
        let contestant = contestant(implementation, workload: group.workload, case: group.case)
        do {
          _ = try contestant.prepare(0)
          contestants.append(contestant)
        } catch {
          outcomes[key(group.workload, implementation)] = .unprepared(reason: "\(error)")
        }
      }
      do {
        // What is left of the time is shared equally among the groups that are left.
        let now = ccpu_monotonic_raw_ns()
        let deadline = end.map { end in
          now + (end > now ? (end - now) / UInt64(selection.groups.count - index) : 0)
        }
        for (contestant, measurement) in zip(
          contestants, try sampler.measure(contestants, deadline: deadline))
        {
          outcomes["\(group.workload.id)/\(contestant.id)"] = .measured(measurement)
        }
      } catch {
        for contestant in contestants {
          outcomes["\(group.workload.id)/\(contestant.id)"] = .unprepared(reason: "\(error)")
        }
      }
      for implementation in group.implementations {
        result.rows.append(
          RunResult.Row(
            address: Address(
              workload: group.workload.id, case: group.case.id, implementation: implementation.id),
            language: implementation.language, remarks: implementation.remarks,
            outcome: outcomes[key(group.workload, implementation)]!))
      }
    }
    result.elapsed = Double(ccpu_monotonic_raw_ns() - start) / 1e9
    return result
  }

  private func contestant(
    _ implementation: Implementation, workload: Workload, case one: Case
  ) -> Contestant {
    let seed = seed
    return Contestant(id: implementation.id) { layout in
      switch (workload.kind, implementation.work, one.input) {
      case (.aesCTR(let keyBytes), .aes(let kernel), .message(let bytes)):
        try kernel.prepareMessage(bytes: bytes, keyBytes: keyBytes, seed: seed, layout: layout)
      case (.aesCTR(let keyBytes), .aes(let kernel), .pyaes):
        try kernel.preparePyaes(keyBytes: keyBytes, layout: layout)
      case (.jsonEncode, .json(let encoding), .payload(let payload)):
        try encoding.prepare(payload)
      default:
        preconditionFailure("\(one.id) is no case of \(workload.id)")
      }
    }
  }
}
