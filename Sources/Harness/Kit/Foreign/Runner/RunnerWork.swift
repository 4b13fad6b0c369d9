/// One implementation of a runner program, as work of the lab.
struct RunnerWork: ForeignWork {
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

  func does(_ workload: Workload) -> Bool { workloads.contains(workload.id) }

  var source: String? { "the runner '\(runner.program)'" }
  var refusal: String? { greeting?.description }

  func refusedChecks(of workload: Workload) -> [String] {
    runner.refusedChecks[workload.id] ?? []
  }

  func checkCommand(_ workload: Workload) -> String? {
    "harness verify \(ShellWord.option("--runner", runner.program)) \(ShellWord.option("--impl", id)) "
      + "--workload \(workload.id)"
  }

  func prepare(
    _ workload: Workload, _ case: Case, seed: UInt64, layout: Int
  ) throws -> any PreparedCase {
    do {
      return try prepared(workload, `case`, seed: seed)
    } catch let failure as RunnerFailure {
      throw failure.rowError("prepare \(`case`.id)")
    }
  }

  /// Why a case has no figure although the row has others.
  struct NotRun: Error, CustomStringConvertible {
    var description: String
  }

  private func prepared(
    _ workload: Workload, _ case: Case, seed: UInt64
  ) throws -> any PreparedCase {
    guard let request = try RunnerRequest.measured(id, workload, `case`, seed: seed) else {
      throw NotRun(description: "runners are not asked for '\(`case`.id)'")
    }
    if case .message(let bytes) = `case`.input, bytes > Self.sureBytes,
      let part = try RunnerRequest.measured(
        id, workload, `case`, seed: seed, mostBytes: Self.sureBytes)
    {
      _ = try RunnerCase(runner, part, keepsResult: keepsResult)
      let seconds =
        (try Double(runner.run(1).ns) / 1e9) * Double(bytes) / Double(Self.sureBytes)
      if seconds > Self.longestCall {
        throw NotRun(
          description: "about \(Figures.significant(seconds)) s a call, going by what "
            + "\(ByteCount.text(Self.sureBytes)) take; over \(Self.longestCall) s is not waited for"
        )
      }
    }
    return try RunnerCase(runner, request, keepsResult: keepsResult)
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
