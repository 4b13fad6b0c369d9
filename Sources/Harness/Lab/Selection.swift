import OptlabBasics

/// Which addresses a command works on.
public struct Selection: Sendable {
  /// A case of a workload, and the implementations that take part in it.
  public struct Group: Sendable {
    public var workload: any Workload
    public var `case`: Case
    public var implementations: [Implementation]
  }

  /// Names an input that selects nothing, and what would have been valid.
  public struct Failure: Error, CustomStringConvertible, Equatable {
    public var description: String

    public init(description: String) { self.description = description }

    /// - Parameter remarks: what else the reader should know of where it was looked for.
    static func unknown(
      _ kind: String, _ name: String, valid: [String], remarks: [String] = []
    ) -> Failure {
      let what = "unknown \(kind) '\(name)'\(NearMiss.question(name, among: valid))"
      return Failure(
        description: ([what] + remarks + ["valid: \(valid.joined(separator: ", "))"])
          .joined(separator: "; "))
    }
  }

  public var groups: [Group]
  /// Where the implementations come from that are not the lab's own.
  public var sources = ExternalSources()

  init(groups: [Group], sources: ExternalSources) {
    self.groups = groups
    self.sources = sources
  }

  /// Every workload and implementation that occurs, in the order of the groups.
  public var pairs: [(workload: any Workload, implementation: Implementation)] {
    var seen: Set<String> = []
    return groups.flatMap { group in group.implementations.map { (group.workload, $0) } }
      .filter { seen.insert("\($0.0.id)/\($0.1.id)").inserted }
  }

  /// The one of an address, if it is among them.
  package func implementation(at address: Address) -> Implementation? {
    pairs.first {
      $0.workload.id == address.workload && $0.implementation.id == address.implementation
    }?.implementation
  }

  /// The command line, without seed, that verifies an address's implementation again.
  public func checkCommand(_ address: Address) -> String {
    let (workload, implementation) = pairs.first {
      $0.workload.id == address.workload && $0.implementation.id == address.implementation
    }!
    return implementation.checkCommand(workload, plugins: sources.plugins)
  }

  /// The cases of a workload, in their order.
  public func cases(of workload: any Workload) -> [Case] {
    groups.filter { $0.workload.id == workload.id }.map(\.case)
  }

  /// - Parameters:
  ///   - sources: of those implementations that are not the lab's own.
  ///   - filter: a regular expression; an address that does not contain a match is left out. Of what
  ///     could not be asked what it has to offer, one address stays, whatever is filtered: the names
  ///     that a filter might match are not known.
  public init(
    _ chosen: [(workload: any Workload, cases: [Case])], implementations: [Implementation],
    filter: String? = nil, sources: ExternalSources = ExternalSources()
  ) throws(Failure) {
    self.sources = sources
    let regex: Regex<AnyRegexOutput>?
    do {
      regex = try filter.map { try Regex($0) }
    } catch {
      throw Failure(description: "'\(filter!)' is not a regular expression: \(error)")
    }
    groups = []
    var isDone = false
    for (workload, cases) in chosen {
      var names: Set<String> = []
      for one in cases {
        guard names.insert(one.id).inserted else {
          throw Failure(
            description:
              "\(workload.id) has two cases that are called '\(one.id)'; leave one out, or "
              + "rename its file")
        }
        let able = implementations.filter {
          workload.isDone(by: $0) && !($0.isYardstick && one.input.copiedBytes == nil)
        }
        let chosen = able.filter { implementation in
          guard let regex else { return true }
          let address = Address(
            workload: workload.id, case: one.id, implementation: implementation.id)
          return address.description.contains(regex)
        }
        isDone = isDone || !able.isEmpty
        guard !chosen.isEmpty else { continue }
        groups.append(Group(workload: workload, case: one, implementations: chosen))
      }
    }
    for one in implementations where one.externalWork?.refusal != nil { keep(one, in: chosen) }
    guard !groups.isEmpty else {
      let names = chosen.map(\.workload.id).joined(separator: ", ")
      guard chosen.contains(where: { !$0.cases.isEmpty }) else {
        throw Failure(description: "\(names) has none of the chosen cases")
      }
      guard let filter, isDone else {
        throw Failure(
          description: "none of \(implementations.map(\.id).joined(separator: ", ")) does \(names)")
      }
      let example = chosen.lazy.compactMap { workload, cases in
        cases.first.map { "\(workload.id)/\($0.id)/\(workload.baseline)" }
      }.first!
      throw Failure(
        description: "the filter '\(filter)' matches no address; one looks like '\(example)'")
    }
  }

  /// Puts one in that a filter has left out everywhere, once.
  private mutating func keep(
    _ one: Implementation, in chosen: [(workload: any Workload, cases: [Case])]
  ) {
    guard !groups.contains(where: { $0.implementations.contains { $0.id == one.id } }) else {
      return
    }
    if let place = groups.firstIndex(where: { $0.workload.isDone(by: one) }) {
      groups[place].implementations.append(one)
    } else if let (workload, cases) = chosen.first(where: {
      $0.workload.isDone(by: one) && !$0.cases.isEmpty
    }) {
      groups.append(Group(workload: workload, case: cases[0], implementations: [one]))
    }
  }

  // MARK: Reading names

  /// Reads `all`, or names separated by commas.
  ///
  /// - Parameter external: those from outside, which are all chosen unless the text names some.
  public static func implementations(
    _ text: String, of own: [Implementation], also external: [Implementation] = []
  ) throws(Failure) -> [Implementation] {
    let all = own + external
    var chosen: [Implementation] = []
    for name in split(text) {
      let matches = name == "all" ? all : all.filter { $0.id == name }
      guard !matches.isEmpty else {
        throw .unknown(
          "implementation", name, valid: ["all"] + all.map(\.id), remarks: sources(of: external))
      }
      chosen += matches
    }
    if !chosen.contains(where: { one in external.contains { $0.id == one.id } }) {
      chosen += external
    }
    // In the order of the tables, whatever the order of the names.
    return all.filter { one in chosen.contains { $0.id == one.id } }
  }

  /// What came from where, and why nothing did: the name that is not there may be of one of them.
  private static func sources(of external: [Implementation]) -> [String] {
    let works = external.compactMap { one in one.externalWork.map { (id: one.id, work: $0) } }
    return works.compactMap(\.work.source).uniqued(by: \.self).map { source in
      let own = works.filter { $0.work.source == source }
      if let refusal = own.compactMap(\.work.refusal).first {
        return "\(source) cannot be used: \(refusal)"
      }
      return "\(source) offers \(own.map(\.id).joined(separator: ", "))"
    }
  }

  /// The names of a list on the command line.
  package static func split(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map {
      String($0).trimmingSpaces()
    }
  }
}

extension String {
  fileprivate func trimmingSpaces() -> String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
