import Foundation
import OptlabBasics
import OptlabLab
import OptlabMeasure
import OptlabStatistics

import struct OptlabMeasure.Measurement

extension Comparison {
  /// What is compared, before all of it together is judged.
  public struct Material: Sendable {
    var pairs: [Pair] = []
    var onlyOld: [String] = []
    var onlyNew: [String] = []
    var failures: [String] = []
    var missing: [String] = []

    /// Whether there is nothing in common.
    public var isEmpty: Bool { pairs.isEmpty }

    /// Whether all that both have a name for was another work in the old result.
    public var isOfOtherInputs: Bool {
      !pairs.isEmpty
        && pairs.allSatisfy { if case .otherInput = $0.outcome { true } else { false } }
    }

    public init() {}

    /// Adds another machine's, with its name in front of every case.
    public mutating func add(_ other: Material, machine: String? = nil) {
      func named(_ name: String) -> String { machine.map { "\($0): \(name)" } ?? name }
      pairs += other.pairs.map { pair in
        var pair = pair
        pair.name = named(pair.name)
        return pair
      }
      onlyOld += other.onlyOld.map(named)
      onlyNew += other.onlyNew.map(named)
      failures += other.failures.map(named)
      missing += other.missing.map(named)
    }
  }

  public init(_ material: Material, rules: Rules) {
    self.init(material.pairs, rules: rules)
    (onlyOld, onlyNew) = (material.onlyOld, material.onlyNew)
    failures = material.failures
    missing = material.missing
  }
}

extension Comparison.Material {
  /// Two runs, address by address.
  ///
  /// - Parameters:
  ///   - acrossMachines: compares what each reaches of its own machine's limit, instead of cost.
  ///   - matching: which addresses take part.
  public init(
    _ old: RunResult, _ new: RunResult, acrossMachines: Bool = false,
    matching: (Address) -> Bool = { _ in true }
  ) {
    func rows(_ result: RunResult) -> [Address: RunResult.Row] {
      Dictionary(
        result.rows.filter { matching($0.address) }.map { ($0.address, $0) },
        uniquingKeysWith: { $1 })
    }
    let (oldRows, newRows) = (rows(old), rows(new))
    for address in (new.rows + old.rows).map(\.address).uniqued(by: \.self) where matching(address)
    {
      let (before, after) = (oldRows[address], newRows[address])
      let name = address.description
      switch (before?.measurement, after?.measurement) {
      case (let first?, let second?):
        pairs.append(
          acrossMachines
            ? Comparison.Pair(shareOfLimit: name, before!, after!)
            : Comparison.Pair(
              name, first, second, unit: new.unit(address.workload), isPaired: false,
              rows: (before!, after!)))
        if case .otherInput(let reason) = pairs.last?.outcome {
          missing.append("\(name) (\(reason))")
        }
      case (_?, nil):
        onlyOld.append(name + Self.absence(after))
        missing.append(name + Self.absence(after))
      case (nil, _?): onlyNew.append(name + Self.absence(before))
      case (nil, nil): break
      }
      if let failure = after?.failure { failures.append(failure) }
    }
    // Another CPU need not be able to run everything.
    if acrossMachines { missing = [] } else { allowForMemory(in: new) }
  }

  /// Adds a run that nothing in the new result can be held against.
  mutating func add(unmatched old: RunRecord, reason: String, matching: (Address) -> Bool) {
    let names = old.run.rows.filter { $0.measurement != nil && matching($0.address) }
      .map { "\($0.address) (\(reason))" }
    onlyOld += names
    missing += names
  }

  /// Where the yardstick of a case surely moved between two runs, the rest of the case may have moved
  /// as far for the same reason: a neighbour's use of caches and memory, which no probe sees and which
  /// can last longer than a run.
  ///
  /// A yardstick is no work of ours: when it moves, the machine's memory did.
  private mutating func allowForMemory(in result: RunResult) {
    for index in pairs.indices {
      guard let address = pairs[index].address, result.isYardstick(address),
        case .shift(let moved) = pairs[index].outcome, moved.probability(of: 0) <= 0.01,
        abs(moved.value) >= 0.005
      else { continue }
      let change = Figures.signedPercent(exp(moved.value) - 1)
      for other in pairs.indices
      where pairs[other].address?.workload == address.workload
        && pairs[other].address?.case == address.case
      {
        guard case .shift(var shift) = pairs[other].outcome else { continue }
        shift.slack = abs(moved.value)
        pairs[other].outcome = .shift(shift)
        pairs[other].notes.append(
          "memory itself took \(change) (\(address.implementation)), which may be why: take both again, in turns"
        )
      }
    }
  }

  /// Two implementations of one run, case by case, paired by round.
  ///
  /// - Parameters:
  ///   - first, second: ids; above 1, the second is slower.
  ///   - matching: whether an address takes part; one of a case's two is enough.
  public init(
    _ result: RunResult, first: String, second: String,
    matching: (Address) -> Bool = { _ in true }
  ) {
    let rows = Dictionary(
      result.rows.map { ($0.address, $0) }, uniquingKeysWith: { $1 })
    for one in result.rows.map(\.address).uniqued(by: { "\($0.workload)/\($0.case)" }) {
      func address(_ id: String) -> Address {
        Address(workload: one.workload, case: one.case, implementation: id)
      }
      guard matching(address(first)) || matching(address(second)) else { continue }
      let (old, new) = (rows[address(first)], rows[address(second)])
      let name = "\(one.workload)/\(one.case)"
      switch (old?.measurement, new?.measurement) {
      case (let before?, let after?):
        pairs.append(
          Comparison.Pair(
            name, before, after, unit: result.unit(one.workload), isPaired: true))
      case (_?, nil): onlyOld.append(name + Self.absence(new))
      case (nil, _?): onlyNew.append(name + Self.absence(old))
      case (nil, nil): break
      }
      failures += [old, new].compactMap { $0?.failure }
    }
  }

  private static func absence(_ row: RunResult.Row?) -> String {
    row?.absence.map { " (\($0))" } ?? ""
  }
}

extension RunResult.Row {
  /// Why there is no measurement; nil where there is one.
  fileprivate var absence: String? {
    switch outcome {
    case .measured: nil
    case .failed: "FAIL"
    case .ineligible(let reason), .unprepared(let reason): reason
    }
  }

  fileprivate var failure: String? {
    guard case .failed(let mismatch) = outcome else { return nil }
    return "\(address) FAILED: \(mismatch.summary) (\(mismatch.check))"
  }
}

extension Comparison.Pair {
  /// - Parameters:
  ///   - unit: of the work.
  ///   - isPaired: whether the rounds of both are the same rounds.
  init(
    _ name: String, _ old: Measurement, _ new: Measurement, unit workUnit: WorkUnit, isPaired: Bool,
    rows: (old: RunResult.Row, new: RunResult.Row)? = nil
  ) {
    self.name = name
    address = rows?.new.address
    unit = "\(new.source.cost(of: workUnit)) (\(new.source.rawValue))"
    self.old = old.costPerUnit.median
    self.new = new.costPerUnit.median
    outcome =
      rows.flatMap { $0.new.inputDifference(from: $0.old) }.map { .otherInput(reason: $0) }
      ?? Self.outcome(old, new, isPaired: isPaired)
    notes = Self.notes(old, new)
  }

  /// Per cent of limit of two rows that have one.
  init(shareOfLimit name: String, _ old: RunResult.Row, _ new: RunResult.Row) {
    self.name = name
    self.old = old.shareOfLimit ?? .nan
    self.new = new.shareOfLimit ?? .nan
    guard let first = old.measurement, let second = new.measurement, let oldLimit = old.limitCost,
      let newLimit = new.limitCost
    else {
      outcome = .incomparable(reason: "no limit was measured for this case, so there is no share")
      return
    }
    if let reason = new.inputDifference(from: old) {
      outcome = .otherInput(reason: reason)
      return
    }
    let marked = [("old", old), ("new", new)].filter { $0.1.shareOfLimit == nil }.map(\.0)
    guard marked.isEmpty else {
      outcome = .incomparable(
        reason: "no share of the limit (\(marked.count == 2 ? "both" : marked[0])): the row is "
          + "contended or unstable; take it again, with more --time or on a quieter machine")
      return
    }
    outcome = Self.outcome(first, second, isPaired: false, isSameUnit: false)
    if case .shift(var shift) = outcome {
      shift.value -= log(newLimit / oldLimit)
      outcome = .shift(shift)
    }
    notes = Self.notes(first, second)
  }

  private static func outcome(
    _ old: Measurement, _ new: Measurement, isPaired: Bool, isSameUnit: Bool = true
  ) -> Outcome {
    if isSameUnit, old.source != new.source {
      return .incomparable(
        reason: "different cycle sources, \(old.source.rawValue) and \(new.source.rawValue)")
    }
    let (first, second) = (BlockedCosts(old), BlockedCosts(new))
    func tooFew(_ blocks: Int) -> Outcome {
      .incomparable(
        reason: "\(blocks) blocks, and \(Shift.fewestBlocks) are needed to know how much runs "
          + "differ: run it longer, or merge several runs (harness merge)")
    }
    if isPaired {
      let differences = first.paired(with: second)
      guard differences.count >= Shift.fewestBlocks else { return tooFew(differences.count) }
      return .shift(Shift(differences: differences))
    }
    let fewest = min(first.blocks.count, second.blocks.count)
    guard fewest >= Shift.fewestBlocks else { return tooFew(fewest) }
    return .shift(Shift(from: first.medians, to: second.medians))
  }

  private static func notes(_ old: Measurement, _ new: Measurement) -> [String] {
    func which(_ isSo: (Measurement) -> Bool) -> String? {
      let names = [("old", old), ("new", new)].filter { isSo($0.1) }.map(\.0)
      return names.count == 2 ? "both" : names.first
    }
    let contended = which(\.isContended).map {
      "contended (\($0)): a neighbour spoilt most samples; take it again, or --cpu"
    }
    // What is contended is hardly ever stable, and says so already.
    let unstable = which { $0.isUnstable && !$0.isContended }.map {
      "unstable (\($0)): the median is not known to \(Figures.percent(Measurement.widestInterval)); "
        + "give it more --time"
    }
    return [contended, unstable].compactMap(\.self)
  }
}
