import ArgumentParser
import Foundation
import OptlabBasics
import OptlabReport
import OptlabResults

/// `harness history`: the trend over a folder of results.
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Show how figures changed over a folder of results of one machine.")

  @Argument(
    help: ArgumentHelp("A folder with results; its folders are looked into.", valueName: "folder"))
  var folder: String

  @Option(
    help: ArgumentHelp(
      "Which machine, by name or id; default: the one of the latest run.", valueName: "machine"))
  var machine: String?

  @Option(
    help: ArgumentHelp(
      "Only addresses in which this regular expression matches.", valueName: "regex"))
  var filter: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("A smaller jump counts as none.", valueName: "percent"))
  var minEffect = 0.5

  @Option(help: ArgumentHelp("Draw it into this file.", valueName: "file"))
  var svg: String?

  func validate() throws {
    try GivenOptions.refuseEmpty("--svg", svg)
    try GivenOptions.refuseEmpty("--machine", machine)
    try GivenOptions.refuseEmpty("--filter", filter)
    guard minEffect >= 0, minEffect < 100 else {
      throw ValidationError("--min-effect \(minEffect) is not between 0 and 100 per cent")
    }
  }

  func run() throws {
    let filter = try AddressFilter(filter)
    var unreadable: [String] = []
    var records: [(file: String, record: RunRecord)] = []
    for name in try files() {
      do throws(ResultFile.Failure) {
        records += try readResult("\(folder)/\(name)").records.map { (name, $0) }
      } catch {
        unreadable.append("\(name): \(error.reason)")
      }
    }
    guard
      var history = History(
        records, machine: machine, minimumEffect: minEffect / 100, matching: filter.callAsFunction)
    else {
      if let machine, !records.isEmpty {
        let known = records.map { "\($0.record.machine.name) (\($0.record.machine.id))" }
        throw CommandFailure(
          .usage,
          "'\(folder)' has no result of the machine '\(machine)'"
            + NearMiss.question(
              machine, among: records.flatMap { [$0.record.machine.name, $0.record.machine.id] })
            + "; in it: "
            + known.uniqued(by: \.self).joined(separator: ", "))
      }
      throw CommandFailure(
        .inputOutput,
        "no result in '\(folder)'" + (unreadable.first.map { ": \($0)" } ?? "")
          + "; harness run --output \(folder)/NAME.json writes one")
    }
    history.leftOut = unreadable + history.leftOut
    guard !history.series.isEmpty else {
      throw CommandFailure(
        .usage, "the filter '\(self.filter ?? "")' matches no address in '\(folder)'")
    }
    print(history.text(), terminator: "")
    if let svg {
      try failing { try AtomicFile.write(history.svg().utf8, to: svg) }
      print("drawn: \(svg)")
    }
  }

  /// Names of files below the folder, in order.
  private func files() throws -> [String] {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    guard manager.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      throw CommandFailure(
        .inputOutput,
        "cannot read '\(folder)': "
          + (manager.fileExists(atPath: folder)
            ? "it is no folder; harness compare takes files" : "No such file or directory"))
    }
    let names = try failing { try manager.subpathsOfDirectory(atPath: folder) }
    return names.filter { $0.hasSuffix(".json") }.sorted()
  }
}
