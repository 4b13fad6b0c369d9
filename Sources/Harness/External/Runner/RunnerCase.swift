import CCPU
import OptlabBasics
import OptlabMeasure

/// A case that a runner has ready, and times itself.
final class RunnerCase: ExternalCase, CheckedCase {
  let unitsPerCall: Int
  private let runner: Runner
  private let number: Int
  private let request: RunnerRequest
  private let line: String
  private let keepsResult: Bool

  /// A runner's call takes microseconds to seconds, and what this process does between two requests
  /// costs its caches something: longer slices than the house's have less of it.
  var shortestSlice: Double { 1e-3 }

  /// - Parameters:
  ///   - line: of the request.
  ///   - keepsResult: whether the runner can put out what timed calls have made.
  init(
    _ runner: Runner, _ request: RunnerRequest, line: String, keepsResult: Bool
  ) throws(RunnerFailure) {
    self.line = line
    self.keepsResult = keepsResult
    self.runner = runner
    self.request = request
    number = runner.newCase()
    unitsPerCall =
      try runner.prepare(number, line, unitsPerCall: request.unitsPerCall) ?? 0
  }

  func takeSlice(calls: Int) throws -> ExternalSlice {
    do throws(RunnerFailure) {
      // Another case of this runner may have been made ready since, or the process started anew.
      try runner.prepare(number, line, unitsPerCall: unitsPerCall)
      // The probes are this process's, on the same CPU; who else had that CPU, only the runner's own
      // time tells.
      var before = ProbeReading.take(overhead: Self.calibration.overheadTicks)
      let (ns, isPreempted) = try runner.run(calls)
      var after = ProbeReading.take(overhead: Self.calibration.overheadTicks)
      (before.preemptions, after.preemptions) = (0, isPreempted ? 1 : 0)
      return (Double(ns) * Self.calibration.ticksPerSecond / 1e9, before, after)
    } catch {
      throw error.rowError("run \(calls)")
    }
  }

  /// The input is that of all rows; a runner would have to be told of each change.
  func renew(_ seed: UInt64) {}

  /// Bytes of a call whose output is looked at after every sample, and not only after a block: it
  /// comes as a line of text.
  private static let quick = 64 << 10

  /// What the last timed call has put out; of a runner that does not keep it, at the end of a block,
  /// what one more call puts out in the process that was timed.
  func check(calls: Int, thoroughly: Bool) throws(Mismatch) {
    guard thoroughly || keepsResult && unitsPerCall <= Self.quick else { return }
    let outputs: [[UInt8]]
    do throws(RunnerFailure) {
      try runner.prepare(number, line, unitsPerCall: unitsPerCall)
      outputs = try runner.outputs(
        count: request.outputs, longest: request.longestOutput,
        by: keepsResult ? "result" : "verify")
    } catch {
      throw Mismatch(check: Mismatch.timedCalls, summary: error.description)
    }
    _ = try request.agreement(of: outputs, unitsPerCall: unitsPerCall, check: Mismatch.timedCalls)
  }

  private static let calibration = Calibration.measure()
}
