import Foundation

/// What a block's process is asked to do: all of it in one message on its standard input, so that
/// every command that measures in blocks says it in the same way.
public struct BlockTask: Codable, Sendable {
  /// The hidden command that does it.
  public static let argument = "block-process"

  var block: BlockProcess
  var groups: [Group]
  var payloads: [Payload]
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
    /// Of an AES case the id, of a JSON case the place among `payloads`.
    var `case`: Case
    var implementations: [String]

    enum Case: Codable {
      case named(String)
      case payload(Int)
    }
  }

  /// Documents travel with the task: a file can change between two blocks.
  struct Payload: Codable {
    var id: String
    var origin: JSONPayload.Origin
    /// Compact; nil of the lab's own.
    var json: Data?
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
    var payloads: [Payload] = []
    groups = selection.groups.map { group in
      let one: Group.Case
      if case .payload(let payload) = group.case.input {
        one = .payload(payloads.count)
        payloads.append(
          Payload(
            id: payload.id, origin: payload.origin,
            json: payload.origin == .standard ? nil : Data(payload.parts[0].json)))
      } else {
        one = .named(group.case.id)
      }
      return Group(
        workload: group.workload.id, case: one, implementations: group.implementations.map(\.id))
    }
    self.payloads = payloads
  }

  /// What the names mean in this process.
  func selection() throws -> Selection {
    let payloads = try payloads.map { try $0.payload() }
    let implementations = Implementation.all + (try sources.implementations())
    func known<Value>(_ kind: String, _ name: String, _ value: Value?) throws -> Value {
      guard let value else {
        throw Failure(description: "a block of a run has no \(kind) '\(name)'")
      }
      return value
    }
    return Selection(
      groups: try groups.map { group in
        let one: Case =
          switch group.case {
          case .named(let id): try Selection.sizes(id)[0]
          case .payload(let index):
            .payload(
              try known(
                "payload", "\(index)", payloads.indices.contains(index) ? payloads[index] : nil))
          }
        return Selection.Group(
          workload: try known(
            "workload", group.workload, Workload.all.first { $0.id == group.workload }),
          case: one,
          implementations: try group.implementations.map { id in
            try known("implementation", id, implementations.first { $0.id == id })
          })
      }, sources: sources)
  }

  /// Measures it in this process.
  ///
  /// - Parameter progress: is told how far the whole run is.
  public func measure(progress: @escaping (Lab.Progress) -> Void) throws -> RunResult {
    if let cpu { try Affinity.pin(to: cpu) }
    let selection = try selection()
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

extension BlockTask.Payload {
  fileprivate func payload() throws -> JSONPayload {
    let known: JSONPayload? =
      switch origin {
      case .standard: JSONPayload.standard(id)
      case .corpus: try JSONPayload.corpus(id, json: [UInt8](json ?? Data()))
      case .document: try JSONPayload(document: [UInt8](json ?? Data()), id: id)
      }
    guard let known else {
      throw BlockTask.Failure(description: "a block of a run has no payload '\(id)'")
    }
    return known
  }
}
