import OptlabBasics
import OptlabLab
import OptlabMeasure

/// One implementation of a runner program, as work of the lab.
struct RunnerWork: ExternalWork {
  var id: String
  var workloads: [String]
  var versions: [String: String]
  /// Why it cannot run; nil where it can.
  var obstacle: String?
  /// Whether the runner can put out what timed calls have made.
  var keepsResult = false
  /// What went wrong before anything was known of it; nil where nothing did.
  var greeting: RunnerFailure?
  let runner: Runner

  /// Seconds that a single call may take: it is made some twenty times in a run.
  static let longestCall = 0.25
  /// Messages up to here are just tried.
  private static let sureBytes = 16 << 10

  func does(_ workload: any Workload) -> Bool {
    workload is any ExternalWorkload && workloads.contains(workload.id)
  }

  var source: String? { "the runner '\(runner.program)'" }
  var refusal: String? { greeting?.description }

  func refusedChecks(of workload: any Workload) -> [String] {
    runner.refusedChecks[workload.id] ?? []
  }

  func checkCommand(_ workload: any Workload, plugins: [String]) -> String? {
    "harness verify \(ShellWord.option("--runner", runner.program)) \(ShellWord.option("--impl", id)) "
      + "--workload \(workload.id)"
  }

  func prepare(
    _ workload: any Workload, _ one: Case, seed: UInt64, layout: Int
  ) throws -> any PreparedCase {
    do {
      return try prepared(workload as! any ExternalWorkload, one, seed: seed)
    } catch let failure as RunnerFailure {
      throw failure.rowError("prepare \(one.id)")
    }
  }

  /// Why a case has no figure although the row has others.
  struct NotRun: Error, CustomStringConvertible {
    var description: String
  }

  private func prepared(
    _ workload: any ExternalWorkload, _ one: Case, seed: UInt64
  ) throws -> any PreparedCase {
    func made(_ mostBytes: Int = .max) throws -> RunnerRequest {
      guard let request = try workload.runnerRequest(one, seed: seed, mostBytes: mostBytes) else {
        throw NotRun(description: "runners are not asked for '\(one.id)'")
      }
      return request
    }
    func ready(_ request: RunnerRequest) throws -> RunnerCase {
      try RunnerCase(
        runner, request, line: request.line(id, workload.id), keepsResult: keepsResult)
    }
    let request = try made()
    if let whole = request.wholeUnits, whole > Self.sureBytes {
      _ = try ready(made(Self.sureBytes))
      let seconds =
        (try Double(runner.run(1).ns) / 1e9) * Double(whole) / Double(Self.sureBytes)
      if seconds > Self.longestCall {
        throw NotRun(
          description: "about \(Figures.significant(seconds)) s a call, going by what "
            + "\(ByteCount.text(Self.sureBytes)) take; over \(Self.longestCall) s is not waited for"
        )
      }
    }
    return try ready(request)
  }
}

extension RunnerFailure {
  /// What becomes of the row of a case: without a figure in that case alone where the runner said that
  /// it cannot do it, or was not given the time; else failed.
  func rowError(_ check: String) -> any Error {
    switch kind {
    case .refused(let reason): RunnerWork.NotRun(description: "the runner cannot do it: \(reason)")
    case .interrupted: RunnerWork.NotRun(description: description)
    default: Mismatch(check: check, summary: description)
    }
  }
}
