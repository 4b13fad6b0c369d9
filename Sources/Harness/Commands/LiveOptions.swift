import ArgumentParser
import Foundation
import OptlabLab
import OptlabMeasure

/// How a comparison measures what it compares.
struct LiveOptions: ParsableArguments {
  @OptionGroup var hidden: MaskOption
  @OptionGroup var place: PlacementOptions
  @OptionGroup var rounds: PlanOption

  @Option(
    help: ArgumentHelp(
      "Count cycles by this source alone: pmu, tsc*cal, ref, ns.", valueName: "source"))
  var cycles: CycleSource?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Take as many rounds as fit into this time.", valueName: "seconds"))
  var time: Double?

  func validate() throws {
    if let time, !(time > 0 && time <= 86_400) {
      throw ValidationError("--time \(time) is not between 0 and 86400 seconds")
    }
    try rounds.check(time: time)
  }

  /// Verifies both and measures them in turns.
  func measure(_ choice: SelectionOptions, implementations: [String]) throws -> RunResult {
    try hidden.apply()
    try requireOptimisedBuild("its figures would mean nothing")
    let selection = try choice.selection()
    for id in implementations {
      guard let implementation = Harness.workloads.implementations.first(where: { $0.id == id })
      else { continue }
      if let obstacle = implementation.obstacle() {
        throw CommandFailure(.usage, "'\(id)' cannot run here: \(obstacle)")
      }
    }
    let placement = try place.apply()
    Interruption.catchSignals()
    let seed = choice.seed ?? UInt64.random(in: 0...UInt64(UInt32.max))
    let progress = ProgressLine()
    let plan = rounds.replacing(time.map(Plan.timed) ?? .standard)
    let run = BlockwiseRun(
      selection: selection, plan: plan, seconds: time,
      source: try chooseSource(forced: cycles, isJudged: !rounds.isOnce),
      calibration: .measure(), cpu: placement.cpu?.number)
    let result = try failing { try run.run(by: Lab(seed: seed, progress: progress.show)) }
    progress.clear()
    if result.isPartial {
      throw CommandFailure(.interrupted, "interrupted before there was enough to compare")
    }
    return result
  }
}
