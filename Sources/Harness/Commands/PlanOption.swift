import ArgumentParser
import OptlabMeasure

/// A plan by its name, for tests: they want to know that a command does its work, whatever else the
/// machine does meanwhile, and not how fast it is.
struct PlanOption: ParsableArguments {
  enum Name: String, ExpressibleByArgument {
    /// One round in one block, with no aim for time: see ``Plan/once``. A profile has no rounds; its
    /// seconds are those that it gets of the CPU.
    case once
  }

  @Option(help: .hidden) var plan: Name?

  /// Whether nothing that is measured will be judged: no self-test is waited for, no limit measured.
  var isOnce: Bool { plan == .once }

  /// Refuses a time beside it.
  func check(time: Double?) throws {
    if isOnce, time != nil {
      throw ValidationError("--plan once takes one round whatever the time; leave --time out")
    }
  }

  /// - Parameter plan: what the command would take by itself.
  func replacing(_ plan: Plan) -> Plan { isOnce ? .once : plan }
}
