import ArgumentParser
import Foundation
import OptlabExternal

/// Implementations that come in shared libraries.
struct PluginOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Let the kernels of a shared library (or of all in a folder) take part; may be repeated.",
      valueName: "file|folder"))
  var plugin: [String] = []

  @OptionGroup var patience: PatienceOption

  func validate() throws { try GivenOptions.refuseEmpty("--plugin", plugin) }
}

/// How long a plugin or a runner may take.
struct PatienceOption: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "End a plugin that has not moved on, or a runner that has not answered, for so long; "
        + "default: 10 for plugins, 20 to 60 for runners.", valueName: "seconds"))
  var deadline: Double?

  func validate() throws {
    if let deadline, !(deadline > 0 && deadline <= 86_400) {
      throw ValidationError("--deadline \(deadline) is not between 0 and 86400 seconds")
    }
  }
}

enum PluginPath {
  /// The libraries that the paths mean, each once.
  static func libraries(_ paths: [String]) throws -> [String] {
    var found: [String] = []
    for path in paths {
      guard let libraries = Plugin.libraries(at: path) else {
        throw CommandFailure(
          .inputOutput, "there is no plugin '\(path)': give a shared library, or a folder of them")
      }
      guard !libraries.isEmpty else {
        throw CommandFailure(.inputOutput, "the folder '\(path)' has no *.so in it")
      }
      found += libraries.filter { !found.contains($0) }
    }
    return found
  }
}
