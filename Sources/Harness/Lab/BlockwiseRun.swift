import Foundation
import OptlabBasics
import OptlabMeasure

/// A run whose blocks are processes of their own.
public struct BlockwiseRun {
  var selection: Selection
  var plan: Plan
  var seconds: Double?
  var source: CycleSourceChoice
  var calibration: Calibration
  /// The CPU that all blocks are pinned to.
  var cpu: Int?

  /// - Parameters:
  ///   - seconds: how long measuring may take; nil takes the plan's rounds, however long.
  ///   - cpu: the one to measure on; nil leaves it to the scheduler.
  public init(
    selection: Selection, plan: Plan, seconds: Double? = nil, source: CycleSourceChoice,
    calibration: Calibration, cpu: Int?
  ) {
    self.selection = selection
    self.plan = plan
    self.seconds = seconds
    self.source = source
    self.calibration = calibration
    self.cpu = cpu
  }

  /// What a run has come to.
  package struct Outcome {
    /// Of the blocks that were measured whole, and of that in which an interruption came.
    package var result: RunResult
    /// Why a block has no result although nobody has interrupted it; the blocks after it were not begun,
    /// and the result is partial.
    package var loss: BlockProcess.Failure?
  }

  /// Verifies in this process, then measures block after block in others.
  ///
  /// - Throws: ``BlockProcess/Failure`` where a block has no result.
  public func run(by lab: Lab) throws -> RunResult {
    let outcome = try outcome(by: lab)
    if let loss = outcome.loss { throw loss }
    return outcome.result
  }

  /// Does the same, and keeps what the blocks before a lost one have measured.
  ///
  /// - Throws: ``BlockProcess/Failure`` where the first block has no result.
  package func outcome(by lab: Lab) throws -> Outcome {
    let start = ContinuousClock.now
    func elapsed() -> Double { (ContinuousClock.now - start) / .seconds(1) }
    // Before all that is verified, which takes a while.
    try FreeDescriptors.require(
      FreeDescriptors.forChild + FreeDescriptors.ofFirstChild, to: "start a process for a block")
    var excluded = lab.check(selection)
    let excludedAtFirst = Set(excluded.keys)
    var parts: [RunResult] = []
    var loss: BlockProcess.Failure?
    var idleLoad: Double?
    // Verifying takes what it takes: a plan's own limit is for measuring.
    let verifying = elapsed()
    var budget =
      seconds == nil
      ? TimeBudget(blocks: plan.blocks, measuring: plan.mostSeconds, verifying: verifying)
      : TimeBudget(blocks: plan.blocks, seconds: seconds)
    for block in 0..<plan.blocks where !Interruption.isRequested {
      let begun = elapsed()
      guard budget.hasRoom(forBlock: block, spent: begun) else { break }
      let process = BlockProcess(
        block: block, count: plan.blocks, excluded: excluded.keys.sorted(), idleLoad: idleLoad)
      let task = BlockTask(
        process, of: selection, plan: plan, seed: lab.seed,
        seconds: budget.share(ofBlock: block, spent: begun), source: source.source, cpu: cpu)
      do {
        let part = try BlockProcess.measure(task)
        idleLoad = [idleLoad, part.idleLoad].compactMap(\.self).min()
        excluded.merge(part.exclusions) { known, _ in known }
        parts.append(part)
      } catch  where Interruption.isRequested {
        break
      } catch let failure as BlockProcess.Failure where !parts.isEmpty {
        loss = failure
        break
      }
      budget.took(elapsed() - begun)
      if let forecast = budget.forecast(afterBlock: block, spent: elapsed()) {
        lab.progress(.forecast(forecast))
      }
    }
    var result = RunResult(
      seed: lab.seed, calibration: calibration, source: source.source, plan: plan)
    result.workloads = selection.facts
    if !parts.isEmpty {
      let united = try UnitedRuns.united(parts)
      result.rows = united.rows
      result.unitLimits = united.unitLimits
      result.plan.blocks = parts.count
    }
    result.take(excluded)
    result.excludedAtFirst = excludedAtFirst
    result.refusals = source.refusals
    result.isPartial = Interruption.isRequested || loss != nil
    result.askedSeconds = seconds
    result.elapsed = elapsed()
    result.measuring = result.elapsed - verifying
    return Outcome(result: result, loss: loss)
  }
}
