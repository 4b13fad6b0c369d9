/// What an implementation asks of a CPU.
public struct KernelNeeds: Sendable {
  public var id: String
  /// In a word or two, what it does.
  public var workload: String
  /// Features that it cannot run without.
  public var required: FeatureSet
  /// Features without which dispatch passes over it.
  public var preferred: FeatureSet

  public init(id: String, workload: String, required: FeatureSet, preferred: FeatureSet) {
    self.id = id
    self.workload = workload
    self.required = required
    self.preferred = preferred
  }
}

/// Whether an implementation can run here, and why not.
public struct KernelMatrixRow: Codable, Sendable, Equatable {
  public enum Verdict: String, Codable, Sendable {
    case runs = "runs"
    case notPreferred = "runs, not preferred"
    case cannotRun = "cannot run"
  }

  /// Id: `c-vaes512`.
  public var implementation: String
  /// The families of what it does: `aes`, or several.
  public var workload: String
  /// Features that it cannot run without, and those without which dispatch passes over it.
  public var needs: [String]
  public var prefers: [String]
  /// Whether CPU, operating system and build have what it needs.
  public var cpu: Bool
  public var operatingSystem: Bool
  public var build: Bool
  public var verdict: Verdict
  /// nil when it runs and is preferred.
  public var reason: String?

  /// - Parameters:
  ///   - features: as `CPUFeature.decode` gives them.
  ///   - isX86: whether this is a build for x86-64, which every required feature means.
  public init(_ kernel: KernelNeeds, features: [CPUFeature], isX86: Bool) {
    implementation = kernel.id
    workload = kernel.workload
    needs = kernel.required.names
    prefers = kernel.preferred.names

    let byName = Dictionary(uniqueKeysWithValues: features.map { ($0.name, $0) })
    let needed = needs.compactMap { byName[$0] }
    let absent: (CPUFeature) -> Bool = { [.lacking, .orphaned].contains($0.verdict) }
    cpu = !needed.contains(where: absent)
    operatingSystem = !needed.contains { $0.verdict == .notEnabled }
    build = isX86 || needs.isEmpty

    let obstacles = Self.obstacles(needed)
    let disadvantages = Self.obstacles(prefers.compactMap { byName[$0] })
    if !build {
      verdict = .cannotRun
      reason = "not this architecture: needs x86-64"
    } else if let obstacles {
      verdict = .cannotRun
      reason = obstacles
    } else if let disadvantages {
      verdict = .notPreferred
      reason = disadvantages
    } else {
      verdict = .runs
      reason = nil
    }
  }

  /// `CPU lacks vaes; masked by OPTLAB_MASK: avx512f`, or nil when all are available.
  private static func obstacles(_ features: [CPUFeature]) -> String? {
    let parts = CPUFeature.Verdict.allCases.filter { $0 != .available }.compactMap {
      verdict -> String? in
      let names = features.filter { $0.verdict == verdict }.map(\.name)
      return names.isEmpty ? nil : "\(verdict.rawValue): \(names.joined(separator: ", "))"
    }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }
}
