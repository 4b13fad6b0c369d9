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

  /// The implementations of runner programs and contestants.
  ///
  /// - Parameters:
  ///   - others: from outside too; no name is given twice.
  ///   - patience: how many seconds a plugin may go without a step forward.
  /// - Throws: where a program is not there, or a runner takes a name that is in use.
  func implementations(
    beside others: [Implementation] = [], patience: Double = Plugin.standardPatience
  ) throws -> [Implementation] {
    for program in runner where !FileManager.default.isExecutableFile(atPath: program) {
      throw CommandFailure(
        .inputOutput,
        FileManager.default.fileExists(atPath: program)
          ? "the runner '\(program)' is not executable; chmod +x it"
          : "there is no runner '\(program)'")
    }
    var taken = (Implementation.all + others).map(\.id)
    let folder = contestants.map(Contestants.init(folder:))
    if let folder, contestants != Contestants.standardFolder,
      !FileManager.default.fileExists(atPath: folder.folder)
    {
      throw CommandFailure(.inputOutput, "there is no folder '\(folder.folder)' of contestants")
    }
    var all = Plugin.load(folder?.plugins ?? [], taken: taken, patience: patience)
      .flatMap(\.implementations)
    taken += all.map(\.id)
    for program in (folder?.runners ?? []) + runner {
      for one in Implementation.runner(program) {
        guard !taken.contains(one.id) else {
          throw CommandFailure(
            .usage,
            "the runner '\(program)' calls an implementation '\(one.id)', which is the name of "
              + "another one; rename it")
        }
        taken.append(one.id)
        all.append(one)
      }
    }
    return all + (folder?.missing ?? []).filter { !taken.contains($0.id) }
  }
}
