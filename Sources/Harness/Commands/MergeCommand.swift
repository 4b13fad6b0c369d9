import ArgumentParser
import OptlabResults

/// `harness merge`: results of many machines, shards and runs in one file.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Unite results of several runs, shards or machines in one file.",
    discussion: """
      Runs of one build on one machine become one: what only one of them has measured is added, what
      several have measured gets all of their rounds as further blocks. Others stay apart, side by
      side in the file.
      """)

  @Argument(help: ArgumentHelp("Results of harness run --output or of merge.", valueName: "file"))
  var files: [String] = []

  @Option(help: ArgumentHelp("Where to save what they make together.", valueName: "file"))
  var output: String

  func validate() throws {
    try GivenOptions.refuseEmpty("--output", output)
    if files.isEmpty { throw ValidationError("merge needs the files to unite") }
    if let again = files.enumerated().first(where: { files[..<$0.offset].contains($0.element) }) {
      throw ValidationError("'\(again.element)' is given twice; its rounds would count twice")
    }
  }

  func run() throws {
    let read = try failing { try files.map { ($0, try readResult($0).records) } }
    if let (first, second) = MergedRecords.repetition(in: read) {
      throw CommandFailure(
        .usage,
        "'\(first)' and '\(second)' hold the same run; its rounds would count twice")
    }
    let records = read.flatMap(\.1)
    let merged: [RunRecord]
    do {
      merged = try MergedRecords.merge(records)
    } catch {
      throw CommandFailure(.notComparable, error.description)
    }
    try failing { try ResultFile(merged).write(to: output) }
    for record in merged {
      let parts = record.runs.count
      print(
        "\(record.machine.name) (\(record.machine.id)): \(record.run.rows.count) rows, "
          + "\(record.run.plan.blocks) blocks, of \(parts) \(parts == 1 ? "run" : "runs")")
    }
    print("saved: \(output)")
  }
}
