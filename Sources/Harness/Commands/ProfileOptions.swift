import ArgumentParser
import OptlabBasics
import OptlabLab
import OptlabMeasure
import OptlabProfile

extension PerfRecording.CallGraph: ExpressibleByArgument {}

/// What to profile and how, for every command that samples.
struct ProfileOptions: ParsableArguments {
  @OptionGroup var choice: SelectionOptions
  @OptionGroup var hidden: MaskOption
  @OptionGroup var rounds: PlanOption

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

  /// A case of an implementation that was verified just now.
  struct Verified {
    var address: Address
    var implementation: Implementation
    var group: Selection.Group
    var seed: UInt64

    func prepare() throws -> any PreparedCase { try group.prepare(implementation, seed: seed) }
  }

  /// What came of verifying all that was chosen.
  struct Chosen {
    var cases: [Verified]
    /// The first that disagreed, to be thrown when the others are done.
    var failure: CommandFailure?
  }

  /// Verifies what was chosen. Without options: one case of one workload of each family.
  ///
  /// - Returns: Each case of each implementation that can run here and agrees with the reference;
  ///   one at least, or a failure.
  func chosen() throws -> Chosen {
    try hidden.apply()
    Interruption.catchSignals()
    try requireOptimisedBuild("its profile would mislead", isExcused: allowUnoptimised)
    let selection = try selection()
    let seed = choice.seed ?? UInt64.random(in: 0...UInt64(UInt32.max))
    let lab = Lab(seed: seed)
    var chosen = Chosen(cases: [])
    var obstacles: [String] = []
    for group in selection.groups {
      for implementation in group.implementations {
        let one = Verified(
          address: Address(
            workload: group.workload.id, case: group.case.id, implementation: implementation.id),
          implementation: implementation, group: group, seed: seed)
        if let obstacle = implementation.obstacle() {
          obstacles.append("\(one.address): \(obstacle)")
          continue
        }
        if case .failed(let mismatch) = lab.verify(
          implementation, on: group.workload, cases: selection.cases(of: group.workload))
        {
          let again = RepeatedOption.adding(
            choice.repeated + hidden.repeated,
            to: implementation.checkCommand(group.workload), on: group.workload)
          chosen.failure =
            chosen.failure
            ?? CommandFailure(
              .verificationFailed,
              "\(one.address) fails its verification, so its time means nothing: "
                + "\(mismatch.check): \(mismatch.summary); again: \(again) "
                + "--seed \(seed)")
          continue
        }
        do {
          _ = try one.prepare()
          chosen.cases.append(one)
        } catch {
          obstacles.append("\(one.address): \(error)")
        }
      }
    }
    guard !chosen.cases.isEmpty || chosen.failure != nil else {
      throw CommandFailure(.usage, "nothing can run here: \(obstacles.joined(separator: "; "))")
    }
    for obstacle in obstacles { warn("left out \(obstacle)") }
    return chosen
  }

  /// Profiles one case.
  func record(_ one: Verified, by tool: PerfTool) throws -> Profile {
    do {
      let profile = try Profile.record(
        one.prepare(), address: one.address, tool: tool,
        callGraph: callGraph ?? one.implementation.callGraph, seconds: seconds,
        by: rounds.isOnce ? .thread : .wall, frequency: frequency)
      guard !Interruption.isRequested else { throw CommandFailure(.interrupted, "interrupted") }
      return profile
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      guard !Interruption.isRequested else { throw CommandFailure(.interrupted, "interrupted") }
      throw CommandFailure(.inputOutput, FileReason.text(error))
    }
  }

  /// One workload of each family where none is named: the others spend their time in the same places.
  private func selection() throws -> Selection {
    var choice = choice
    if choice.workload == nil {
      let given = choice.cases.given
      choice.workload = Harness.workloads.standard
        .filter { one in given.isEmpty || one.options.contains { given[$0.name] != nil } }
        .uniqued(by: { $0.family ?? $0.id }).map(\.id).joined(separator: ",")
    }
    return try choice.selection(scope: .single)
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
