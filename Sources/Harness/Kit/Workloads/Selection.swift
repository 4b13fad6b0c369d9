/// Which addresses a command works on.
public struct Selection: Sendable {
  /// A case of a workload, and the implementations that take part in it.
  public struct Group: Sendable {
    public var workload: Workload
    public var `case`: Case
    public var implementations: [Implementation]
  }

  /// Names an input that selects nothing, and what would have been valid.
  public struct Failure: Error, CustomStringConvertible, Equatable {
    public var description: String

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
  public var pairs: [(workload: Workload, implementation: Implementation)] {
    var seen: Set<String> = []
    return groups.flatMap { group in group.implementations.map { (group.workload, $0) } }
      .filter { seen.insert("\($0.0.id)/\($0.1.id)").inserted }
  }

  /// The command line, without seed, that verifies an address's implementation again.
  public func checkCommand(_ address: Address) -> String {
    let (workload, implementation) = pairs.first {
      $0.workload.id == address.workload && $0.implementation.id == address.implementation
    }!
    return implementation.checkCommand(workload, plugins: sources.plugins)
  }

  public var payloads: [JSONPayload] {
    groups.compactMap { if case .payload(let payload) = $0.case.input { payload } else { nil } }
  }

  /// - Parameters:
  ///   - sources: of those implementations that are not the lab's own.
  ///   - filter: a regular expression; an address that does not contain a match is left out.
  public init(
    workloads: [Workload], cases: (Workload) -> [Case], implementations: [Implementation],
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
    for workload in workloads {
      var names: Set<String> = []
      for one in cases(workload) {
        guard names.insert(one.id).inserted else {
          throw Failure(
            description:
              "\(workload.id) has two cases that are called '\(one.id)'; leave one out, or "
              + "rename its file")
        }
        let able = implementations.filter {
          // A key schedule has nothing in it that could be copied.
          workload.isDone(by: $0) && !(one.isSetup && $0.isCopy)
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
    guard !groups.isEmpty else {
      guard workloads.contains(where: { !cases($0).isEmpty }) else {
        throw Failure(
          description:
            "\(workloads.map(\.id).joined(separator: ", ")) has none of the chosen cases "
            + "(pyaes is one of aes-128-ctr alone)")
      }
      guard let filter, isDone else {
        throw Failure(
          description: "none of \(implementations.map(\.id).joined(separator: ", ")) does "
            + workloads.map(\.id).joined(separator: ", "))
      }
      throw Failure(
        description: "the filter '\(filter)' matches no address; one looks like "
          + "'aes-128-ctr/8KiB/c-aesni'")
    }
  }

  // MARK: Reading names

  /// Reads `all`, or names separated by commas.
  ///
  /// - Parameter foreign: those from outside, which are all chosen unless the text names some.
  public static func implementations(
    _ text: String, of own: [Implementation], also foreign: [Implementation] = []
  ) throws(Failure) -> [Implementation] {
    let all = own + foreign
    var chosen: [Implementation] = []
    for name in split(text) {
      let matches = name == "all" ? all : all.filter { $0.id == name }
      guard !matches.isEmpty else {
        throw .unknown(
          "implementation", name, valid: ["all"] + all.map(\.id), remarks: sources(of: foreign))
      }
      chosen += matches
    }
    if !chosen.contains(where: { one in foreign.contains { $0.id == one.id } }) {
      chosen += foreign
    }
    // In the order of the tables, whatever the order of the names.
    return all.filter { one in chosen.contains { $0.id == one.id } }
  }

  /// What came from where, and why nothing did: the name that is not there may be of one of them.
  private static func sources(of foreign: [Implementation]) -> [String] {
    let works = foreign.compactMap { one -> (id: String, work: any ForeignWork)? in
      if case .foreign(let work) = one.work { (one.id, work) } else { nil }
    }
    return works.compactMap(\.work.source).uniqued(by: \.self).map { source in
      let own = works.filter { $0.work.source == source }
      if let refusal = own.compactMap(\.work.refusal).first {
        return "\(source) cannot be used: \(refusal)"
      }
      return "\(source) offers \(own.map(\.id).joined(separator: ", "))"
    }
  }

  /// Reads `all`, `aes`, `json`, or ids separated by commas.
  public static func workloads(_ text: String) throws(Failure) -> [Workload] {
    let groups = [
      "all": Workload.standard, "aes": [.aes128, .aes256], "json": [Workload.json],
    ]
    var ids: Set<String> = []
    for name in split(text) {
      if let group = groups[name] {
        ids.formUnion(group.map(\.id))
      } else if let one = Workload.all.first(where: { $0.id == name }) {
        ids.insert(one.id)
      } else {
        throw .unknown(
          "workload", name, valid: ["all", "aes", "json"] + Workload.all.map(\.id))
      }
    }
    return Workload.all.filter { ids.contains($0.id) }
  }

  /// Reads message sizes separated by commas: bytes, `8KiB`, `1MiB`, `1..1024` for every length from
  /// 1 to 1,024 bytes, or a case with a name (`pyaes`, `setup`, `setup+16B`).
  public static func sizes(_ text: String) throws(Failure) -> [Case] {
    var cases: [Case] = []
    for name in split(text) {
      if let named = Case.named.first(where: { $0.id == name }) {
        cases.append(named)
      } else if let bytes = message(name) {
        cases.append(.message(bytes: bytes))
      } else if let range = messages(name) {
        cases += range.map(Case.message)
      } else {
        throw Failure(
          description:
            "'\(name)' is not a message size"
            + NearMiss.question(name, among: Case.named.map(\.id))
            + "; give 1 to \(largestMessage) bytes, such as "
            + "16, 8KiB or 1MiB, a range of at most \(longestRange) such as 1..1024, or "
            + Case.named.map(\.id).joined(separator: ", "))
      }
    }
    return cases
  }

  private static func message(_ text: some StringProtocol) -> Int? {
    ByteCount.parse(text).flatMap { (1...largestMessage).contains($0) ? $0 : nil }
  }

  private static func messages(_ text: String) -> ClosedRange<Int>? {
    guard let dots = text.firstRange(of: ".."),
      let first = message(text[..<dots.lowerBound]), let last = message(text[dots.upperBound...]),
      first <= last, last - first < longestRange
    else { return nil }
    return first...last
  }

  /// Each length is a case of its own, in tables and files too.
  public static let longestRange = 4096

  /// Two buffers of this size must fit into memory.
  public static let largestMessage = 1 << 30

  private static func split(_ text: String) -> [String] {
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
