import Foundation
import OptlabBasics
import OptlabLab
import OptlabMeasure
import OptlabStatistics

import struct OptlabMeasure.Measurement

/// Implementations from the slowest to the fastest, with the factor from each to the next: what the
/// way from naive Python to hand-written assembly is made of.
///
/// Rungs are compared by the time of a call, which does the same work in each; how many bytes JSON
/// has depends on who writes it.
public struct Ladder {
  public struct Rung {
    public var implementation: String
    public var language: String
    /// By case, in the order of `cases`.
    var measurements: [Measurement]
    public var secondsPerCall: [Double] { measurements.map(\.secondsPerCall.median) }
    public var unitsPerCall: [Int] { measurements.map(\.unitsPerCall) }

    /// How many times its speed another rung has.
    func times(_ faster: Rung, _ one: Int) -> Ratio {
      Ratio(
        secondsPerCall[one] / faster.secondsPerCall[one],
        of: [measurements[one], faster.measurements[one]])
    }
  }

  public var workload: String
  public var cases: [String]
  /// The slowest first: by the geometric mean over the cases.
  public var rungs: [Rung]
  /// Implementations that have no figure in some of the cases.
  public var leftOut: [String]

  /// - Parameter rows: of one workload, and none that does no work.
  init(_ rows: [RunResult.Row]) {
    workload = rows.first?.address.workload ?? ""
    cases = rows.map(\.address.case).uniqued(by: \.self)
    rungs = []
    leftOut = []
    let implementations = rows.map(\.address.implementation).uniqued(by: \.self)
    for implementation in implementations {
      let own = rows.filter { $0.address.implementation == implementation }
      let measured = cases.compactMap { one in
        own.first { $0.address.case == one }?.measurement
      }
      guard measured.count == cases.count else {
        leftOut.append(implementation)
        continue
      }
      rungs.append(
        Rung(
          implementation: implementation, language: own[0].language,
          measurements: measured))
    }
    rungs.sort { $0.logarithm > $1.logarithm }
  }

  public var text: String {
    var table = TextTable(
      [("implementation", .left), ("language", .left)]
        + cases.flatMap { [($0, .right), ("step", .right)] })
    for (index, rung) in rungs.enumerated() {
      let cells = cases.indices.flatMap { one in
        [
          (rung.measurements[one].isMarked ? "~" : "") + Figures.duration(rung.secondsPerCall[one]),
          index == 0 ? "" : Figures.times(rungs[index - 1].times(rung, one)),
        ]
      }
      table.add([rung.implementation, rung.language] + cells)
    }
    return ([workload + ", time of a call", table.text.trimmingCharacters(in: .newlines)] + notes)
      .joined(separator: "\n") + "\n"
  }

  private var notes: [String] {
    var lines: [String] = []
    if let first = rungs.first, let last = rungs.last, rungs.count > 1 {
      let factors = cases.indices.map { one in
        (cases.count > 1 ? cases[one] + " " : "")
          + Figures.times(first.times(last, one))
      }
      lines.append(
        "\(first.implementation) to \(last.implementation): \(factors.joined(separator: ", "))")
    }
    if rungs.flatMap(\.measurements).contains(where: \.isMarked) {
      lines.append("~: of a row that is contended or unstable, which the run's table says")
    }
    let usual = cases.indices.map { one in
      Dictionary(grouping: rungs, by: { $0.unitsPerCall[one] })
        .max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }?.key ?? 0
    }
    for rung in rungs {
      let others = cases.indices.filter { rung.unitsPerCall[$0] != usual[$0] }.map { one in
        "\(rung.unitsPerCall[one]) instead of \(usual[one]) in \(cases[one])"
      }
      if !others.isEmpty {
        lines.append(
          "bytes a call of \(rung.implementation): \(others.joined(separator: ", "))")
      }
    }
    if !leftOut.isEmpty {
      lines.append("without a figure in each case: \(leftOut.joined(separator: ", "))")
    }
    return lines
  }
}

extension Ladder.Rung {
  fileprivate var logarithm: Double { secondsPerCall.reduce(0) { $0 + log($1) } }
}

extension RunResult {
  /// One ladder a workload.
  ///
  /// - Parameter isShown: which addresses take part.
  public func ladders(where isShown: (Address) -> Bool = { _ in true }) -> [Ladder] {
    let rows = rows.filter { isShown($0.address) && !isYardstick($0.address) }
    return rows.map(\.address.workload).uniqued(by: \.self).map { workload in
      Ladder(rows.filter { $0.address.workload == workload })
    }
  }
}
