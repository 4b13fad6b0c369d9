import CCPU
import Foundation
import OptlabBasics

/// Whether hardware counters, RDPMC and perf can be had here, and what stands in the way.
///
/// Source: perf_event_open(2), and the kernel's documentation of perf_event_paranoid.
public struct PerfAccess: Codable, Sendable, Equatable {
  /// What came of trying to count.
  public struct Trial: Codable, Sendable, Equatable {
    /// The errno of the refusal, or 0.
    public var error: Int
    public var count: UInt64
    public var enabledNanoseconds: UInt64
    public var runningNanoseconds: UInt64
    public var allowsRDPMC: Bool

    public init(
      error: Int, count: UInt64 = 0, enabledNanoseconds: UInt64 = 0,
      runningNanoseconds: UInt64 = 0, allowsRDPMC: Bool = false
    ) {
      self.error = error
      self.count = count
      self.enabledNanoseconds = enabledNanoseconds
      self.runningNanoseconds = runningNanoseconds
      self.allowsRDPMC = allowsRDPMC
    }

    init(_ attempt: (UnsafeMutablePointer<ccpu_perf_trial>) -> Int32) {
      var trial = ccpu_perf_trial()
      error = Int(attempt(&trial))
      count = trial.count
      enabledNanoseconds = trial.enabled_ns
      runningNanoseconds = trial.running_ns
      allowsRDPMC = trial.user_rdpmc == 1
    }
  }

  /// What a refusal is explained by.
  public struct Circumstances: Sendable {
    /// /proc/sys/kernel/perf_event_paranoid.
    public var paranoid: Int?
    /// /proc/self/status: 2 when a filter decides over system calls.
    public var seccompMode: Int?
    public var hypervisor: String?

    public init(paranoid: Int? = nil, seccompMode: Int? = nil, hypervisor: String? = nil) {
      self.paranoid = paranoid
      self.seccompMode = seccompMode
      self.hypervisor = hypervisor
    }
  }

  /// nil when cycles were counted; else what blocks them, in one line.
  public var cyclesObstacle: String?
  /// The same for the software event cpu-clock, by which `perf record` samples without counters.
  public var cpuClockObstacle: String?
  /// nil when user space may read counters by RDPMC; else what blocks it.
  public var rdpmcObstacle: String?
  /// /proc/sys/kernel/perf_event_paranoid, or nil where it is not readable.
  public var paranoid: Int?
  /// /sys/bus/event_source/devices/cpu/rdpmc, or nil where there is no such file.
  public var rdpmcSetting: Int?
  /// Where the perf tool is, or nil when it is not in PATH.
  public var perfTool: String?

  public init(
    cycles: Trial, cpuClock: Trial, circumstances: Circumstances, rdpmcSetting: Int?,
    perfTool: String?
  ) {
    cyclesObstacle = Self.obstacle(cycles, circumstances, isHardware: true)
    cpuClockObstacle = Self.obstacle(cpuClock, circumstances, isHardware: false)
    rdpmcObstacle =
      if cyclesObstacle != nil {
        "there is no counter to read"
      } else if cycles.allowsRDPMC {
        nil
      } else {
        "the kernel does not allow it"
          + (rdpmcSetting.map { " (/sys/bus/event_source/devices/cpu/rdpmc is \($0))" } ?? "")
      }
    paranoid = circumstances.paranoid
    self.rdpmcSetting = rdpmcSetting
    self.perfTool = perfTool
  }

  /// Tries it on this machine.
  static func current(files: SystemFiles, circumstances: Circumstances) -> PerfAccess {
    PerfAccess(
      cycles: Trial(ccpu_try_perf_cycles), cpuClock: Trial(ccpu_try_perf_cpu_clock),
      circumstances: circumstances,
      rdpmcSetting: files.text("/sys/bus/event_source/devices/cpu/rdpmc").flatMap { Int($0) },
      perfTool: tool("perf"))
  }

  private static func obstacle(
    _ trial: Trial, _ circumstances: Circumstances, isHardware: Bool
  ) -> String? {
    switch Int32(trial.error) {
    case 0:
      if trial.runningNanoseconds == 0 { return "opened, but never given a counter" }
      if trial.count == 0 { return "opened, but it counts nothing" }
      if trial.runningNanoseconds < trial.enabledNanoseconds {
        return "the counter is shared with others (multiplexed)"
      }
      return nil
    case ENOENT, ENODEV, EOPNOTSUPP:
      guard isHardware else { return "this kernel does not have the event" }
      return "the kernel found no hardware counters"
        + (circumstances.hypervisor.map { "; \($0) hides them from this machine" } ?? "")
    case EACCES, EPERM:
      if let paranoid = circumstances.paranoid, paranoid > 2 {
        return "perf_event_paranoid is \(paranoid): 2 or less lets a user count"
      }
      if circumstances.seccompMode == 2 {
        return "a seccomp filter refuses perf_event_open (as containers do)"
      }
      return "perf_event_open is refused: needs CAP_PERFMON, or a security module forbids it"
    case ENOSYS:
      return circumstances.seccompMode == 2
        ? "a seccomp filter hides perf_event_open, or the kernel lacks it"
        : "this kernel has no perf events"
    case EBUSY: return "another user holds the counters"
    case EMFILE: return "too many open files"
    default: return "perf_event_open: \(String(cString: strerror(Int32(trial.error))))"
    }
  }

  private static func tool(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
