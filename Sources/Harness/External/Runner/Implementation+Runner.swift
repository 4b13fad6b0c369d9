import Foundation
import OptlabLab

extension Implementation {
  /// What a row is marked with whose cycles are nanoseconds of a runner's own clock, times the core
  /// clock that probes around the request found.
  public static let ownClockRemark = "ns*cal"

  /// What a row is marked with whose runner does not put out what its timed calls have made: only
  /// other calls of the same process were checked.
  public static let uncheckedRemark = "timed output unchecked"

  /// The implementations of a runner program, in its order. One that cannot be talked to is a single
  /// implementation, named after its file, that fails.
  ///
  /// - Parameters:
  ///   - program: the path of an executable file.
  ///   - list: the workloads of this program.
  ///   - seconds: that each answer may take; nil is what the protocol allows.
  ///   - taken: ids that are in use, and so not for one that could not say how it is called.
  public static func runner(
    _ program: String, for list: WorkloadList, within seconds: Double? = nil, taken: [String] = []
  ) -> [Implementation] {
    runner(program, for: list, deadlines: RunnerProcess.Deadlines(seconds), taken: taken)
  }

  static func runner(
    _ program: String, for list: WorkloadList, deadlines: RunnerProcess.Deadlines,
    taken: [String] = []
  ) -> [Implementation] {
    let known = list.external.map(\.id)
    do throws(RunnerFailure) {
      let (process, offers) = try Runner.greet(
        program: program, deadlines: deadlines, known: known)
      return offers.enumerated().map { index, offer in
        // The first one keeps the process that is there already.
        let runner = Runner(
          program: program, deadlines: deadlines, known: known,
          process: index == 0 ? process : nil)
        return Implementation(
          id: offer.id, language: offer.language, technique: offer.technique,
          remarks: [ownClockRemark] + (offer.keepsResult ? [] : [uncheckedRemark])
            + unmasked("the runner") + offer.remarks,
          work:
            RunnerWork(
              id: offer.id, workloads: offer.workloads, versions: offer.versions,
              obstacle: offer.missing, keepsResult: offer.keepsResult, runner: runner))
      }
    } catch {
      let file = Plugin.safe(URL(filePath: program).deletingPathExtension().lastPathComponent)
      let taken = Set(taken + ["all"])
      let name =
        taken.contains(file)
        ? (2...).lazy.map { "\(file)~\($0)" }.first { !taken.contains($0) }! : file
      return [
        Implementation(
          id: name, language: "runner", technique: "a runner program that did not say hello",
          work:
            RunnerWork(
              id: name, workloads: known, versions: [:], greeting: error,
              runner: Runner(program: program, deadlines: deadlines, known: known)))
      ]
    }
  }
}

extension RunResult.Row {
  /// Whether it was timed by a clock of its own, in nanoseconds.
  package var isByOwnClock: Bool {
    measurement != nil && remarks.contains(Implementation.ownClockRemark)
  }
}
