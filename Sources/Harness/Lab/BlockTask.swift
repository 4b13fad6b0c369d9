import Foundation
import OptlabCPU
import OptlabMeasure

/// What a block's process is asked to do: all of it in one message on its standard input, so that
/// every command that measures in blocks says it in the same way.
public struct BlockTask: Codable, Sendable {
  /// The hidden command that does it.
  public static let argument = "block-process"

  var block: BlockProcess
  var groups: [Group]
  var sources: ExternalSources
  /// The block's share.
  var plan: Plan
  var seed: UInt64
  var seconds: Double?
  var source: CycleSource
  /// nil where the run is not pinned.
  var cpu: Int?

  /// As in ``Selection/Group``, by names.
  struct Group: Codable {
    var workload: String
    var `case`: String
    /// What the case's input says of itself beside the name.
    var content: Data?
    var implementations: [String]
  }

  /// Why a task cannot be done: it is of another build, or no task.
  public struct Failure: Error, CustomStringConvertible {
    public var description: String
  }
}

extension BlockTask {
  init(
    _ block: BlockProcess, of selection: Selection, plan: Plan, seed: UInt64, seconds: Double?,
    source: CycleSource, cpu: Int?
  ) {
    self.block = block
    sources = selection.sources
    self.plan = block.share(of: plan)
    self.seed = seed
    self.seconds = seconds
    self.source = source
    self.cpu = cpu
    groups = selection.groups.map { group in
      Group(
        workload: group.workload.id, case: group.case.id,
        content: group.case.input.content.map { Data($0) },
        implementations: group.implementations.map(\.id))
    }
  }

  /// What the names mean in this process.
  ///
  /// - Parameter load: finds the implementations that come from elsewhere.
  func selection(
    among list: WorkloadList, load: (ExternalSources) throws -> [Implementation]
  ) throws -> Selection {
    let implementations = list.implementations + (try load(sources))
    func known<Value>(_ kind: String, _ name: String, _ value: Value?) throws -> Value {
      guard let value else {
        throw Failure(description: "a block of a run has no \(kind) '\(name)'")
      }
      return value
    }
    return Selection(
      groups: try groups.map { group in
        let workload = try known("workload", group.workload, list[group.workload])
        return Selection.Group(
          workload: workload,
          case: try known(
            "case", group.case,
            try workload.case(named: group.case, content: group.content.map { [UInt8]($0) })),
          implementations: try group.implementations.map { id in
            try known("implementation", id, implementations.first { $0.id == id })
          })
      }, sources: sources)
  }

  /// Measures it in this process.
  ///
  /// - Parameters:
  ///   - load: finds the implementations that come from elsewhere.
  ///   - progress: is told how far the whole run is.
  public func measure(
    among list: WorkloadList, load: (ExternalSources) throws -> [Implementation],
    progress: @escaping (Lab.Progress) -> Void
  ) throws -> RunResult {
    if let cpu { try Affinity.pin(to: cpu) }
    let selection = try selection(among: list, load: load)
    let lab = Lab(seed: seed) { step in
      guard case .measuring(let workload, let one, let done) = step else { return }
      progress(
        .measuring(
          workload, one, done: (Double(block.block) + done) / Double(block.count)))
    }
    return lab.measure(
      selection, excluded: block.exclusions, plan: plan, seconds: seconds,
      source: try CycleSourceChoice(chosen: source), calibration: .measure(), process: block)
  }
}
