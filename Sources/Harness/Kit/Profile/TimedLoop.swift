import CCPU

/// Calls of one implementation in a row, with nothing else in the loop but a look at the clock
/// every few milliseconds.
public struct TimedLoop {
  /// What was done.
  public struct Outcome: Sendable {
    public var calls: Int
    public var seconds: Double
    public var bytesPerCall: Int

    public var bytesPerSecond: Double {
      seconds > 0 ? Double(calls) * Double(bytesPerCall) / seconds : 0
    }
  }

  private let run: (Int) -> Void
  private let bytesPerCall: Int
  private let callsPerLook: Int

  /// Warms up, and finds how many calls take some milliseconds.
  public init(_ prepared: any PreparedCase) {
    // Profilers want names and frames.
    run = (prepared as? any NearbyCase)?.runNearby ?? prepared.run
    bytesPerCall = prepared.bytesPerCall
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
    let start = ccpu_monotonic_raw_ns()
    let length = UInt64(seconds * 1e9)
    var calls = 0
    var elapsed: UInt64 = 0
    while elapsed < length, !Interruption.isRequested {
      run(callsPerLook)
      calls += callsPerLook
      elapsed = ccpu_monotonic_raw_ns() - start
    }
    return Outcome(
      calls: calls, seconds: Double(elapsed) / 1e9, bytesPerCall: bytesPerCall)
  }
}
