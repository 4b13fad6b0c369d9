import ArgumentParser
import OptlabBasics
import OptlabReport

extension ExportFormat: ExpressibleByArgument {}

/// `harness export`: a result for other programs.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Give a result to other programs, in a format of theirs.",
    discussion: """
      Examples:
        harness export run.json --format pyperf --output run.pyperf.json
        harness export run.json --format csv --filter '^aes-128-ctr/'
      """)

  @Argument(help: ArgumentHelp("A result of harness run --output.", valueName: "file"))
  var file: String

  @Option(
    help: ArgumentHelp(
      "One of " + ExportFormat.allCases.map(\.rawValue).joined(separator: ", ") + ".",
      valueName: "format"))
  var format: ExportFormat

  @Option(
    help: ArgumentHelp(
      "Only addresses in which this regular expression matches.", valueName: "regex"))
  var filter: String?

  @Option(help: ArgumentHelp("Write to this file instead of the output.", valueName: "file"))
  var output: String?

  func validate() throws {
    try GivenOptions.refuseEmpty("--output", output)
    try GivenOptions.refuseEmpty("--filter", filter)
  }

  func run() throws {
    let result = try failing { try readResult(file) }
    let text: String
    let warning: String?
    do throws(ExportFormat.Failure) {
      (text, warning) = try format.content(result, filter: filter)
    } catch {
      throw CommandFailure(.usage, "cannot export '\(file)': \(error.description)")
    }
    if let warning { warn(warning) }
    guard let output else {
      print(text, terminator: "")
      return
    }
    do throws(AtomicFile.Failure) {
      try AtomicFile.write(text.utf8, to: output)
    } catch {
      throw CommandFailure(
        .inputOutput,
        error.description + (error.isStream ? ", or leave --output out, which prints it" : ""))
    }
  }
}
