import CCPU
import CPlugin
import Foundation
import OptlabBasics
import OptlabCPU
import OptlabLab
import OptlabMeasure

/// What runs in a plugin's process: loads the library, verifies its rows, and takes slices, as another
/// process asks for it. See ``PluginProcess``.
public final class PluginServer {
  /// The hidden command that serves.
  public static let argument = "plugin-process"

  private let record: UnsafeMutablePointer<cplugin_record>
  private let socket: MessageSocket
  private let list: WorkloadList
  private let calibration = Calibration.measure(seconds: 0.01)
  private var library: PluginLibrary?
  private struct Prepared {
    var work: any CheckedCase
    /// For the record: what goes on while it is timed.
    var step: String
    /// Since its input was changed.
    var calls = 0
  }

  private var cases: [Int: Prepared] = [:]
  private var nextCase = 0

  /// - Parameter list: the workloads of this program.
  /// - Returns: nil where standard input and output are not those that a plugin's process gets.
  public init?(_ list: WorkloadList) {
    self.list = list
    guard let record = cplugin_attach(STDOUT_FILENO) else { return nil }
    // Out of the library's way: what it prints, and what it reads, is not for the socket.
    // Where a process may have few descriptors, out of the way is not so far.
    let descriptor = [64, 3].lazy.map { fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, $0) }.first { $0 >= 0 }
    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    guard let descriptor, nothing >= 0, dup2(nothing, STDIN_FILENO) == STDIN_FILENO,
      dup2(STDERR_FILENO, STDOUT_FILENO) == STDOUT_FILENO,
      cplugin_watch(record, descriptor) == 0
    else { return nil }
    close(nothing)
    self.record = record
    socket = MessageSocket(descriptor)
    UnderWay.listener = { cplugin_announce(record, $0) }
  }

  /// Serves until nobody is at the other end.
  public func serve() {
    while let request = try? socket.receive(PluginRequest.self) {
      guard (try? socket.send(answer(request))) != nil else { return }
    }
  }

  private func answer(_ request: PluginRequest) -> PluginAnswer {
    switch request {
    case .load(let path):
      return load(path)
    case .verify(let row, let workload, let cases, let seed):
      return verify(library!.rows[row].implementation, list[workload]!, cases, seed: seed)
    case .prepare(let row, let workload, let one, let seed, let layout, let cpu):
      do {
        if let cpu { try Affinity.pin(to: cpu) }
        return try prepare(
          library!.rows[row].implementation, list[workload]!, one, seed: seed, layout: layout)
      } catch {
        return .unprepared("\(error)")
      }
    case .slices(let number, let count, let calls):
      let one = cases[number]!
      cases[number]!.calls += 1 + count * calls
      return takeSlices(one.work, count: count, calls: calls, step: one.step)
    case .renew(let number, let seed):
      cases[number]!.work.renew(seed)
      cases[number]!.calls = 0
      return .renewed
    case .check(let number, let thoroughly):
      let one = cases[number]!
      UnderWay.announce("checking the output of \(one.step)")
      do throws(Mismatch) {
        try one.work.check(calls: one.calls, thoroughly: thoroughly)
        return .checked
      } catch {
        return .failed(error)
      }
    case .release(let number):
      cases[number] = nil
      return .released
    }
  }

  private func load(_ path: String) -> PluginAnswer {
    UnderWay.announce("loading")
    do {
      let library = try PluginLibrary(path: path, abis: list.pluginABIs)
      if let code = library.rows.lazy.compactMap(\.code).first {
        cplugin_note_library(record, code)
      }
      self.library = library
      return .rows(library.rows.map(PluginRow.init))
    } catch {
      return .refused(error.description)
    }
  }

  private func verify(
    _ implementation: Implementation, _ workload: any Workload, _ cases: [CaseName], seed: UInt64
  ) -> PluginAnswer {
    do {
      let verdict = implementation.work.verify(
        workload, cases: try cases.map { try $0.found(in: workload) }, seed: seed,
        exhaustively: true)
      switch verdict {
      case .passed(let checks): return .passed(checks: checks)
      case .failed(let mismatch): return .failed(mismatch)
      }
    } catch {
      return .failed(Mismatch(check: "reading the cases", summary: "\(error)"))
    }
  }

  private func prepare(
    _ implementation: Implementation, _ workload: any Workload, _ name: CaseName, seed: UInt64,
    layout: Int
  ) throws -> PluginAnswer {
    let step = "\(workload.id)/\(name.id)"
    UnderWay.announce("preparing \(step)")
    let prepared = try implementation.work.prepare(
      workload, try name.found(in: workload), seed: seed, layout: layout)
    nextCase += 1
    cases[nextCase] = Prepared(
      work: prepared as! any CheckedCase,
      step: "timing \(step), \(prepared.unitsPerCall) \(workload.facts.unit.plural) a call")
    return .prepared(nextCase, unitsPerCall: prepared.unitsPerCall)
  }

  /// As ``Sampler`` takes those of an implementation in its own process.
  private func takeSlices(
    _ prepared: any PreparedCase, count: Int, calls: Int, step: String
  ) -> PluginAnswer {
    let overhead = calibration.overheadTicks
    var ticks: [Double] = []
    var probes: [ProbeReading] = []
    ticks.reserveCapacity(count)
    probes.reserveCapacity(count + 1)
    UnderWay.announce(step)
    prepared.run(1)
    probes.append(.take(overhead: overhead))
    for _ in 0..<count {
      let start = ccpu_ticks()
      prepared.run(calls)
      ticks.append(Slice.ticks(since: start, overhead: overhead))
      probes.append(.take(overhead: overhead))
    }
    return .slices(ticks: ticks, probes: probes)
  }
}

extension PluginRow {
  init(_ row: LoadedRow) {
    let implementation = row.implementation
    id = implementation.id
    workloads = row.workloads
    language = implementation.language
    technique = implementation.technique
    required = implementation.required.rawValue
    preferred = implementation.preferred.rawValue
    remarks = implementation.remarks
  }
}
