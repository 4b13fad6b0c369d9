import CCPU
import Foundation
import OptlabBasics
import OptlabStatistics

/// What a hardware cycle counter says, all of it since it was opened.
public struct CounterReading: Sendable, Codable, Equatable {
  public var cycles: UInt64
  /// Nanoseconds during which it should have counted, and did.
  public var enabled: UInt64
  public var running: UInt64

  public init(cycles: UInt64, enabled: UInt64, running: UInt64) {
    self.cycles = cycles
    self.enabled = enabled
    self.running = running
  }
}

/// A counter of this thread's core cycles.
public protocol CycleCounter: AnyObject {
  /// nil when it cannot be read.
  func read() -> CounterReading?
}

/// Why a counter is not to be trusted.
public enum CounterRefusal: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kernel's answer to perf_event_open(2).
  case notOpened(errno: Int32)
  case notReadable
  /// It never counted.
  case zero
  /// It counted only this share of the time.
  case multiplexed(share: Double)
  /// A loop of known cost came out as something else.
  case implausible(measured: Double, expected: Double)

  public var description: String {
    switch self {
    case .notOpened(let number):
      "perf_event_open: \(String(cString: strerror(number)))" + Self.remedy(number)
    case .notReadable: "the counter cannot be read"
    case .zero: "the counter stands still"
    case .multiplexed(let share):
      "the counter is shared with other events and counts \(Figures.percent(share)) of the time"
    case .implausible(let measured, let expected):
      "the counter says \(Int(measured)) cycles where a loop takes \(Int(expected))"
    }
  }

  private static func remedy(_ number: Int32) -> String {
    switch number {
    case EACCES, EPERM:
      " (as root: sysctl kernel.perf_event_paranoid=2; in a container also: seccomp must allow it)"
    case ENOENT, EOPNOTSUPP, ENODEV: " (this machine, or its hypervisor, has no cycle counter)"
    default: ""
    }
  }
}

/// The counter of perf_event_open(2).
public final class PerfCycleCounter: CycleCounter {
  private var counter = ccpu_counter()

  public init() throws(CounterRefusal) {
    let error = ccpu_counter_open(&counter)
    guard error == 0 else { throw .notOpened(errno: error) }
  }

  deinit { ccpu_counter_close(&counter) }

  public func read() -> CounterReading? {
    var reading = ccpu_counter_reading()
    guard ccpu_counter_read(&counter, &reading) == 0 else { return nil }
    return CounterReading(
      cycles: reading.cycles, enabled: reading.enabled, running: reading.running)
  }
}

extension CycleCounter {
  /// Tries the counter on a loop of known cost, several times.
  ///
  /// - Parameters:
  ///   - expectedCycles: what one run of `loop` costs.
  ///   - tolerance: as a share; kernel entries and the reading itself are in the figure.
  public func trial(
    expectedCycles: Double, tolerance: Double = 0.02, loop: () -> Void
  ) throws(CounterRefusal) {
    var measured: [Double] = []
    for _ in 0..<9 {
      guard let before = read() else { throw .notReadable }
      loop()
      guard let after = read() else { throw .notReadable }
      let enabled = after.enabled &- before.enabled
      let running = after.running &- before.running
      // Not scheduled at all, or not all of the time, since it was opened.
      if after.running < after.enabled || running < enabled {
        throw after.running == 0
          ? .zero : .multiplexed(share: Double(after.running) / Double(after.enabled))
      }
      measured.append(Double(after.cycles &- before.cycles))
    }
    let median = OrderStatistics(measured).median
    if median == 0 { throw .zero }
    if abs(median / expectedCycles - 1) > tolerance {
      throw .implausible(measured: median, expected: expectedCycles)
    }
  }

  /// Tries the counter on the latency chain.
  public func trialOnLatencyChain() throws(CounterRefusal) {
    let iterations: UInt64 = 20_000
    try trial(expectedCycles: Double(iterations) * Calibration.imulCycles) {
      _ = ccpu_probe_imul(iterations)
    }
  }
}
