import OptlabBasics
import OptlabLab

extension RunnerWork {
  /// Checks what the workload asks for. What is checked came from the runner's own timed code, called once.
  ///
  /// What it says that it cannot do is no check, and no mistake, unless nothing is left to be checked.
  func verify(
    _ workload: any Workload, cases: [Case], seed: UInt64, exhaustively: Bool
  ) -> Verdict {
    if let greeting {
      return .failed(Mismatch(check: "hello", summary: greeting.description))
    }
    var checks = 0
    var refused: [(check: String, reason: String)] = []
    runner.refusedChecks[workload.id] = []
    do throws(Mismatch) {
      let checked = (workload as! any ExternalWorkload).runnerChecks(cases: cases, seed: seed)
      for (check, request) in checked {
        switch try agreement(on: request, of: workload, check: check) {
        case .agreed(let outputs): checks += outputs
        case .refused(let reason): refused.append((check, reason))
        }
      }
      runner.refusedChecks[workload.id] = refused.map { "\($0.check): \($0.reason)" }
      guard checks > 0 || refused.isEmpty else {
        throw Mismatch(
          check: refused[0].check,
          summary: "the runner refuses every check, this one with: \(refused[0].reason)")
      }
      return .passed(checks: checks)
    } catch {
      return .failed(error)
    }
  }

  private enum Answer {
    /// How many outputs there were.
    case agreed(Int)
    /// The runner's words.
    case refused(String)
  }

  private func agreement(
    on request: RunnerRequest, of workload: any Workload, check: String
  ) throws(Mismatch) -> Answer {
    let unitsPerCall: Int
    let outputs: [[UInt8]]
    do throws(RunnerFailure) {
      unitsPerCall =
        try runner.prepare(
          runner.newCase(), request.line(id, workload.id), unitsPerCall: request.unitsPerCall) ?? 0
      outputs = try runner.outputs(count: request.outputs, longest: request.longestOutput)
    } catch {
      if case .refused(let reason) = error.kind { return .refused(reason) }
      throw Mismatch(check: check, summary: error.description)
    }
    return .agreed(
      try request.agreement(of: outputs, unitsPerCall: unitsPerCall, check: check))
  }
}
