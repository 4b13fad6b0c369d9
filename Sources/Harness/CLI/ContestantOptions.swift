import ArgumentParser
import Foundation
import HarnessKit

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

  /// Where implementations from outside come from.
  ///
  /// - Parameter plugins: nil where the command takes none.
  /// - Throws: where a program or a folder is not there.
  func sources(plugins: PluginOptions? = nil) throws -> ExternalSources {
    var sources = ExternalSources()
    if let plugins {
      sources.plugins = try PluginPath.libraries(plugins.plugin)
      sources.patience = plugins.patience.deadline
    }
    for program in runner where !FileManager.default.isExecutableFile(atPath: program) {
      throw CommandFailure(
        .inputOutput,
        FileManager.default.fileExists(atPath: program)
          ? "the runner '\(program)' is not executable; chmod +x it"
          : "there is no runner '\(program)'")
    }
    sources.runners = runner
    sources.contestants = contestants
    if let contestants, contestants != Contestants.standardFolder,
      !FileManager.default.fileExists(atPath: contestants)
    {
      throw CommandFailure(.inputOutput, "there is no folder '\(contestants)' of contestants")
    }
    return sources
  }
}

extension SelectionOptions {
  /// The addresses chosen, with what comes from outside.
  func selection(
    from sources: ExternalSources, sizes: [Case] = Case.standardSizes,
    payloads: @autoclosure () -> [JSONPayload] = JSONPayload.standard
  ) throws -> Selection {
    let foreign: [Implementation]
    do {
      foreign = try sources.implementations()
    } catch {
      throw CommandFailure(.usage, error.description)
    }
    var selection = try selection(also: foreign, sizes: sizes, payloads: payloads())
    selection.sources = sources
    return selection
  }
}
