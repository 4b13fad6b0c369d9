import ArgumentParser
import Foundation
import OptlabExternal
import OptlabLab

/// The options by which implementations from outside join.
struct ContestantOptions: ParsableArguments {
  @Option(
    defaultAsFlag: Contestants.standardFolder,
    help: ArgumentHelp(
      "Add the contestants that 'make contestants' built, or those in a folder of yours.",
      valueName: "folder"))
  var contestants: String?

  @Option(
    help: ArgumentHelp(
      "Add the implementations of a runner program (see Documentation/Runners.md); repeatable.",
      valueName: "program"))
  var runner: [String] = []

  func validate() throws {
    try GivenOptions.refuseEmpty("--contestants", contestants)
    try GivenOptions.refuseEmpty("--runner", runner)
  }

  /// Refuses a deadline that is nobody's.
  func validate(_ patience: PatienceOption, plugins: [String] = []) throws {
    if patience.deadline != nil, plugins.isEmpty, runner.isEmpty, contestants == nil {
      throw ValidationError(
        "--deadline is for what comes from outside, and there is none of it; leave it out")
    }
  }

  /// Where implementations from outside come from.
  ///
  /// - Throws: where a program or a folder is not there.
  func sources(_ patience: PatienceOption, plugins: [String] = []) throws -> ExternalSources {
    var sources = ExternalSources()
    sources.plugins = try PluginPath.libraries(plugins)
    sources.patience = patience.deadline ?? ExternalSources.standardPatience
    sources.runnerDeadline = patience.deadline
    for program in runner {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: program, isDirectory: &isFolder) else {
        throw CommandFailure(.inputOutput, "there is no runner '\(program)'")
      }
      guard !isFolder.boolValue else {
        throw CommandFailure(
          .inputOutput, "the runner '\(program)' is a folder; name the program in it")
      }
      guard FileManager.default.isExecutableFile(atPath: program) else {
        throw CommandFailure(
          .inputOutput, "the runner '\(program)' is not executable; chmod +x it")
      }
    }
    sources.runners = runner
    sources.contestants = contestants
    // The standard one need not be there: its rows say how they are built.
    if let contestants, contestants != Contestants.standardFolder {
      guard FileManager.default.fileExists(atPath: contestants) else {
        throw CommandFailure(.inputOutput, "there is no folder '\(contestants)' of contestants")
      }
      guard !Contestants(folder: contestants, of: Harness.workloads).isEmpty else {
        throw CommandFailure(
          .usage,
          "the folder '\(contestants)' has no contestants in it: no *.so, *.runner or *.missing; "
            + "make contestants fills \(Contestants.standardFolder)")
      }
    }
    return sources
  }
}
