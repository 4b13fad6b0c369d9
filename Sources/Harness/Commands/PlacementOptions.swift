import ArgumentParser
import OptlabCPU

/// Where to measure.
struct PlacementOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Measure on this CPU; default: the last one allowed, of the fast kind where there are several.",
      valueName: "number"))
  var cpu: Int?

  @Flag(inversion: .prefixedNo, help: "Keep the measurement on one CPU.")
  var pin = true

  func validate() throws {
    if cpu != nil, !pin {
      throw ValidationError("--cpu names where to stay, and --no-pin is not to stay; choose one")
    }
  }

  /// Pins this thread, as far as wanted and possible. What is read of the CPU comes after it.
  func apply() throws -> MeasuringPlace {
    guard pin || cpu != nil else { return .free() }
    do throws(Affinity.Failure) {
      return try .pinned(to: cpu)
    } catch {
      if cpu != nil { throw CommandFailure(.usage, error.description) }
      warn("not pinned: \(error.description)")
      return .free()
    }
  }
}
