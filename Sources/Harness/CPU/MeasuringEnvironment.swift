import Foundation
import OptlabBasics

/// What of the operating system bears on measuring. Nothing here needs privileges; nil is a file that
/// is missing or not readable.
public struct MeasuringEnvironment: Codable, Sendable, Equatable {
  /// Release of the kernel.
  public var kernel: String?
  public var perf: PerfAccess
  public var clocksource: String?
  public var availableClocksources: [String]
  /// What the kernel says of the timestamp counter: those of `constant_tsc`, `nonstop_tsc`,
  /// `tsc_known_freq`, `tsc_reliable` that it lists.
  public var tscFlags: [String]
  /// The CPUs that this process may run on, and those that are on, as lists: `0-3,8`.
  public var allowedCPUs: String?
  public var onlineCPUs: String?
  public var allowedCPUCount: Int?
  /// The performance and efficiency cores of a hybrid CPU, as lists.
  public var performanceCPUs: String?
  public var efficiencyCPUs: String?
  /// Whether two threads of a core are on.
  public var simultaneousMultithreading: Bool?
  /// Of the CPU that is measured on; of the first one where there is none.
  public var governor: String?
  /// Whether the clock may rise above its base.
  public var boost: Bool?
  /// Share of CPU time since boot that the hypervisor gave to others while this machine wanted it.
  public var stealShare: Double?
  /// The CPU time that this control group may use, in CPUs, or nil when it is not limited.
  public var cpuQuota: Double?
  /// Signs of a container: `/.dockerenv`. Empty without one.
  public var containerHints: [String]
  /// 0 none, 1 strict, 2 filter.
  public var seccompMode: Int?

  /// Reads the files below `files.root`.
  ///
  /// - Parameters:
  ///   - hypervisor: its name, to explain missing counters by.
  ///   - perf: what is known of perf events, or nil to try them.
  ///   - place: of the thread that measures: its CPU's settings count, and what the process might
  ///     use is read before the thread is pinned. nil reads both now.
  public init(
    files: SystemFiles = SystemFiles(), hypervisor: String? = nil, perf: PerfAccess? = nil,
    place: MeasuringPlace? = nil
  ) {
    let cpu = "/sys/devices/system/cpu"
    let status = "/proc/self/status"
    kernel = files.text("/proc/sys/kernel/osrelease")
    seccompMode = files.field("Seccomp", of: status).flatMap { Int($0) }
    self.perf =
      perf
      ?? .current(
        files: files,
        circumstances: PerfAccess.Circumstances(
          paranoid: files.text("/proc/sys/kernel/perf_event_paranoid").flatMap { Int($0) },
          seccompMode: seccompMode, hypervisor: hypervisor))

    let clock = "/sys/devices/system/clocksource/clocksource0"
    clocksource = files.text("\(clock)/current_clocksource")
    availableClocksources =
      files.text("\(clock)/available_clocksource")?.split(separator: " ").map(String.init) ?? []
    let flags = files.field("flags", of: "/proc/cpuinfo")?.split(separator: " ") ?? []
    tscFlags = ["constant_tsc", "nonstop_tsc", "tsc_known_freq", "tsc_reliable"].filter {
      flags.contains($0[...])
    }

    allowedCPUs =
      place.flatMap { $0.allowed.isEmpty ? nil : CPUList.text($0.allowed) }
      ?? files.field("Cpus_allowed_list", of: status)
    onlineCPUs = files.text("\(cpu)/online")
    allowedCPUCount = allowedCPUs.flatMap { CPUList.numbers($0)?.count }
    performanceCPUs = files.text("/sys/devices/cpu_core/cpus")
    efficiencyCPUs = files.text("/sys/devices/cpu_atom/cpus")
    simultaneousMultithreading = files.text("\(cpu)/smt/active").map { $0 == "1" }
    governor = files.text("\(cpu)/cpu\(place?.cpu?.number ?? 0)/cpufreq/scaling_governor")
    boost =
      files.text("\(cpu)/cpufreq/boost").map { $0 == "1" }
      ?? files.text("\(cpu)/intel_pstate/no_turbo").map { $0 == "0" }
    stealShare = files.text("/proc/stat").flatMap(Self.steal(stat:))
    cpuQuota = Self.quota(files)
    containerHints = Self.container(files)
  }

  /// Of the first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal, and
  /// guest times, which user and nice contain (proc_stat(5)).
  static func steal(stat: String) -> Double? {
    guard let line = stat.split(separator: "\n").first, line.hasPrefix("cpu ") else { return nil }
    let times = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
    let total = times.reduce(0, +)
    return times.count == 8 && total > 0 ? times[7] / total : nil
  }

  private static func quota(_ files: SystemFiles) -> Double? {
    // cgroup v2 in one file, v1 in two, where -1 is no limit.
    let limits =
      files.text("/sys/fs/cgroup/cpu.max")?.split(separator: " ").map { Double($0) }
      ?? ["cfs_quota_us", "cfs_period_us"].map {
        files.text("/sys/fs/cgroup/cpu/cpu.\($0)").flatMap { Double($0) }
      }
    guard limits.count == 2, let quota = limits[0], let period = limits[1], quota > 0, period > 0
    else { return nil }
    return quota / period
  }

  private static func container(_ files: SystemFiles) -> [String] {
    var hints = ["/.dockerenv", "/run/.containerenv"].filter(files.exists)
    let groups = files.text("/proc/1/cgroup") ?? ""
    hints += ["docker", "kubepods", "lxc", "containerd"].filter(groups.contains).map {
      "\($0) in /proc/1/cgroup"
    }
    return hints
  }
}
