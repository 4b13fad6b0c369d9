import ArgumentParser
import Foundation
import OptlabReport

/// `harness report`: results as a page with pictures, or as the terminal's tables again.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make a page with tables and pictures of result files.",
    discussion: """
      Examples:
        harness run --output mine.json && harness report mine.json --output mine
        harness report monday.json tuesday.json --output both
        harness report mine.json --text --filter '/8KiB/'

      The folder gets index.html, which needs no network and no script, report.md and the pictures. It \
      may exist if it is empty or an earlier report, which is then replaced.
      """)

  @Argument(help: ArgumentHelp("Result files of 'run --output'.", valueName: "file"))
  var files: [String]

  @Option(help: ArgumentHelp("Where the report goes.", valueName: "folder"))
  var output: String?

  @Flag(help: "Print the tables as the run did, and write nothing.")
  var text = false

  @Flag(help: "With --text: add what the figures are made of.")
  var details = false

  @Flag(help: "With --text: order by time, with the factor from each implementation to the next.")
  var ladder = false

  @Option(
    help: ArgumentHelp(
      "Only addresses in which this regular expression matches.", valueName: "regex"))
  var filter: String?

  func validate() throws {
    if files.isEmpty { throw ValidationError("name at least one result file") }
    if text == (output != nil) {
      throw ValidationError("choose one of --output FOLDER and --text")
    }
    try GivenOptions.refuseEmpty("--output", output)
    try GivenOptions.refuseEmpty("--filter", filter)
    if details, ladder {
      throw ValidationError("--details does nothing with --ladder; leave one of them out")
    }
    if !text, details || ladder || filter != nil {
      throw ValidationError(
        "--details, --ladder and --filter go with --text; a report has everything")
    }
  }

  func run() throws {
    var sources: [Report.Source] = []
    for (file, name) in zip(files, Report.names(files)) {
      let records = try failing { try readResult(file) }.records
      guard records.contains(where: { !$0.run.rows.isEmpty }) else {
        throw CommandFailure(.inputOutput, "there are no rows in '\(file)'; take the run again")
      }
      for (index, record) in records.enumerated() {
        let ordinal = records.count > 1 ? " #\(index + 1)" : ""
        sources.append(Report.Source(name: name + ordinal, record: record))
      }
    }
    if let output {
      try failing { try ReportFolder.write(Report(sources), to: output) }
      print("wrote \(output)\(output.hasSuffix("/") ? "" : "/")index.html")
    } else {
      try printTables(sources)
    }
  }

  private func printTables(_ sources: [Report.Source]) throws {
    let regex: Regex<AnyRegexOutput>
    do {
      regex = try Regex(filter ?? "")
    } catch {
      throw CommandFailure(.usage, "'\(filter ?? "")' is not a regular expression: \(error)")
    }
    let rows = sources.flatMap(\.record.run.rows)
    guard rows.contains(where: { $0.address.description.contains(regex) }) else {
      throw CommandFailure(
        .usage,
        "the filter '\(filter ?? "")' matches no address; one looks like \(rows[0].address)")
    }
    for (index, source) in sources.enumerated() {
      if sources.count > 1 { print("\(index > 0 ? "\n" : "")\(source.name)") }
      let run = source.record.run
      if ladder {
        let ladders = run.ladders { $0.description.contains(regex) }
        print(ladders.map(\.text).joined(separator: "\n"), terminator: "")
        continue
      }
      print(
        run.tables(details: details) { $0.description.contains(regex) }, terminator: "")
      print(run.footer())
    }
  }
}
