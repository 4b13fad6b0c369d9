import OptlabBasics

/// What a reader of a workload's figures has to know: a result file carries it, so that a program that
/// does not have the workload reads the file all the same.
public struct WorkloadFacts: Sendable, Codable, Equatable {
  public enum Chart: String, Sendable, Codable {
    /// Lines, for cases that are sizes.
    case costOverSize = "cost-over-size"
    case shareOfLimit = "share-of-limit"
    case throughput
  }

  /// As in addresses.
  public var id: String
  /// Whose cost is given.
  public var unit: WorkUnit
  /// The implementation that others are compared with.
  public var baseline: String
  /// Implementations that do none of the work and are there to be compared with: in no conclusion.
  public var yardsticks: [String]
  /// A paragraph for a report; what stands between backticks is code.
  public var about: String
  /// The pictures of a report, in their order.
  public var charts: [Chart]
  /// What the cases are sizes of, for the axis of a chart: `size of the message`.
  public var sizeTitle: String?
  /// What a limit is measured by, for the legend of a chart: `loops that do AES rounds`.
  public var limitLoops: String?
  /// Where a row may be cheaper than its limit by right: `where blocks share their first round`.
  public var leastCost: String?

  public init(
    id: String, unit: WorkUnit = .byte, baseline: String, yardsticks: [String] = [],
    about: String = "", charts: [Chart] = [.throughput], sizeTitle: String? = nil,
    limitLoops: String? = nil, leastCost: String? = nil
  ) {
    self.id = id
    self.unit = unit
    self.baseline = baseline
    self.yardsticks = yardsticks
    self.about = about
    self.charts = charts
    self.sizeTitle = sizeTitle
    self.limitLoops = limitLoops
    self.leastCost = leastCost
  }
}
