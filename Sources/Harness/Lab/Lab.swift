import CCPU
import OptlabBasics
import OptlabMeasure

/// Verifies implementations, then measures them.
public struct Lab {
  public enum Progress: Sendable {
    case verifying(any Workload, Implementation)
    /// - Parameter done: the share of groups that are finished, 0 to 1.
    case measuring(any Workload, Case, done: Double)
    /// How long all of it is going to take, in words: `takes about 60 s in all`.
    case forecast(String)
  }

  public var seed: UInt64
  /// Called before each step.
  public var progress: (Progress) -> Void

  public init(seed: UInt64, progress: @escaping (Progress) -> Void = { _ in }) {
    self.seed = seed
    self.progress = progress
  }

  /// Checks one implementation against the workload's reference and vectors.
  ///
  /// - Parameters:
  ///   - cases: of the workload, as far as they were chosen.
  ///   - exhaustively: whether to check all that can be checked, however long it takes.
  public func verify(
    _ implementation: Implementation, on workload: any Workload, cases: [Case],
    exhaustively: Bool = false
  ) -> Verdict {
    progress(.verifying(workload, implementation))
    return implementation.work.verify(
      workload, cases: cases, seed: seed, exhaustively: exhaustively)
  }

  /// What is known of an implementation that has no figure, by `workload/implementation`.
  public typealias Exclusions = [String: RunResult.Outcome]

  static func key(_ workload: String, _ implementation: String) -> String {
    "\(workload)/\(implementation)"
  }

  /// Verifies every implementation of the selection.
  public func check(_ selection: Selection) -> Exclusions {
    var excluded: Exclusions = [:]
    for (workload, implementation) in selection.pairs where !Interruption.isRequested {
      let key = Self.key(workload.id, implementation.id)
      if let reason = implementation.obstacle() {
        excluded[key] = .ineligible(reason: reason)
      } else if case .failed(let mismatch) = verify(
        implementation, on: workload, cases: selection.cases(of: workload))
      {
        excluded[key] = .failed(mismatch)
      }
    }
    return excluded
  }

  /// Verifies every implementation of the selection, and measures those that agree.
  ///
  /// - Parameter seconds: how long all of it may take; nil takes the plan's rounds, however long.
  public func run(
    _ selection: Selection, plan: Plan, seconds: Double? = nil, source: CycleSourceChoice,
    calibration: Calibration
  ) -> RunResult {
    let start = ccpu_monotonic_raw_ns()
    let excluded = check(selection)
    let spent = Double(ccpu_monotonic_raw_ns() - start) / 1e9
    var result = measure(
      selection, excluded: excluded, plan: plan,
      seconds: seconds.map { max(0, $0 - spent) } ?? plan.mostSeconds,
      source: source, calibration: calibration)
    result.askedSeconds = seconds
    result.excludedAtFirst = Set(excluded.keys)
    result.measuring = result.elapsed
    result.elapsed += spent
    return result
  }

  /// Measures the selection, without what is excluded.
  ///
  /// - Parameters:
  ///   - seconds: as in ``run(_:plan:seconds:source:calibration:)``.
  ///   - process: which block of a run this is, where each has a process of its own; nil takes all
  ///     blocks in this one.
  public func measure(
    _ selection: Selection, excluded: Exclusions, plan: Plan, seconds: Double? = nil,
    source: CycleSourceChoice, calibration: Calibration, process: BlockProcess? = nil
  ) -> RunResult {
    let start = ccpu_monotonic_raw_ns()
    let end = seconds.map { start + UInt64($0 * 1e9) }
    var result = RunResult(seed: seed, calibration: calibration, source: source.source, plan: plan)
    result.workloads = selection.facts
    result.refusals = source.refusals
    result.askedSeconds = seconds
    let sampler = Sampler(
      plan: plan, calibration: calibration, source: source,
      seed: seed &+ UInt64(process?.block ?? 0), firstLayout: process?.block ?? 0,
      idleLoad: process?.idleLoad)
    let limits: Limits
    do {
      let loops = selection.groups.flatMap { $0.workload.unitLoops() }.uniqued(by: \.name)
      limits = try Limits.measure(plan.measuresLimits ? loops : [], by: sampler)
    } catch {
      limits = Limits()
    }
    result.unitLimits = limits.found
    var excluded = excluded
    for (index, group) in selection.groups.enumerated() {
      if Interruption.isRequested { break }
      progress(
        .measuring(group.workload, group.case, done: Double(index) / Double(selection.groups.count))
      )
      // What is left of the time is shared equally among the groups that are left.
      let now = ccpu_monotonic_raw_ns()
      let deadline = end.map { end in
        now + (end > now ? (end - now) / UInt64(selection.groups.count - index) : 0)
      }
      let excludedHere = excluded.filter { $0.key.hasPrefix(group.workload.id + "/") }
      result.rows += GroupRun(
        group: group, seed: seed, limits: plan.measuresLimits ? limits : nil, deadline: deadline
      ).rows(by: sampler) { excludedHere[Self.key(group.workload.id, $0.id)] }
      // What failed while it was measured has no figure in other cases either.
      excluded.merge(result.exclusions) { known, _ in known }
    }
    result.take(excluded)
    result.isPartial = Interruption.isRequested
    result.elapsed = Double(ccpu_monotonic_raw_ns() - start) / 1e9
    return result
  }
}
