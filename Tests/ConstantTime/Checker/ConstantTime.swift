import ArgumentParser
import CAES
import Foundation
import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabExternal
import OptlabJSON
import OptlabLab
import OptlabMeasure
import OptlabReport

/// Whether branches and addresses of AES-CTR depend on key or text.
///
/// Exit codes: 0 fine, 1 a kernel leaks, a leak was not caught or something was not executed,
/// 64 wrong usage.
@main
struct ConstantTime: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "constant-time",
    abstract: "Check that no branch and no address of AES-CTR depends on key or text.",
    discussion: """
      Both ways check all rows of the lab's tables that call themselves constant-time, and must
      catch those that do not, and kernels that leak on purpose.
      """,
    subcommands: [Memcheck.self, Step.self])
}

/// What both ways of checking take.
struct CheckOptions: ParsableArguments {
  @Option(help: "What keys, counters and texts follow from.")
  var seed: UInt64 = 6

  @Option(
    help: ArgumentHelp(
      "Implementations that may lack what they need here, separated by commas; 'all' for any.",
      valueName: "ids"))
  var allowMissing = ""

  func allowsMissing(_ id: String) -> Bool {
    allowMissing == "all" || allowMissing.split(separator: ",").contains { $0 == id }
  }
}

extension ConstantTime {
  struct Memcheck: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Under valgrind: key and text undefined, and nothing may depend on them.",
      usage: "valgrind --error-limit=no constant-time memcheck --symbols <file>")

    @OptionGroup var options: CheckOptions

    // valgrind 3.19 does not let a program start others as Subprocess does.
    @Option(
      help: ArgumentHelp(
        "What 'nm \(CodeMap.listing.joined(separator: " "))' prints of this program.",
        valueName: "file"))
    var symbols: String

    func run() throws {
      guard let listing = try? String(contentsOfFile: symbols, encoding: .utf8) else {
        throw ValidationError("cannot read \(symbols): write it with nm")
      }
      var check = MemcheckRun(options, code: try CodeMap(listing: listing))
      guard try check.run() else { throw ExitCode(1) }
    }
  }

  struct Step: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "One instruction at a time, under several secrets; then the code itself.")

    @OptionGroup var options: CheckOptions

    func run() throws {
      var check = try StepperRun(options)
      guard try check.run() else { throw ExitCode(1) }
    }
  }
}
