import Foundation
import OptlabBasics
import OptlabLab
import OptlabMeasure
import OptlabResults
import OptlabStatistics

import struct OptlabMeasure.Measurement

/// What the results of one machine say over time, address by address.
public struct History: Sendable {
  public struct Point: Sendable, Equatable {
    public var started: Date
    /// As in the file's record: of the program that ran.
    public var commit: String?
    /// A byte, in the unit of the history.
    public var cost: Double
    /// Of the blocks' medians.
    public var lowest: Double
    public var highest: Double
    /// Whether something stands against it: see ``Measurement/isMarked``.
    public var isMarked: Bool
  }

  public struct Series: Sendable {
    public var address: Address
    /// In the order of time.
    public var points: [Point]
    /// Of logarithms, by the place among all points; found in those alone that have no mark.
    public var changes: [ChangePoints.Change]

    /// How much it costs more than at the beginning, as a share.
    public var trend: Double { points.last!.cost / points.first!.cost - 1 }

    /// Whether one of the two has a mark.
    package var isTrendMarked: Bool { points.last!.isMarked || points.first!.isMarked }
  }

  public var machine: Machine
  public var source: CycleSource
  /// What costs are in: `cycles/byte`, or several such where workloads count different things.
  public var unit: String
  public var series: [Series]
  /// Files, or runs in them, that are left out, with why.
  public var leftOut: [String]
  public var runs: Int

  /// Probability of a change somewhere where there is none, over all series.
  public static let error = 0.01

  /// - Parameters:
  ///   - records: with the file that each comes from.
  ///   - machine: its name or id; nil takes the one of the latest run.
  ///   - minimumEffect: changes smaller than this share are none.
  public init?(
    _ records: [(file: String, record: RunRecord)], machine: String? = nil,
    minimumEffect: Double = 0.005, matching: (Address) -> Bool = { _ in true }
  ) {
    let sorted = records.sorted { ($0.record.started, $0.file) < ($1.record.started, $1.file) }
    let ofMachine = sorted.filter { one in
      machine.map { [one.record.machine.name, one.record.machine.id].contains($0) } ?? true
    }
    guard let latest = ofMachine.last?.record else { return nil }
    self.machine = latest.machine
    source = latest.run.source
    unit = latest.run.costUnits
    leftOut = []
    runs = 0
    var points: [Address: [Point]] = [:]
    // What a name means is what it meant last.
    var latestRows: [Address: RunResult.Row] = [:]
    for record in sorted.map(\.record)
    where record.machine.id == latest.machine.id && Comparability.obstacle(record, latest) == nil {
      for row in record.run.rows where row.measurement != nil { latestRows[row.address] = row }
    }
    var owners: [String: String] = [:]
    for (file, record) in sorted {
      if record.machine.id != latest.machine.id {
        leftOut.append("\(file): of another machine, \(record.machine.name) \(record.machine.id)")
        continue
      }
      if let obstacle = Comparability.obstacle(record, latest) {
        leftOut.append("\(file): \(obstacle)")
        continue
      }
      if let other = record.runs.compactMap({ owners[$0] }).first {
        leftOut.append("\(file): the same run as in \(other)")
        continue
      }
      for run in record.runs { owners[run] = file }
      runs += 1
      var others: [(address: Address, reason: String)] = []
      for row in record.run.rows where matching(row.address) {
        guard let measurement = row.measurement else { continue }
        if let reason = latestRows[row.address]?.inputDifference(from: row) {
          others.append((row.address, reason))
          continue
        }
        let costs = BlockedCosts(measurement)
        let medians = costs.medians.sorted()
        points[row.address, default: []].append(
          Point(
            started: record.started, commit: record.commit?.hash,
            cost: measurement.costPerUnit.median,
            lowest: exp(medians[0]), highest: exp(medians[medians.count - 1]),
            isMarked: measurement.isMarked))
      }
      if let (address, reason) = others.first {
        let more = others.count > 1 ? " and \(others.count - 1) more" : ""
        leftOut.append("\(file), \(address)\(more): \(reason)")
      }
    }
    let addresses = sorted.reversed().flatMap { $0.record.run.rows }.map(\.address)
      .uniqued(by: \.self).filter { points[$0] != nil }
    // Nothing that stands against a run may look like a change of the program.
    let places = points.mapValues { points in points.indices.filter { !points[$0].isMarked } }
    // Where there is no room for a change, none can be found by mistake.
    let tested = addresses.count { places[$0]!.count >= 2 * ChangePoints.fewest }
    series = addresses.map { address in
      let (points, places) = (points[address]!, places[address]!)
      let changes = ChangePoints.find(
        places.map { log(points[$0].cost) }, error: Self.error / Double(max(1, tested)),
        minimumShift: log1p(minimumEffect))
      return Series(
        address: address, points: points,
        changes: changes.map { change in
          var change = change
          change.index = places[change.index]
          return change
        })
    }
  }
}
