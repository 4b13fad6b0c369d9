import Foundation
import OptlabLab

/// One line on stderr that says what is going on, where stderr is a terminal.
struct ProgressLine {
  private let isTerminal = isatty(STDERR_FILENO) == 1

  func show(_ progress: Lab.Progress) {
    switch progress {
    case .verifying(let workload, let implementation):
      show("verifying \(workload.id)/\(implementation.id)")
    case .measuring(let workload, let one, let done):
      show("measuring \(Int(done * 100)) %  \(workload.id)/\(one.id)")
    case .forecast(let words):
      Output.writeError("This run \(words).\n")
    }
  }

  func show(_ text: String) {
    if isTerminal { Output.showProgress(text) }
  }

  func clear() { Output.showProgress(nil) }
}
