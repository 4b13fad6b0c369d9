import Foundation

/// A run whose blocks are processes of their own.
public struct BlockwiseRun {
  /// Of a command line that measures the selection, without the program's name.
  var arguments: [String]
  var selection: Selection
  var plan: Plan
  var seconds: Double?
  var source: CycleSourceChoice
  var calibration: Calibration

  /// What a process needs before it measures anything, in seconds.
  private static let startup = 0.15

  /// - Parameters:
  ///   - arguments: of a command line that measures the selection, without the program's name.
  ///   - seconds: how long measuring may take; nil takes the plan's rounds, however long.
  public init(
    arguments: [String], selection: Selection, plan: Plan, seconds: Double? = nil,
    source: CycleSourceChoice, calibration: Calibration
  ) {
    self.arguments = arguments
    self.selection = selection
    self.plan = plan
    self.seconds = seconds
    self.source = source
    self.calibration = calibration
  }

  /// Verifies in this process, then measures block after block in others.
  public func run(by lab: Lab) throws -> RunResult {
    let start = ContinuousClock.now
    func elapsed() -> Double { (ContinuousClock.now - start) / .seconds(1) }
    var excluded = lab.check(selection)
    var parts: [RunResult] = []
    var idleLoad: Double?
    for block in 0..<plan.blocks where !Interruption.isRequested {
      let process = BlockProcess(
        block: block, count: plan.blocks, excluded: excluded.keys.sorted(), idleLoad: idleLoad)
      let share = seconds.map {
        max(0.01, ($0 - elapsed()) / Double(plan.blocks - block) - Self.startup)
      }
      do {
        let part = try process.measure(
          arguments: arguments
            + process.arguments(source: source.source, seed: lab.seed, seconds: share))
        idleLoad = [idleLoad, part.idleLoad].compactMap(\.self).min()
        excluded.merge(part.exclusions) { known, _ in known }
        parts.append(part)
      } catch  where Interruption.isRequested {
        break
      }
    }
    var result = RunResult(
      seed: lab.seed, calibration: calibration, source: source.source, plan: plan)
    if !parts.isEmpty {
      let united = try MergedRecords.united(parts)
      result.rows = united.rows
      result.unitLimits = united.unitLimits
    }
    result.take(excluded)
    result.refusals = source.refusals
    result.isPartial = Interruption.isRequested
    result.askedSeconds = seconds
    result.elapsed = elapsed()
    return result
  }
}
