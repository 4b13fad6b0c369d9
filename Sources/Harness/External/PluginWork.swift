import Foundation
import OptlabBasics
import OptlabCPU
import OptlabLab
import OptlabMeasure

/// A row of a plugin's table. Its process is its own, begun when it is first needed and again after
/// it has ended.
final class PluginWork: ExternalWork, @unchecked Sendable {
  private let path: String
  private let row: Int
  private let id: String
  private let workloads: [String]
  private let patience: PluginProcess.Patience
  private let lock = NSLock()
  private var current: PluginProcess?

  /// - Parameters:
  ///   - row: its place in the table.
  ///   - id: of the row in addresses.
  ///   - workloads: that it does, by their ids.
  init(
    path: String, row: Int, id: String, workloads: [String], patience: PluginProcess.Patience
  ) {
    self.workloads = workloads
    self.path = path
    self.row = row
    self.id = id
    self.patience = patience
  }

  func does(_ workload: any Workload) -> Bool { workloads.contains(workload.id) }

  var source: String? { "the plugin '\(path)'" }

  private func process() throws -> PluginProcess {
    try lock.withLock {
      if let current, !current.isOver { return current }
      let (new, rows) = try PluginProcess.loading(path, patience: patience)
      guard rows.count > row else {
        throw Mismatch(check: "loading", summary: "has fewer rows than when it was first loaded")
      }
      current = new
      return new
    }
  }

  func verify(
    _ workload: any Workload, cases: [Case], seed: UInt64, exhaustively: Bool
  ) -> Verdict {
    do {
      let request = PluginRequest.verify(
        row: row, workload: workload.id, cases: cases.map(CaseName.init), seed: seed)
      switch try process().ask(request) {
      case .passed(let checks): return .passed(checks: checks)
      case .failed(let mismatch): return .failed(mismatch)
      case let other: throw PluginProcess.nonsense(other, check: "verifying")
      }
    } catch let mismatch as Mismatch {
      return .failed(mismatch)
    } catch {
      return .failed(Mismatch(check: "starting its process", summary: "\(error)"))
    }
  }

  func prepare(
    _ workload: any Workload, _ one: Case, seed: UInt64, layout: Int
  ) throws -> any PreparedCase {
    let allowed = try Affinity.allowed()
    let process = try process()
    let answer = try process.ask(
      .prepare(
        row: row, workload: workload.id, case: CaseName(one), seed: seed, layout: layout,
        cpu: allowed.count == 1 ? allowed[0] : nil))
    switch answer {
    case .prepared(let number, let bytes):
      return PluginCase(process, number: number, unitsPerCall: bytes)
    case .unprepared(let reason): throw Unprepared(description: reason)
    default: throw PluginProcess.nonsense(answer, check: "preparing \(workload.id)/\(one.id)")
    }
  }

  private struct Unprepared: Error, CustomStringConvertible { var description: String }

  func checkCommand(_ workload: any Workload, plugins: [String]) -> String? {
    // Where two have one name, its id depends on those before it.
    let paths = Plugin.areNamesakes(plugins) ? plugins : [path]
    return "harness check \(paths.map(ShellWord.path).joined(separator: " ")) "
      + ShellWord.option("--impl", id)
  }
}

/// A case that a plugin's process has made ready.
private final class PluginCase: ExternalCase, CheckedCase {
  let unitsPerCall: Int
  private let process: PluginProcess
  private let number: Int
  /// Of the last slices, with the way there and back.
  private var secondsPerCall = 0.0

  init(_ process: PluginProcess, number: Int, unitsPerCall: Int) {
    self.process = process
    self.number = number
    self.unitsPerCall = unitsPerCall
  }

  deinit { if !process.isOver { _ = try? process.ask(.release(number)) } }

  /// A process that cannot any more says so when slices are asked for, or checked.
  func renew(_ seed: UInt64) { _ = try? process.ask(.renew(number, seed: seed)) }

  /// The other process counts the calls, and has made one more for each time that slices were taken.
  func check(calls: Int, thoroughly: Bool) throws(Mismatch) {
    let answer: PluginAnswer
    do {
      answer = try process.ask(.check(number, thoroughly: thoroughly))
    } catch {
      throw error as? Mismatch ?? Mismatch(check: Mismatch.timedCalls, summary: "\(error)")
    }
    switch answer {
    case .checked: return
    case .failed(let mismatch): throw mismatch
    default: throw PluginProcess.nonsense(answer, check: Mismatch.timedCalls)
    }
  }

  func takeSlice(calls: Int) throws -> ExternalSlice { try takeSlices(1, calls: calls)[0] }

  func takeSlices(_ count: Int, calls: Int) throws -> [ExternalSlice] {
    let start = ContinuousClock.now
    let answer = try process.ask(
      .slices(of: number, count: count, calls: calls),
      seconds: 4 * secondsPerCall * Double(count) * Double(calls))
    guard case .slices(let ticks, let probes) = answer, ticks.count == count,
      probes.count == count + 1
    else { throw PluginProcess.nonsense(answer, check: "timing") }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    secondsPerCall = seconds / Double(count) / Double(calls)
    return ticks.indices.map { (ticks[$0], probes[$0], probes[$0 + 1]) }
  }
}

extension PluginProcess {
  static func nonsense(_ answer: PluginAnswer, check: String) -> Mismatch {
    Mismatch(
      check: check, summary: "its process answers nonsense: \(answer)".prefix(200).description)
  }
}
