import Foundation
import OptlabCPU

/// The program `perf`, by which the timed region is sampled.
public struct PerfTool: Sendable {
  /// Why it cannot be had, with the remedy, in one line.
  public struct Unavailable: Error, Equatable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
  }

  /// What it samples by.
  public struct Event: Sendable, Equatable {
    /// For `perf record -e`; user space alone, which an ordinary user may sample.
    public var name: String
    /// Why it is not hardware's count of cycles; nil when it is.
    public var reason: String?
  }

  public var path: String
  public var event: Event

  /// - Throws: ``Unavailable``, when there is no perf, or the kernel refuses it every event.
  public init(_ access: PerfAccess) throws(Unavailable) {
    guard let path = access.perfTool else {
      throw Unavailable(
        "there is no 'perf' in PATH; install it: make profile-setup "
          + "(Debian: apt-get install linux-perf; others: the perf of this kernel's tools). "
          + "Without perf, --spin SECONDS keeps an implementation running for another profiler")
    }
    self.path = path
    if let obstacle = access.cyclesObstacle {
      guard access.cpuClockObstacle == nil else {
        throw Unavailable(
          "perf may not sample here: \(access.cpuClockObstacle!); \(Self.remedy(access)). "
            + "Without perf, --spin SECONDS keeps an implementation running for another profiler")
      }
      event = Event(name: "cpu-clock:u", reason: obstacle)
    } else {
      event = Event(name: "cycles:u", reason: nil)
    }
  }

  /// On this machine, found by trying.
  public static func current() throws(Unavailable) -> PerfTool {
    try PerfTool(MeasuringEnvironment().perf)
  }

  private static func remedy(_ access: PerfAccess) -> String {
    if let paranoid = access.paranoid, paranoid > 2 {
      return "as root, run: sysctl kernel.perf_event_paranoid=2"
    }
    return "in a container, start it with --cap-add PERFMON and a seccomp profile that allows "
      + "perf_event_open (--security-opt seccomp=unconfined allows everything)"
  }
}
