import OptlabBasics

/// Which of a machine's CPUs are cores of the fast kind, and which of the small one.
///
/// Sources, of which the first that tells CPUs apart counts: the kernel's lists for the performance
/// monitoring units of Intel's hybrid CPUs (/sys/devices/cpu_core/cpus), its estimate of what a CPU
/// can do (cpu_capacity), the highest clock (cpuinfo_max_freq), and what each CPU says itself (CPUID
/// leaves 0x1A and 0x80000026).
struct CoreKinds: Equatable {
  /// Of the CPUs whose kind is known.
  var kinds: [Int: CPUIdentity.CoreKind]
  /// What tells them apart, to be named beside a choice: `/sys/devices/cpu_core/cpus`.
  var source: String

  /// A CPU that reaches so much of the best one's figure is of its kind. The best cores of one kind
  /// are a few per cent ahead of their siblings; small ones are a third behind.
  static let sameKind = 0.8

  /// - Parameters:
  ///   - allowed: the CPUs that can be asked themselves.
  ///   - leaves: what CPUID answers on one of them.
  /// - Returns: nil where all CPUs are of one kind, as far as anything tells.
  static func find(
    files: SystemFiles, allowed: [Int], leaves: (Int) -> CPUIDLeaves?
  ) -> CoreKinds? {
    let folder = "/sys/devices/system/cpu"
    let online = files.text("\(folder)/online").flatMap(CPUList.numbers) ?? allowed
    func figures(_ name: String) -> [Int: Double] {
      Dictionary(
        uniqueKeysWithValues: online.compactMap { cpu in
          files.text("\(folder)/cpu\(cpu)/\(name)").flatMap(Double.init).map { (cpu, $0) }
        })
    }
    return byUnits(files)
      ?? byFigures(figures("cpu_capacity"), source: "cpu_capacity")
      ?? byFigures(figures("cpufreq/cpuinfo_max_freq"), source: "cpuinfo_max_freq")
      ?? byLeaves(allowed, leaves)
  }

  private static func byUnits(_ files: SystemFiles) -> CoreKinds? {
    let fast = "/sys/devices/cpu_core/cpus"
    func cpus(_ path: String) -> [Int] { files.text(path).flatMap(CPUList.numbers) ?? [] }
    let small = ["cpu_atom", "cpu_lowpower"].flatMap { cpus("/sys/devices/\($0)/cpus") }
    guard !cpus(fast).isEmpty, !small.isEmpty else { return nil }
    return CoreKinds(
      kinds: Dictionary(small.map { ($0, .efficiency) } + cpus(fast).map { ($0, .performance) }) {
        _, last in last
      }, source: fast)
  }

  private static func byFigures(_ figures: [Int: Double], source: String) -> CoreKinds? {
    guard let best = figures.values.max(), let worst = figures.values.min(),
      worst < best * sameKind
    else { return nil }
    return CoreKinds(
      kinds: figures.mapValues { $0 < best * sameKind ? .efficiency : .performance },
      source: source)
  }

  private static func byLeaves(_ allowed: [Int], _ leaves: (Int) -> CPUIDLeaves?) -> CoreKinds? {
    var kinds: [Int: CPUIdentity.CoreKind] = [:]
    for cpu in allowed {
      kinds[cpu] = leaves(cpu).map(CPUIdentity.init).flatMap { $0.isHybrid ? $0.coreKind : nil }
    }
    return kinds.isEmpty ? nil : CoreKinds(kinds: kinds, source: "CPUID")
  }
}
