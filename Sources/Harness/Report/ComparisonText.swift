import Foundation
import OptlabBasics
import OptlabLab
import OptlabResults
import OptlabStatistics

extension Comparison {
  /// What the columns of a comparison are called.
  public struct Labels: Sendable {
    public var old: String
    public var new: String
    /// `cycles/byte (tsc*cal)`, `of limit`.
    public var unit: String
    public var isShare = false

    public init(old: String, new: String, unit: String, isShare: Bool = false) {
      (self.old, self.new, self.unit, self.isShare) = (old, new, unit, isShare)
    }
  }

  /// One line a case, then what it comes to.
  public func text(_ labels: Labels) -> String {
    let tables = units(labels).map { unit, cases in
      var table = TextTable([
        ("case", .left), (labels.old, .right), (labels.new, .right), ("ratio", .right),
        ("interval", .right), ("verdict", .left), ("notes", .left),
      ])
      for one in cases {
        table.add(
          [
            one.name, figure(one.old, labels), figure(one.new, labels), one.ratioText,
            one.intervalText, one.verdictText, one.notes.joined(separator: "; "),
          ])
      }
      return "\(unit)\n" + table.text
    }
    return tables.joined(separator: "\n") + "\n" + summary { $0 }
  }

  /// The cases of each unit: figures in cycles and in nanoseconds do not stand under one heading.
  private func units(_ labels: Labels) -> [(unit: String, cases: [Case])] {
    if cases.isEmpty { return [(labels.unit, [])] }
    return cases.map { $0.unit ?? labels.unit }.uniqued(by: \.self).map { unit in
      (unit, cases.filter { ($0.unit ?? labels.unit) == unit })
    }
  }

  /// The same as a table in Markdown, for a comment on a change.
  public func markdown(_ labels: Labels) -> String {
    let units = units(labels)
    let tables = units.map { unit, cases in
      var lines = [
        "| case | \(MarkdownPage.escaped(labels.old)) | \(MarkdownPage.escaped(labels.new)) "
          + "| ratio | interval | verdict |",
        "|---|--:|--:|--:|:-:|---|",
      ]
      for one in cases {
        let cells = [
          MarkdownPage.code(one.name), figure(one.old, labels), figure(one.new, labels),
          one.ratioText, one.intervalText,
          MarkdownPage.escaped(([one.verdictText] + one.notes).joined(separator: "; ")),
        ]
        lines.append("| " + cells.joined(separator: " | ") + " |")
      }
      let heading = units.count > 1 ? "\(unit):\n\n" : ""
      return heading + lines.joined(separator: "\n") + "\n"
    }
    return tables.joined(separator: "\n") + "\n"
      + (units.count > 1 ? "" : "\(units[0].unit). ") + summary { MarkdownPage.code($0) }
  }

  private func figure(_ value: Double, _ labels: Labels) -> String {
    if value.isNaN { return "-" }
    return labels.isShare ? Figures.percent(value) : Figures.significant(value)
  }

  /// Counts, and what they rest on.
  ///
  /// - Parameter quoted: how a name is written.
  private func summary(_ quoted: (String) -> String) -> String {
    func count(_ verdict: PairedComparison.Verdict) -> Int {
      cases.count { $0.verdict == verdict }
    }
    var text =
      "\(cases.count) cases: \(count(.faster)) faster, \(count(.slower)) slower, "
      + "\(count(.same)) same, \(count(.unstable)) unstable"
    if let gate = rules.gate {
      text +=
        "; \(regressions.count) slower by more than \(Figures.percent(gate)) for certain"
    }
    text +=
      "\nintervals: \(Figures.percent(1 - rules.error)) for all cases together (Holm), over blocks;"
    text += " so are ratios, while the columns are the medians that a run prints;"
    text += " a difference under \(Figures.percent(rules.minimumEffect)) counts as none\n"
    for (title, names) in [("only in the old", onlyOld), ("only in the new", onlyNew)]
    where !names.isEmpty {
      text += "\(title): \(names.map(quoted).joined(separator: ", "))\n"
    }
    return text
  }

  /// One line that says what the outcome is and what to do about it; nil where all is fine.
  public var advice: String? {
    func list(_ cases: [Case]) -> String {
      let names = cases.prefix(5).map(\.name).joined(separator: ", ")
      return names + (cases.count > 5 ? " and \(cases.count - 5) more" : "")
    }
    switch outcome {
    case .fine: return nil
    case .failed:
      return "\(failures.joined(separator: "; ")): correct it before its speed is looked at "
        + "(harness verify)"
    case .regressed:
      return "slower by more than \(Figures.percent(rules.gate ?? 0)): \(list(regressions)); "
        + "harness profile --diff shows where, a new run of both builds whether it stays"
    case .missing:
      let names = missing.prefix(5).joined(separator: ", ")
      return "the gate cannot judge what only the old result has a figure for: \(names)"
        + (missing.count > 5 ? " and \(missing.count - 5) more" : "")
        + "; measure it again, or leave it out with --filter"
    case .tooUnstable:
      return "\(unstable.count) of \(cases.count) cases are too unstable to say: "
        + "\(list(unstable)); give both runs more --time, or a quieter machine (harness noise)"
    }
  }
}

extension Comparison.Case {
  var ratioText: String { ratio.isNaN ? "-" : Self.text(ratio) }

  var intervalText: String {
    interval.map { "\(Self.text($0.lowerBound)) .. \(Self.text($0.upperBound))" } ?? "-"
  }

  var verdictText: String { isRegression ? "\(verdict.rawValue), REGRESSION" : verdict.rawValue }

  private static func text(_ ratio: Double) -> String {
    ratio < 1e-3 || ratio > 9999
      ? String(format: "%.1e", ratio)
      : String(format: ratio >= 100 ? "%.1f" : ratio >= 10 ? "%.2f" : "%.4f", ratio)
  }
}
