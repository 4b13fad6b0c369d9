import OptlabBasics
import OptlabCPU
import OptlabMeasure

/// As Documentation/Results.md has it.
extension RunResult: Codable {
  private enum Key: String, CodingKey {
    case seed, cycleSource, refusals, calibration, plan, masked, environment
    case cpu, cpuKind, cpuReason, askedSeconds, elapsedSeconds, measuringSeconds
    case partial, workloads, unitLimits, rows
  }

  private struct Refusal: Codable {
    var source: CycleSource
    var reason: String
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(seed, forKey: .seed)
    try container.encode(source, forKey: .cycleSource)
    try container.encode(
      refusals.map { Refusal(source: $0.source, reason: $0.reason) }, forKey: .refusals)
    try container.encode(calibration, forKey: .calibration)
    try container.encode(plan, forKey: .plan)
    try container.encode(masked.names, forKey: .masked)
    if !environment.isEmpty { try container.encode(environment, forKey: .environment) }
    try container.encodeIfPresent(cpu, forKey: .cpu)
    try container.encodeIfPresent(chosenCPU?.kind, forKey: .cpuKind)
    try container.encodeIfPresent(chosenCPU?.reason, forKey: .cpuReason)
    try container.encodeIfPresent(askedSeconds, forKey: .askedSeconds)
    try container.encode(elapsed, forKey: .elapsedSeconds)
    try container.encodeIfPresent(measuring, forKey: .measuringSeconds)
    try container.encode(isPartial, forKey: .partial)
    try container.encode(workloads, forKey: .workloads)
    try container.encode(unitLimits, forKey: .unitLimits)
    var rows = container.nestedUnkeyedContainer(forKey: .rows)
    for row in self.rows {
      try rows.encode(RowRecord(row: row, summary: RowSummary(row, of: self)))
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      seed: try container.decode(UInt64.self, forKey: .seed),
      calibration: try container.decode(Calibration.self, forKey: .calibration),
      source: try container.decode(CycleSource.self, forKey: .cycleSource),
      plan: try container.decode(Plan.self, forKey: .plan))
    refusals = try container.decode([Refusal].self, forKey: .refusals).map {
      ($0.source, $0.reason)
    }
    masked = FeatureSet(names: try container.decode([String].self, forKey: .masked))
    environment =
      try container.decodeIfPresent([String: String].self, forKey: .environment) ?? [:]
    if let number = try container.decodeIfPresent(Int.self, forKey: .cpu) {
      chosenCPU = ChosenCPU(
        number: number,
        kind: try container.decodeIfPresent(CPUIdentity.CoreKind.self, forKey: .cpuKind),
        reason: try container.decodeIfPresent(String.self, forKey: .cpuReason))
    }
    askedSeconds = try container.decodeIfPresent(Double.self, forKey: .askedSeconds)
    elapsed = try container.decode(Double.self, forKey: .elapsedSeconds)
    measuring = try container.decodeIfPresent(Double.self, forKey: .measuringSeconds)
    isPartial = try container.decode(Bool.self, forKey: .partial)
    workloads = try container.decodeIfPresent([WorkloadFacts].self, forKey: .workloads) ?? []
    unitLimits = try container.decode([Limit].self, forKey: .unitLimits)
    rows = try container.decode([RowRecord].self, forKey: .rows).map(\.row)
  }
}

/// A row of a file, with what other programs want to know of it worked out beside it.
private struct RowRecord: Codable {
  var row: RunResult.Row
  var summary: RowSummary?

  private enum Key: String, CodingKey {
    case workload, implementation, language, remarks, input, limit, limitRefusal, outcome,
      measurement,
      mismatch, reason
    case summary
    case `case`
  }

  private enum Outcome: String, Codable {
    case measured, failed, ineligible, unprepared
  }

  init(row: RunResult.Row, summary: RowSummary?) {
    self.row = row
    self.summary = summary
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(row.address.workload, forKey: .workload)
    try container.encode(row.address.case, forKey: .case)
    try container.encode(row.address.implementation, forKey: .implementation)
    try container.encode(row.language, forKey: .language)
    try container.encode(row.remarks, forKey: .remarks)
    try container.encodeIfPresent(row.input, forKey: .input)
    try container.encodeIfPresent(row.limit, forKey: .limit)
    try container.encodeIfPresent(row.limitRefusal, forKey: .limitRefusal)
    switch row.outcome {
    case .measured(let measurement):
      try container.encode(Outcome.measured, forKey: .outcome)
      try container.encode(measurement, forKey: .measurement)
      try container.encodeIfPresent(summary, forKey: .summary)
    case .failed(let mismatch):
      try container.encode(Outcome.failed, forKey: .outcome)
      try container.encode(mismatch, forKey: .mismatch)
    case .ineligible(let reason):
      try container.encode(Outcome.ineligible, forKey: .outcome)
      try container.encode(reason, forKey: .reason)
    case .unprepared(let reason):
      try container.encode(Outcome.unprepared, forKey: .outcome)
      try container.encode(reason, forKey: .reason)
    }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let address = Address(
      workload: try container.decode(String.self, forKey: .workload),
      case: try container.decode(String.self, forKey: .case),
      implementation: try container.decode(String.self, forKey: .implementation))
    do {
      row = try Self.row(address, from: container)
    } catch let error as DecodingError {
      throw error.named("row \(address)")
    }
    // The samples speak; what was worked out of them is worked out again.
    summary = nil
  }

  private static func row(
    _ address: Address, from container: KeyedDecodingContainer<Key>
  ) throws -> RunResult.Row {
    let outcome: RunResult.Outcome =
      switch try container.decode(Outcome.self, forKey: .outcome) {
      case .measured: .measured(try container.decode(Measurement.self, forKey: .measurement))
      case .failed: .failed(try container.decode(Mismatch.self, forKey: .mismatch))
      case .ineligible: .ineligible(reason: try container.decode(String.self, forKey: .reason))
      case .unprepared: .unprepared(reason: try container.decode(String.self, forKey: .reason))
      }
    return RunResult.Row(
      address: address, language: try container.decode(String.self, forKey: .language),
      remarks: try container.decode([String].self, forKey: .remarks),
      input: try container.decodeIfPresent(String.self, forKey: .input),
      outcome: outcome, limit: try container.decodeIfPresent(Limit.self, forKey: .limit),
      limitRefusal: try container.decodeIfPresent(String.self, forKey: .limitRefusal))
  }
}

extension DecodingError {
  /// The same with what it is about in front.
  fileprivate func named(_ what: String) -> DecodingError {
    func named(_ context: Context) -> Context {
      Context(
        codingPath: context.codingPath, debugDescription: "\(what): \(context.debugDescription)",
        underlyingError: context.underlyingError)
    }
    return switch self {
    case .keyNotFound(let key, let context):
      .dataCorrupted(
        Context(
          codingPath: context.codingPath,
          debugDescription: "\(what): there is no '\(key.stringValue)'"))
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      .dataCorrupted(named(context))
    @unknown default: self
    }
  }
}

/// What follows from a row's samples, for programs that want a figure and no statistics.
private struct RowSummary: Codable {
  /// Of the costs: `cycles/byte`, `ticks/byte`, `ns/byte`.
  var unit: String
  var median: Double
  var lowerQuartile: Double
  var upperQuartile: Double
  /// A distribution-free interval of the median, or nil with too few samples.
  var interval95: [Double]?
  /// Over all slices, dirty or not.
  var rawMedian: Double
  /// 0 to 1.
  var cleanShare: Double
  var secondsPerCall: Double
  var unitsPerSecond: Double
  /// 1 is the limit.
  var shareOfLimit: Double?
  /// Throughput against the naive row of the same case.
  var timesBaseline: Double?

  init?(_ row: RunResult.Row, of result: RunResult) {
    guard let measurement = row.measurement else { return nil }
    let cost = measurement.costPerUnit
    unit = measurement.source.cost(of: result.unit(row.address.workload))
    median = cost.median
    lowerQuartile = cost.lowerQuartile
    upperQuartile = cost.upperQuartile
    interval95 = cost.medianInterval(confidence: 0.95).map { [$0.lowerBound, $0.upperBound] }
    rawMedian = measurement.rawCostPerUnit
    cleanShare = measurement.cleanShare
    secondsPerCall = measurement.secondsPerCall.median
    unitsPerSecond = measurement.throughput
    shareOfLimit = row.shareOfLimit
    timesBaseline = result.timesBaseline(row)?.unmarked
  }
}
