import OptlabBasics

/// Where this thread measures, and which CPUs it could have taken.
public struct MeasuringPlace: Sendable {
  /// nil where the thread is free to move.
  public var cpu: ChosenCPU?
  /// What the process was allowed to use before the thread was pinned; empty where that is not to be
  /// had.
  public var allowed: [Int]

  public init(cpu: ChosenCPU? = nil, allowed: [Int]) {
    self.cpu = cpu
    self.allowed = allowed
  }

  /// Of a thread that stays free.
  public static func free() -> MeasuringPlace {
    MeasuringPlace(allowed: (try? Affinity.allowed()) ?? [])
  }

  /// Chooses a CPU and keeps this thread on it, before anything is read of it or measured on it.
  ///
  /// - Parameter wanted: its number; nil takes the last allowed one of the fastest kind.
  public static func pinned(
    to wanted: Int? = nil, files: SystemFiles = SystemFiles()
  ) throws(Affinity.Failure) -> MeasuringPlace {
    let allowed = try Affinity.allowed()
    if let wanted, !allowed.contains(wanted) {
      throw Affinity.Failure(
        description: "CPU \(wanted) is not among the allowed ones: "
          + allowed.map(String.init).joined(separator: ", "))
    }
    // Every core of a hybrid CPU says that it is one; which kind it is, only about itself.
    let isHybrid = CPUIdentity(.machine()).isHybrid
    let choice = ChosenCPU.choose(wanted, among: allowed, files: files) { cpu in
      guard isHybrid, (try? Affinity.pin(to: cpu)) != nil else { return nil }
      return CPUIDLeaves.machine()
    }
    try Affinity.pin(to: choice.number)
    return MeasuringPlace(cpu: choice, allowed: allowed)
  }
}
