import CCPU
import Foundation
import OptlabMeasure

/// Calls of one implementation in a row, with nothing else in the loop but a look at the clock
/// every few milliseconds.
public struct TimedLoop {
  /// What was done.
  public struct Outcome: Sendable {
    public var calls: Int
    public var seconds: Double
    public var unitsPerCall: Int

    public var bytesPerSecond: Double {
      seconds > 0 ? Double(calls) * Double(unitsPerCall) / seconds : 0
    }
  }

  /// By which time its seconds are counted.
  public enum Clock: Sendable {
    /// Everybody's.
    case wall
    /// What the thread has had of a CPU: as much work on a busy machine as on a quiet one.
    case thread

    var nanoseconds: UInt64 {
      guard self == .thread else { return ccpu_monotonic_raw_ns() }
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
  }

  private let clock: Clock
  private let run: (Int) -> Void
  private let unitsPerCall: Int
  private let callsPerLook: Int

  /// Warms up, and finds how many calls take some milliseconds.
  public init(_ prepared: any PreparedCase, by clock: Clock = .wall) {
    self.clock = clock
    // Profilers want names and frames.
    run = (prepared as? any NearbyCase)?.runNearby ?? prepared.run
    unitsPerCall = prepared.unitsPerCall
    var calls = 1
    while true {
      let start = ccpu_monotonic_raw_ns()
      run(calls)
      if ccpu_monotonic_raw_ns() - start >= 2_000_000 || calls >= 1 << 30 { break }
      calls *= 2
    }
    callsPerLook = calls
  }

  /// Ends early where the user interrupts. A frame of its own in a profile.
  @inline(never)
  public func run(seconds: Double) -> Outcome {
    let start = clock.nanoseconds
    let length = UInt64(seconds * 1e9)
    var calls = 0
    var elapsed: UInt64 = 0
    while elapsed < length, !Interruption.isRequested {
      run(callsPerLook)
      calls += callsPerLook
      elapsed = clock.nanoseconds - start
    }
    return Outcome(
      calls: calls, seconds: Double(elapsed) / 1e9, unitsPerCall: unitsPerCall)
  }
}
