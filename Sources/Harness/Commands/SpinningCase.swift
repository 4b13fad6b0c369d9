import Foundation
import OptlabMeasure
import OptlabProfile

/// `--spin`: one case in a plain loop, for other profilers.
struct SpinningCase {
  let options: ProfileOptions
  let seconds: Double

  func run() throws {
    let all = try options.chosen()
    if let failure = all.failure { throw failure }
    let chosen = all.cases
    guard chosen.count == 1 else {
      throw CommandFailure(
        .usage,
        "--spin runs one case of one implementation, and \(chosen.count) are chosen: "
          + chosen.prefix(4).map(\.address.description).joined(separator: ", ")
          + (chosen.count > 4 ? ", ..." : "")
          + "; choose with --impl, --workload, --size, --payload"
      )
    }
    let loop = TimedLoop(try failing { try chosen[0].prepare() })
    Output.writeError(
      "pid \(getpid()): \(chosen[0].address), verified, in a loop for \(seconds) s\n")
    let outcome = loop.run(seconds: seconds)
    print(
      String(
        format: "%d calls in %.3f s: %.1f MB/s (not a measurement: no probes, no rounds)",
        outcome.calls, outcome.seconds, outcome.bytesPerSecond / 1e6))
    if Interruption.isRequested { throw CommandFailure(.interrupted, "interrupted") }
  }
}
