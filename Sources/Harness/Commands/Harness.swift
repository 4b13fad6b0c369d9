import ArgumentParser
import OptlabBasics
import OptlabLab
import OptlabMeasure

/// A program with all commands of the lab, over workloads of its own choice.
public enum Harness {
  /// What this program measures: set before the command line is read.
  nonisolated(unsafe) static var workloads = WorkloadList([])

  /// Reads the command line and does what it says; ends the process.
  ///
  /// - Parameter workloads: in the order of the tables; the first is the one that a command takes which
  ///   needs just one.
  public static func main(_ workloads: [any Workload]) -> Never {
    Self.workloads = WorkloadList(workloads)
    Interruption.leaveNothingBehind()
    FreeDescriptors.raiseLimit()
    Output.prepare()
    TerminalWidth.limit()
    Output.end(run())
  }

  /// - Returns: the exit code.
  private static func run() -> Int32 {
    do {
      var command = try Root.parseAsRoot()
      try GivenOptions.refuseRepetition()
      try command.run()
      return ExitCode.success.rawValue
    } catch let failure as CommandFailure {
      Output.writeError("Error: \(failure.message)\n")
      return failure.code.rawValue
    } catch {
      let code = Root.exitCode(for: error)
      let isHelp = code == .success && isRootHelp(CommandLine.arguments.dropFirst())
      let text = isHelp ? rootHelp() : Root.fullMessage(for: error)
      if !text.isEmpty { code == .success ? print(text) : Output.writeError(text + "\n") }
      return code.rawValue
    }
  }

  private static func isRootHelp(_ arguments: ArraySlice<String>) -> Bool {
    [["--help"], ["-h"], ["help"]].contains(Array(arguments))
  }

  /// The help of the root, which is asked for by people who mean the default command: with the
  /// options of `run`.
  static func rootHelp() -> String {
    let run = Root.helpMessage(for: Run.self)
    let options = run.range(of: "OPTIONS:").map { run[$0.upperBound...] } ?? ""
    return Root.helpMessage() + "\nOPTIONS OF 'run':" + options
  }
}
