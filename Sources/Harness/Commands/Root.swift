import ArgumentParser
import Foundation
import OptlabBasics
import OptlabMeasure
import OptlabResults

/// The root command; without a command's name it runs `run`.
struct Root: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "harness",
    abstract: "Verify and measure implementations of the same work, side by side.",
    discussion: """
      Examples:
        harness --impl all                         verify and measure everything
        harness --impl ID,ID --quick               two of them, on few cases
        harness list                               the ids, and what each needs
        harness --output new.json                  save the result
        harness compare old.json new.json --gate 2 what became slower, surely by over 2 %
        harness verify --impl ID                   the quick edit loop of a kernel's author
        harness --plugin mine.so                   your own kernel beside the others
        harness --cpu-report                       what this machine is and can run

      Exit codes: 0 fine, 1 verification or limit failed, 2 regression, 3 too
      unstable to say, 4 input or output failed, 5 not comparable, 64 wrong
      usage, 130 interrupted.
      """,
    subcommands: [
      Run.self, Verify.self, List.self, CompareCommand.self, ReportCommand.self,
      HistoryCommand.self, MergeCommand.self, ExportCommand.self, ProfileCommand.self,
      AnnotateCommand.self, NoiseCommand.self, AATestCommand.self, CheckCommand.self,
      PluginProcessCommand.self, BlockCommand.self,
    ],
    defaultSubcommand: Run.self)
}

/// Ends a command with one line on stderr.
struct CommandFailure: Error {
  enum Code: Int32 {
    case verificationFailed = 1
    case regression = 2
    case unstable = 3
    case inputOutput = 4
    case notComparable = 5
    case usage = 64
    case interrupted = 130
  }

  var code: Code
  var message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

/// - Parameters:
///   - consequence: of measuring a build that is not optimised.
///   - isExcused: whether the user wants it nevertheless; nil where the command has no option for that.
func requireOptimisedBuild(_ consequence: String, isExcused: Bool? = nil) throws {
  if Build.current.isOptimised || isExcused == true { return }
  throw CommandFailure(
    .usage,
    "this build is not optimised, so \(consequence); build it without flags against that (-Onone)"
      + (isExcused == nil ? "" : ", or pass --allow-unoptimised"))
}

/// Does something with files; what it throws ends the command with the code for that.
func failing<Value>(_ body: () throws -> Value) throws -> Value {
  do {
    return try body()
  } catch {
    throw CommandFailure(.inputOutput, FileReason.text(error))
  }
}

/// Reads a result; what a file of an old version does not tell of its workloads, this program does.
func readResult(_ path: String) throws(ResultFile.Failure) -> ResultFile {
  try ResultFile.read(path, known: Harness.workloads.workloads.map(\.facts))
}
