import Foundation
import OptlabBasics
import OptlabLab
import OptlabStatistics

/// Cases compared two by two, all of them corrected for their number.
public struct Comparison: Sendable {
  /// What it takes to say something.
  public struct Rules: Sendable, Equatable {
    /// Probability of one wrong claim or more among all cases: 0.01 gives intervals of 99 %.
    public var error = 0.01
    /// The least difference that counts, as a share.
    public var minimumEffect = 0.005
    /// A case whose slowdown surely exceeds this share regresses; nil looks for none.
    public var gate: Double?
    /// The largest share of cases that may be unstable.
    public var tolerableUnstable = 0.25

    public init(minimumEffect: Double = 0.005, gate: Double? = nil) {
      self.minimumEffect = minimumEffect
      self.gate = gate
    }

    /// A case that could differ by more than this share, by its own interval, and is not known to, is
    /// unstable.
    var widest: Double { max(4 * minimumEffect, 0.05) }
  }

  public struct Case: Sendable {
    /// An address; or `workload/case` where two implementations are compared.
    public var name: String
    /// What `old` and `new` are in: `cycles/byte (tsc*cal)`; nil where all cases have the same.
    public var unit: String?
    /// What both cost, in the unit of their source; or their shares of the limit.
    public var old: Double
    public var new: Double
    /// Above 1, the new one is slower.
    public var ratio: Double
    /// For the ratio, at the level that all cases together leave to this one; nil where nothing can
    /// be said.
    public var interval: ClosedRange<Double>?
    public var verdict: PairedComparison.Verdict
    public var isRegression: Bool
    /// Why it is unstable, or should be read with care, with what to do about it.
    public var notes: [String]
  }

  /// Two measurements before they are compared.
  package struct Pair {
    var name: String
    /// Of both, where both are one implementation's.
    var address: Address?
    var unit: String?
    var old: Double
    var new: Double
    var outcome: Outcome
    var notes: [String] = []

    enum Outcome {
      /// Of logarithms; above 0, the new one is slower.
      case shift(Shift)
      case incomparable(reason: String)
      /// The two did not do the same work.
      case otherInput(reason: String)
    }
  }

  public var rules: Rules
  public var cases: [Case]
  /// Addresses that only one side has measured, with why.
  public var onlyOld: [String] = []
  public var onlyNew: [String] = []
  /// What is wrong in the new result.
  public var failures: [String] = []
  /// What the old result has a figure for, and the new one none that could be held against it, each
  /// with why. A gate that looks away would be passed by what is no longer measured.
  public var missing: [String] = []

  init(_ pairs: [Pair], rules: Rules) {
    self.rules = rules
    let shifts = pairs.compactMap { pair -> Shift? in
      if case .shift(let shift) = pair.outcome { shift } else { nil }
    }
    // With a gate, the claim that has to be right is that a case exceeds it.
    let levels = Holm.levels(
      shifts.map { shift in
        rules.gate.map { shift.probability(atMost: log1p($0)) } ?? shift.probability(of: 0)
      }, error: rules.error)
    var rest = zip(shifts, levels).makeIterator()
    cases = pairs.map { pair in
      switch pair.outcome {
      case .incomparable(let reason), .otherInput(let reason):
        return Case(
          name: pair.name, unit: pair.unit, old: pair.old, new: pair.new, ratio: .nan,
          interval: nil,
          verdict: .unstable, isRegression: false, notes: [reason] + pair.notes)
      case .shift:
        let (shift, level) = rest.next()!
        return Case(pair, shift, level: level, rules: rules)
      }
    }
  }

  public var regressions: [Case] { cases.filter(\.isRegression) }
  public var unstable: [Case] { cases.filter { $0.verdict == .unstable } }

  /// Whether so many cases are unstable that the others are not to be trusted either.
  public var isTooUnstable: Bool {
    Double(unstable.count) > rules.tolerableUnstable * Double(cases.count)
  }

  /// What it comes to; the worst counts.
  public enum Outcome: Sendable {
    case fine, failed, regressed, missing, tooUnstable
  }

  public var outcome: Outcome {
    if !failures.isEmpty { return .failed }
    if !regressions.isEmpty { return .regressed }
    if rules.gate != nil, !missing.isEmpty { return .missing }
    return isTooUnstable ? .tooUnstable : .fine
  }
}

extension Comparison.Case {
  init(_ pair: Comparison.Pair, _ shift: Shift, level: Double, rules: Comparison.Rules) {
    let logInterval = shift.interval(error: level)
    let interval = exp(logInterval.lowerBound)...exp(logInterval.upperBound)
    name = pair.name
    unit = pair.unit
    (old, new) = (pair.old, pair.new)
    ratio = exp(shift.value)
    self.interval = interval
    notes = pair.notes
    let isWorthIt = abs(ratio - 1) >= rules.minimumEffect
    // How well a case is known does not depend on how many others there are.
    let own = shift.interval(error: rules.error)
    let room = max(exp(own.upperBound) - 1, 1 - exp(own.lowerBound))
    if isWorthIt, interval.lowerBound > 1 {
      verdict = .slower
    } else if isWorthIt, interval.upperBound < 1 {
      verdict = .faster
    } else if room > rules.widest {
      verdict = .unstable
      notes.insert(
        "could differ by \(Figures.percent(room)): longer runs (--time), or a quieter machine",
        at: 0)
    } else {
      verdict = .same
    }
    isRegression = rules.gate.map { interval.lowerBound > 1 + $0 } ?? false
  }
}
