import Foundation
import HarnessKit

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
      clear()
      write("This run \(words).\n")
    }
  }

  func show(_ text: String) {
    if isTerminal { write("\r\u{1B}[K\(text)") }
  }

  func clear() {
    if isTerminal { write("\r\u{1B}[K") }
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}
