extension Selection {
  /// Versions of what its foreign implementations depend on, by name.
  public var foreignVersions: [String: String] {
    var versions: [String: String] = [:]
    for (_, implementation) in pairs {
      if case .foreign(let work) = implementation.work {
        versions.merge(work.versions) { first, _ in first }
      }
    }
    return versions
  }
}
