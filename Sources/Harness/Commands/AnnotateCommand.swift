import ArgumentParser
import OptlabProfile

/// `harness annotate`: the hot instructions of a kernel.
struct AnnotateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "annotate",
    abstract: "Show a kernel's hot instructions with their share of samples.",
    discussion: """
      An interrupt is taken some instructions late, mostly at one that waits for a result: read a
      share as 'here or shortly before'.
      """)

  @OptionGroup var options: ProfileOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Show instructions with this share of samples or more.", valueName: "per cent"))
  var share = 0.5

  @Flag(help: "Show every instruction.")
  var all = false

  func validate() throws {
    guard share >= 0, share <= 100 else {
      throw ValidationError("--share \(share) is not between 0 and 100 per cent")
    }
    if all { try GivenOptions.refuse(["--share"], because: "does nothing with --all") }
  }

  func run() throws {
    let tool = try perfTool()
    let chosen = try options.chosen()
    for one in chosen.cases {
      let profile = try options.record(one, by: tool)
      print(profile.headline)
      if let reason = tool.event.reason { print("  no hardware cycles: \(reason)") }
      let functions = try failing { try Annotation.functions(in: profile.samples) }
      for function in functions {
        print()
        print(function.text(atLeast: all ? 0 : share / 100), terminator: "")
      }
      if one.address != chosen.cases.last?.address { print() }
    }
    if let failure = chosen.failure { throw failure }
  }
}
