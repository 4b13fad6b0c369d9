import OptlabBasics
import OptlabCPU
import OptlabMeasure
import OptlabStatistics

/// What a run found: one row for each address.
public struct RunResult: Sendable {
  public enum Outcome: Sendable {
    case measured(Measurement)
    /// It disagrees with the reference, so it has no figure.
    case failed(Mismatch)
    /// It cannot run here.
    case ineligible(reason: String)
    /// It agrees with the reference, but could not be prepared for this case.
    case unprepared(reason: String)
  }

  public struct Row: Sendable {
    public var address: Address
    public var language: String
    public var remarks: [String]
    /// What the case's input is, by its content: 16 hexadecimal digits. nil where the name of the case
    /// says all, as sizes do, and in files of version 1.0.
    public var input: String? = nil
    public var outcome: Outcome
    /// What this CPU can do at best for the case, where there is a loop that tells.
    public var limit: Limit?
    /// Why there is none, although there are such loops.
    public var limitRefusal: String?

    /// How much of what this CPU can do the implementation reaches, as a share; nil where that is not
    /// known, or the row's own figure is marked.
    public var shareOfLimit: Double? {
      guard let limitCost, let measurement, !measurement.isMarked else { return nil }
      return limitCost / measurement.costPerUnit.median
    }

    /// What the limit comes to at the core's clock while the row was measured, a unit of work.
    package var limitCost: Double? { limit.map { $0.costPerUnit * limitClock } }

    /// How much faster the core was while the limit was measured than while the row was: what is not
    /// counted in cycles of the core takes that much longer at the row's clock. 1 where it is not known.
    private var limitClock: Double {
      guard let measurement, !measurement.source.isCoreCycles, let clock = limit?.cyclesPerTick
      else { return 1 }
      return clock / measurement.coreClock
    }

    /// Whether a share of the limit is missing that a row like this has.
    public var lacksShare: Bool {
      measurement != nil && shareOfLimit == nil && (limit != nil || limitRefusal != nil)
    }

    /// Faster than anything can be by more than measuring explains: it or its limit is wrong. Where the
    /// median is not well known, only if all that it may be is faster.
    public var beatsLimit: Bool {
      guard let measurement, seemsToBeatLimit else { return false }
      guard measurement.isUnstable else { return true }
      let cost = measurement.costPerUnit
      return isBeyondLimit(
        cost.medianInterval(confidence: 0.95)?.upperBound ?? cost.sorted[cost.sorted.count - 1])
    }

    /// Whether its median does, however badly known: a reason to measure it again.
    package var seemsToBeatLimit: Bool {
      guard let measurement, !measurement.isContended else { return false }
      return isBeyondLimit(measurement.costPerUnit.median)
    }

    private func isBeyondLimit(_ cost: Double) -> Bool {
      guard let limit else { return false }
      return (limit.leastPerUnit ?? limit.costPerUnit) * limitClock / cost > 1 + Self.limitTolerance
    }

    static let limitTolerance = 0.01

    mutating func take(_ finding: LimitFinding?) {
      limit = finding?.limit
      limitRefusal = finding?.refusal
    }

    public var measurement: Measurement? {
      if case .measured(let measurement) = outcome { measurement } else { nil }
    }
  }

  public var rows: [Row] = []
  /// What a reader has to know of the workloads of its rows; may lack some in files of old versions.
  public var workloads: [WorkloadFacts] = []
  /// Whether it was interrupted: rows are missing, or have fewer samples than planned.
  public var isPartial = false
  /// What the unit loops of its workloads came to, by loop.
  public var unitLimits: [Limit] = []
  public var seed: UInt64
  public var calibration: Calibration
  public var source: CycleSource
  /// Why each better source was not used.
  public var refusals: [(source: CycleSource, reason: String)] = []
  public var plan: Plan
  /// The CPU features that OPTLAB_MASK or --mask hid.
  public var masked = FeatureSet.detected.subtracting(.inForce)
  /// What the environment told libraries, by variable: see ``LibraryEnvironment``.
  public var environment = LibraryEnvironment.settings()
  /// The CPU that the run was pinned to, and why to this one.
  public var chosenCPU: ChosenCPU?
  /// Its number.
  public var cpu: Int? {
    get { chosenCPU?.number }
    set { chosenCPU = newValue.map { ChosenCPU(number: $0) } }
  }
  /// How long the run was to take, in seconds, where somebody said so.
  public var askedSeconds: Double?
  /// In seconds, of the whole run.
  public var elapsed = 0.0
  /// In seconds, of what came after verifying; nil in files of old versions.
  package var measuring: Double?
  /// What was known of before anything was measured, as `workload/implementation`; not saved.
  var excludedAtFirst: Set<String> = []

  /// Whether a failure was seen only while it was measured, so that verifying does not repeat it.
  public func failedWhileMeasured(_ address: Address) -> Bool {
    !excludedAtFirst.contains(Lab.key(address.workload, address.implementation))
  }

  public var failures: [(row: Row, mismatch: Mismatch)] {
    rows.compactMap { row in
      if case .failed(let mismatch) = row.outcome { (row, mismatch) } else { nil }
    }
  }

  /// What a reader has to know of a workload; nil where the file does not tell.
  public func facts(_ workload: String) -> WorkloadFacts? { workloads.first { $0.id == workload } }

  /// What a workload's cost is counted in.
  package func unit(_ workload: String) -> WorkUnit { facts(workload)?.unit ?? .byte }

  /// What its costs are in: `cycles/byte`, or several such where workloads count different things.
  package var costUnits: String {
    rows.map(\.address.workload).uniqued(by: \.self).map { source.cost(of: unit($0)) }
      .uniqued(by: \.self).joined(separator: ", ")
  }

  /// Whether a row does no work, and stands in no conclusion.
  package func isYardstick(_ address: Address) -> Bool {
    facts(address.workload)?.yardsticks.contains(address.implementation) ?? false
  }

  /// Fills in what a file of an old version does not tell.
  public mutating func complete(by known: [WorkloadFacts]) {
    let told = Set(workloads.map(\.id))
    let used = Set(rows.map(\.address.workload))
    workloads += known.filter { used.contains($0.id) && !told.contains($0.id) }
  }

  /// How many times the speed of the workload's naive row of the same case, a byte: the median over
  /// the rounds in which both gave a sample; nil without such rounds.
  public func timesBaseline(_ row: Row) -> Ratio? {
    guard let own = row.measurement,
      let workload = facts(row.address.workload)
    else { return nil }
    let naive = Address(
      workload: row.address.workload, case: row.address.case, implementation: workload.baseline)
    guard let baseline = rows.first(where: { $0.address == naive })?.measurement else { return nil }
    let ratio = PairedComparison(own, baseline).ratio
    return ratio.isNaN ? nil : Ratio(ratio, of: [own, baseline])
  }
}
