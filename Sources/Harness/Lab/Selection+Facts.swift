import OptlabBasics

extension Selection {
  /// What a reader has to know of its workloads.
  var facts: [WorkloadFacts] { groups.map(\.workload.facts).uniqued(by: \.id) }

  /// Versions of what its external implementations depend on, by name.
  public var externalVersions: [String: String] {
    var versions: [String: String] = [:]
    for (_, implementation) in pairs {
      versions.merge(implementation.externalWork?.versions ?? [:]) { first, _ in first }
    }
    return versions
  }
}
