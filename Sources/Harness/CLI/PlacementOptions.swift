import ArgumentParser
import Foundation
import HarnessKit

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

/// Writes one line to stderr that the user should see and a script need not.
func warn(_ message: String) {
  FileHandle.standardError.write(Data("Warning: \(message)\n".utf8))
}

/// Prints a value as JSON for machines.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
