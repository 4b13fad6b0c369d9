import OptlabBasics
import OptlabCPU
import Synchronization

/// The workloads of a program, and the implementations that come with them.
public struct WorkloadList: Sendable {
  /// In the order of the tables.
  public let workloads: [any Workload]
  private let rows: Rows

  /// The implementations, made when they are first asked for: what they say of themselves depends on
  /// the features that count, and a command's options can still take some away.
  private final class Rows: Sendable {
    private let made = Mutex<[Implementation]?>(nil)

    func value(_ make: () -> [Implementation]) -> [Implementation] {
      made.withLock { made in
        if let made { return made }
        let all = make()
        made = all
        return all
      }
    }
  }

  /// - Precondition: no two workloads have one id, each has its baseline, and two implementations of
  ///   one id are the same.
  public init(_ workloads: [any Workload]) {
    self.workloads = workloads
    rows = Rows()
    precondition(Set(workloads.map(\.id)).count == workloads.count, "two workloads of one id")
  }

  /// Each once, in the order of the tables: those of the first workload first, yardsticks last.
  public var implementations: [Implementation] {
    rows.value {
      for workload in workloads {
        precondition(
          workload.implementations.contains { $0.id == workload.baseline },
          "\(workload.id) lacks its baseline, \(workload.baseline)")
      }
      let all = workloads.flatMap(\.implementations).uniqued(by: \.id)
      return all.filter { !$0.isYardstick } + all.filter(\.isYardstick)
    }
  }

  /// Those that take part where none is named.
  public var standard: [any Workload] { workloads.filter(\.isStandard) }

  public subscript(id: String) -> (any Workload)? { workloads.first { $0.id == id } }

  /// The options by which cases are chosen, each once.
  public var options: [CaseOption] { workloads.flatMap(\.options).uniqued(by: \.name) }

  /// What its implementations ask of a CPU.
  public var kernelNeeds: [KernelNeeds] {
    implementations.map { implementation in
      let done = workloads.filter { $0.isDone(by: implementation) }.map { $0.family ?? $0.id }
      return KernelNeeds(
        id: implementation.id, workload: done.uniqued(by: \.self).joined(separator: ", "),
        required: implementation.required, preferred: implementation.preferred)
    }
  }

  /// Those that have an option of this name.
  func workloads(withOption name: String) -> [any Workload] {
    workloads.filter { $0.options.contains { $0.name == name } }
  }

  /// Reads `all`, the name of a family, or ids separated by commas.
  public func workloads(_ text: String) throws(Selection.Failure) -> [any Workload] {
    let families = workloads.compactMap(\.family).uniqued(by: \.self)
    var ids: Set<String> = []
    for name in Selection.split(text) {
      if name == "all" {
        ids.formUnion(standard.map(\.id))
      } else if families.contains(name) {
        ids.formUnion(standard.filter { $0.family == name }.map(\.id))
      } else if self[name] != nil {
        ids.insert(name)
      } else {
        throw .unknown(
          "workload", name, valid: ["all"] + families + workloads.map(\.id))
      }
    }
    return workloads.filter { ids.contains($0.id) }
  }

  /// The workloads and cases that a command works on.
  ///
  /// - Parameters:
  ///   - names: as ``workloads(_:)`` reads them; nil takes those that have one of the given options,
  ///     or all that take part where none is named.
  ///   - given: values of options, by name.
  ///   - scope: which cases to take where no option names any.
  public func cases(
    workloads names: String?, given: [String: String], scope: CaseScope
  ) throws -> [(workload: any Workload, cases: [Case])] {
    let chosen =
      try names.map { try workloads($0) }
      ?? standard.filter { workload in
        given.isEmpty || workload.options.contains { given[$0.name] != nil }
      }
    for name in given.keys.sorted() {
      guard !chosen.contains(where: { $0.options.contains { $0.name == name } }) else { continue }
      let able = workloads(withOption: name).map { $0.family ?? $0.id }.uniqued(by: \.self)
      throw Selection.Failure(
        description: "--\(name) is for \(able.joined(separator: ", ")), and does nothing for "
          + chosen.map(\.id).joined(separator: ", "))
    }
    return try chosen.map { workload in
      (workload, try workload.cases(given, scope: scope))
    }
  }
}
