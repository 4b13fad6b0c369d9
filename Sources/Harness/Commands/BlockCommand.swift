import ArgumentParser
import Foundation
import OptlabBasics
import OptlabLab
import OptlabMeasure

/// `harness block-process`: what a run starts for each of its blocks. It verifies nothing and prints
/// nothing for people: that is for the run's first process.
struct BlockCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: BlockTask.argument,
    abstract: "Measure one block of a run for another process of the harness.",
    shouldDisplay: false)

  func run() throws {
    Interruption.catchSignals()
    Interruption.followParent()
    let progress = ProgressLine()
    let result: RunResult
    do {
      let message = try FileHandle.standardInput.readToEnd() ?? Data()
      result = try BlockProcess.task(message).measure(
        among: Harness.workloads, load: { try $0.implementations(beside: Harness.workloads) },
        progress: progress.show)
    } catch let failure as BlockTask.Failure {
      throw CommandFailure(
        .usage,
        "\(failure); '\(BlockTask.argument)' is for the harness itself, see harness run --help")
    } catch {
      throw CommandFailure(.inputOutput, FileReason.text(error))
    }
    progress.clear()
    Output.write([UInt8](try BlockProcess.output(result)))
  }
}
