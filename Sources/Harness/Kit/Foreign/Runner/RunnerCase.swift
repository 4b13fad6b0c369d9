import CCPU

/// A case that a runner has ready, and times itself.
final class RunnerCase: ForeignCase {
  let bytesPerCall: Int
  private let runner: Runner
  private let number: Int
  private let request: RunnerRequest

  /// A runner's call takes microseconds to seconds, and what this process does between two requests
  /// costs its caches something: longer slices than the house's have less of it.
  var shortestSlice: Double { 1e-3 }

  init(_ runner: Runner, _ request: RunnerRequest) throws(RunnerFailure) {
    self.runner = runner
    self.request = request
    number = runner.newCase()
    bytesPerCall =
      try runner.prepare(number, request.line, bytesPerCall: request.bytesPerCall) ?? 0
  }

  func takeSlice(calls: Int) throws -> ForeignSlice {
    do throws(RunnerFailure) {
      // Another case of this runner may have been made ready since, or the process started anew.
      try runner.prepare(number, request.line, bytesPerCall: bytesPerCall)
      // The probes are this process's, on the same CPU; who else had that CPU, only the runner's own
      // time tells.
      var before = ProbeReading.take(overhead: Self.calibration.overheadTicks)
      let (ns, isPreempted) = try runner.run(calls)
      var after = ProbeReading.take(overhead: Self.calibration.overheadTicks)
      (before.preemptions, after.preemptions) = (0, isPreempted ? 1 : 0)
      return (Double(ns) * Self.calibration.ticksPerSecond / 1e9, before, after)
    } catch {
      throw Mismatch(check: "run \(calls)", summary: error.description)
    }
  }

  private static let calibration = Calibration.measure()
}
