import OptlabBasics

/// The CPU that is asked who it is and that everything is measured on, and why it is this one.
public struct ChosenCPU: Codable, Sendable, Equatable {
  public var number: Int
  /// Its kind, where the machine has cores of several.
  public var kind: CPUIdentity.CoreKind?
  /// `the last one allowed`; nil in files of runs that did not say.
  public var reason: String?

  public init(number: Int, kind: CPUIdentity.CoreKind? = nil, reason: String? = nil) {
    self.number = number
    self.kind = kind
    self.reason = reason
  }

  /// Chooses among the CPUs that a process may use.
  ///
  /// The last one serves fewer interrupts than the first on most machines; but on a hybrid CPU the
  /// last ones are the small cores, so it is the last of the fast kind.
  ///
  /// - Parameters:
  ///   - wanted: what the user asked for, one of `allowed`; nil chooses.
  ///   - allowed: ascending, not empty.
  ///   - leaves: what CPUID answers on one of `allowed`; called only where no file tells kinds apart.
  public static func choose(
    _ wanted: Int?, among allowed: [Int], files: SystemFiles = SystemFiles(),
    leaves: (Int) -> CPUIDLeaves? = { _ in nil }
  ) -> ChosenCPU {
    let kinds = CoreKinds.find(files: files, allowed: allowed, leaves: leaves)
    func chosen(_ cpu: Int, _ reason: String) -> ChosenCPU {
      ChosenCPU(number: cpu, kind: kinds?.kinds[cpu], reason: reason)
    }
    if let wanted { return chosen(wanted, "asked for") }
    if allowed.count == 1 { return chosen(allowed[0], "the only one allowed") }
    guard let kinds else { return chosen(allowed[allowed.count - 1], "the last one allowed") }
    if let fast = allowed.last(where: { kinds.kinds[$0] == .performance }) {
      return chosen(fast, "the last one allowed of the fast kind, by \(kinds.source)")
    }
    return chosen(
      allowed[allowed.count - 1], "the last one allowed, none of which is of the fast kind")
  }

  /// `CPU 1, the last one allowed`; `CPU 7, a performance core, asked for`.
  public var text: String {
    let words = [
      "CPU \(number)",
      kind.map { $0 == .performance ? "a performance core" : "an efficiency core" },
      reason,
    ]
    return words.compactMap(\.self).joined(separator: ", ")
  }
}
