import Foundation
import OptlabBasics
import OptlabLab
import OptlabMeasure

import struct OptlabMeasure.Measurement

/// What a reader of a run's figures should know, each with what to do about it.
public enum RunWarning: Sendable {
  /// The intervals of some medians are too wide; the widest is named.
  case unstable(rows: Int, of: Int, worst: Address, halfWidth: Double, rounds: Int, needed: Int)
  /// Some rows have too few samples that count for an interval of the median; the one with the fewest
  /// is named.
  case tooFew(rows: Int, of: Int, worst: Address, samples: Int)
  /// Most samples of some rows had no clean slice.
  case contended(rows: Int, of: Int, cleanShare: Double)
  /// Rows whose share of the limit is not known; one reason for each.
  case noShare(rows: Int, of: Int, reasons: [String])
  /// A better cycle source than the one used.
  case lesserSource(CycleSource, refusals: [(source: CycleSource, reason: String)])
  /// The least number of rounds did not fit into the time.
  case overTime(asked: Double, took: Double, rounds: Int)
  /// The same for a plan's own limit, which is for measuring alone.
  case overLimit(most: Double, took: Double, rounds: Int)
  /// What libraries were told by the environment, by variable.
  case environment([String: String])
  /// The thread was free to move between CPUs.
  case notPinned

  /// Half the width of the 95 % interval of the median, as a share of it, above which a row is
  /// called unstable.
  public static let widestInterval = Measurement.widestInterval

  /// The least number of samples that have a 95 % interval of the median: all of 5 lie on one side of
  /// it in one of 16 cases, all of 6 in one of 32.
  static let fewestSamples = 6

  public var text: String {
    switch self {
    case .unstable(let count, let all, let worst, let halfWidth, let rounds, let needed):
      "unstable: in \(count) of \(all) rows the median's 95 % interval is wider than "
        + "+-\(Figures.percent(Self.widestInterval)); the worst, \(worst), has "
        + "+-\(Figures.percent(halfWidth)) after \(rounds) rounds and would need about \(needed): "
        + "give it more --time with --filter, or a quieter machine (harness noise tells)"
    case .tooFew(let count, let all, let worst, let samples):
      "unstable: \(count) of \(all) rows have too few samples that count to tell how well the median "
        + "is known; the worst, \(worst), has \(samples), and \(Self.fewestSamples) are needed: give "
        + "it more --time with --filter, leave out --quick, or use a quieter machine (harness noise "
        + "tells)"
    case .contended(let rows, let all, let share):
      "contended: \(rows) of \(all) rows found clean slices in less than half of their samples "
        + "(\(Figures.percent(share)) of all slices were clean); use --cpu, wait, or give it more "
        + "--time"
    case .noShare(let rows, let all, let reasons):
      "no 'of limit' in \(rows) of \(all) rows: \(reasons.joined(separator: "; ")); measure again "
        + "on a quieter machine (harness noise), or give it more --time"
    case .lesserSource(let source, let refusals):
      "figures are in '\(source.rawValue)', which is not core cycles: "
        + refusals.map { "\($0.source.rawValue): \($0.reason)" }.joined(separator: "; ")
    case .overTime(let asked, let took, let rounds):
      "the run took \(Figures.seconds(took)) instead of \(Figures.seconds(asked)): the least number of rounds (\(rounds)) needs that; choose fewer rows (--filter, --size)"
    case .overLimit(let most, let took, let rounds):
      "measuring took \(Figures.seconds(took)) instead of \(Figures.seconds(most)): the least number of "
        + "rounds (\(rounds)) needs that; choose fewer rows (--filter, --size)"
    case .environment(let settings):
      "the environment changes what libraries do: \(LibraryEnvironment.text(settings)); without it "
        + "(env -u NAME) figures are those of others"
    case .notPinned:
      "the thread was not pinned to a CPU; slices that it moved in were repeated"
    }
  }
}

extension RunResult {
  /// What a reader of this run should know.
  public func warnings() -> [RunWarning] {
    var warnings: [RunWarning] = []
    if !refusals.isEmpty, !source.isCoreCycles {
      warnings.append(.lesserSource(source, refusals: refusals))
    }
    if cpu == nil { warnings.append(.notPinned) }
    if !environment.isEmpty { warnings.append(.environment(environment)) }
    if let askedSeconds, elapsed > askedSeconds * 1.1 {
      warnings.append(.overTime(asked: askedSeconds, took: elapsed, rounds: plan.rounds))
    }
    if let most = plan.mostSeconds, askedSeconds == nil, let measuring, measuring > most * 1.1 {
      warnings.append(.overLimit(most: most, took: measuring, rounds: plan.rounds))
    }
    let measured = rows.compactMap { row in row.measurement.map { (row.address, $0) } }
    let contended = measured.filter { $0.1.isContended }
    if !contended.isEmpty {
      let shares = measured.map { $0.1.cleanShare }
      warnings.append(
        .contended(
          rows: contended.count, of: measured.count,
          cleanShare: shares.reduce(0, +) / Double(shares.count)))
    }
    let lacking = rows.filter(\.lacksShare)
    if !lacking.isEmpty {
      let reasons = lacking.map { row in
        row.limitRefusal ?? "the row itself is contended or unstable"
      }
      warnings.append(
        .noShare(rows: lacking.count, of: measured.count, reasons: reasons.uniqued(by: \.self)))
    }
    let widths = measured.compactMap { address, measurement in
      measurement.relativeHalfWidth.map { (address, measurement, $0) }
    }
    let unstable = widths.filter { $0.1.isUnstable }
    if let worst = unstable.max(by: { $0.2 < $1.2 }) {
      // The width shrinks with the square root of the number of rounds.
      let factor = worst.2 / RunWarning.widestInterval
      let rounds = worst.1.samples.count
      warnings.append(
        .unstable(
          rows: unstable.count, of: measured.count, worst: worst.0, halfWidth: worst.2,
          rounds: rounds, needed: Int(clamping: (Double(rounds) * factor * factor).rounded(.up))))
    }
    // Nobody takes single calls, which aim at no time, for figures.
    let few =
      plan.slice > 0
      ? measured.filter { $0.1.relativeHalfWidth == nil && !$0.1.isContended } : []
    if let worst = few.min(by: { $0.1.counted.count < $1.1.counted.count }) {
      warnings.append(
        .tooFew(
          rows: few.count, of: measured.count, worst: worst.0, samples: worst.1.counted.count))
    }
    return warnings
  }
}
