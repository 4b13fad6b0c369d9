import ArgumentParser
import HarnessKit

extension PerfRecording.CallGraph: ExpressibleByArgument {}

/// What to profile and how, for every command that samples.
struct ProfileOptions: ParsableArguments {
  @OptionGroup var choice: SelectionOptions
  @OptionGroup var hidden: MaskOption

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How long each runs under perf.", valueName: "seconds"))
  var seconds = 2.0

  @Option(parsing: .unconditional, help: ArgumentHelp("Samples a second.", valueName: "number"))
  var frequency = 1997

  @Option(
    help: ArgumentHelp(
      "How callers are found: fp (frame pointers) or dwarf (unwind tables); default: what the "
        + "implementation's code allows.", valueName: "way"))
  var callGraph: PerfRecording.CallGraph?

  @Flag(help: "Profile although the build is not optimised.")
  var allowUnoptimised = false

  func validate() throws {
    guard seconds > 0, seconds <= 60 else {
      throw ValidationError("--seconds \(seconds) is not between 0 and 60")
    }
    guard (1...10_000).contains(frequency) else {
      throw ValidationError("--frequency \(frequency) is not between 1 and 10000")
    }
  }

  /// A case made ready for an implementation that was verified just now.
  struct Ready {
    var address: Address
    var implementation: Implementation
    var prepared: any PreparedCase
  }

  /// Verifies what was chosen and hands it over, one by one. Without options: 8 KiB with a key of
  /// 128 bits, and the payload HUGE.
  ///
  /// - Parameter body: Is called once for each case of each implementation that can run here and
  ///   agrees with the reference.
  /// - Throws: A `CommandFailure` for the first that disagrees, when all others are done; or when
  ///   nothing could run.
  func forEach(_ body: (Ready) throws -> Void) throws {
    try hidden.apply()
    guard Build.current.isOptimised || allowUnoptimised else {
      throw CommandFailure(
        .usage,
        "this build is not optimised, so its profile would mislead; build Optlab as the root "
          + "package, or pass --allow-unoptimised")
    }
    let selection = try selection()
    let seed = choice.seed ?? UInt64.random(in: 0...UInt64(UInt32.max))
    let lab = Lab(seed: seed)
    var failure: CommandFailure?
    var obstacles: [String] = []
    var done = 0
    for group in selection.groups {
      for implementation in group.implementations {
        let address = Address(
          workload: group.workload.id, case: group.case.id, implementation: implementation.id)
        if let obstacle = implementation.obstacle() {
          obstacles.append("\(address): \(obstacle)")
          warn("left out \(obstacles.last!)")
          continue
        }
        if case .failed(let mismatch) = lab.verify(
          implementation, on: group.workload, payloads: selection.payloads)
        {
          failure =
            failure
            ?? CommandFailure(
              .verificationFailed,
              "\(address) fails its verification, so its time means nothing: \(mismatch.check): "
                + "\(mismatch.summary); again: harness verify --impl \(implementation.id) "
                + "--workload \(group.workload.id) --seed \(seed)")
          continue
        }
        let prepared: any PreparedCase
        do {
          prepared = try group.prepare(implementation, seed: seed)
        } catch {
          obstacles.append("\(address): \(error)")
          warn("left out \(obstacles.last!)")
          continue
        }
        done += 1
        try body(Ready(address: address, implementation: implementation, prepared: prepared))
      }
    }
    if let failure { throw failure }
    guard done > 0 else {
      throw CommandFailure(.usage, "nothing can run here: \(obstacles.joined(separator: "; "))")
    }
  }

  /// Records one that is ready.
  func record(_ ready: Ready, by tool: PerfTool) throws -> Profile {
    try failing {
      try .record(
        ready.prepared, address: ready.address, tool: tool,
        callGraph: callGraph ?? ready.implementation.callGraph, seconds: seconds,
        frequency: frequency)
    }
  }

  /// One key size of AES where no workload is named: the others spend their time in the same places.
  private func selection() throws -> Selection {
    var choice = choice
    if choice.workload == nil {
      let workloads = [
        choice.size != nil || choice.payload == nil ? Workload.aes128.id : nil,
        choice.payload != nil || choice.size == nil ? Workload.json.id : nil,
      ]
      choice.workload = workloads.compactMap(\.self).joined(separator: ",")
    }
    return try choice.selection(
      sizes: [.message(bytes: 8 << 10)], payloads: JSONPayload.standard.filter { $0.id == "HUGE" })
  }
}

/// perf, or the end of the command with the remedy.
func perfTool() throws -> PerfTool {
  do throws(PerfTool.Unavailable) {
    return try .current()
  } catch {
    throw CommandFailure(.inputOutput, error.description)
  }
}

extension Profile {
  /// What was sampled and how, in one line.
  var headline: String {
    String(
      format: "%@: %d samples of %@ in %.2f s, %d a second asked for, callers by %@",
      address.description, samples.count, event, outcome.seconds, frequency,
      callGraph == .framePointers ? "frame pointers" : "unwind tables")
  }
}
