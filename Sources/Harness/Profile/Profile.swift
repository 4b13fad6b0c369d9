import OptlabLab
import OptlabMeasure

/// Samples of one implementation at work on one case.
public struct Profile: Sendable {
  public var address: Address
  /// As perf calls it.
  public var event: String
  /// Samples a second that were asked for.
  public var frequency: Int
  public var callGraph: PerfRecording.CallGraph
  public var samples: [StackSample]
  public var outcome: TimedLoop.Outcome

  public var stacks: FoldedStacks { FoldedStacks(samples) }

  /// Share of the samples whose call path was followed down to `main`; 0 of none.
  public var wholeShare: Double {
    samples.isEmpty
      ? 0 : Double(samples.count(where: \.isWhole)) / Double(samples.count)
  }

  /// Nothing was sampled.
  public struct Empty: Error, CustomStringConvertible {
    public var description: String
  }

  /// Profiles a prepared case.
  ///
  /// - Parameters:
  ///   - address: What it is called.
  ///   - seconds: How long it runs, by `clock`.
  ///   - frequency: Samples a second.
  /// - Throws: ``PerfRecording/Failure``, ``Empty``.
  public static func record(
    _ prepared: any PreparedCase, address: Address, tool: PerfTool,
    callGraph: PerfRecording.CallGraph, seconds: Double, by clock: TimedLoop.Clock = .wall,
    frequency: Int
  ) throws -> Profile {
    let loop = TimedLoop(prepared, by: clock)
    let recording = try PerfRecording(tool, callGraph: callGraph, frequency: frequency)
    var outcome = TimedLoop.Outcome(calls: 0, seconds: 0, unitsPerCall: 0)
    try recording.sample { outcome = loop.run(seconds: seconds) }
    let script = try recording.finish()
    guard let event = script.event else {
      throw Empty(
        description: "perf took no sample of \(address) in \(outcome.seconds) seconds; "
          + "give it more of them with --seconds")
    }
    return Profile(
      address: address, event: event, frequency: frequency, callGraph: callGraph,
      samples: script.samples, outcome: outcome)
  }
}

extension Implementation {
  /// How perf finds the calls that lead into it. Optlab's own C and Swift code keeps frame pointers;
  /// a NASM kernel is a function without a frame, whose caller they do not show; libraries keep
  /// none.
  public var callGraph: PerfRecording.CallGraph {
    ["C", "Swift"].contains(language) ? .framePointers : .unwindTables
  }
}
