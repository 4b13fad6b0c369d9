import ArgumentParser
import Foundation
import HarnessKit

/// `harness verify`: check, measure nothing.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check implementations against vectors and reference; measure nothing.")

  @OptionGroup var choice: SelectionOptions
  @OptionGroup var hidden: MaskOption

  func run() throws {
    try hidden.apply()
    // Verification is about meaning, so every key size counts here, also those not timed by default.
    var choice = choice
    if choice.workload == nil, choice.size == nil, choice.payload == nil {
      choice.workload = Workload.all.filter { workload in
        Implementation.all.contains { workload.isDone(by: $0) }
      }.map(\.id).joined(separator: ",")
    }
    let selection = try choice.selection()
    let seed = choice.seed ?? UInt64.random(in: 0...UInt64(UInt32.max))
    let lab = Lab(seed: seed)
    var failed = 0
    var ran = 0
    print("seed \(seed)")
    for limit in CheckedStack.limits { print("NOTE  \(limit)") }
    for (workload, implementation) in selection.pairs {
      let name = "\(workload.id)/\(implementation.id)"
      if let reason = implementation.obstacle() {
        print("SKIP  \(name)  \(reason)")
        continue
      }
      ran += 1
      switch lab.verify(
        implementation, on: workload, payloads: selection.payloads, exhaustively: true)
      {
      case .passed(let checks):
        print("PASS  \(name)  \(checks) checks")
      case .failed(let mismatch):
        failed += 1
        print("FAIL  \(name)  \(mismatch.check)\n      \(mismatch.summary)")
        if !mismatch.detail.isEmpty { print(mismatch.detail) }
        print(
          "Again: harness verify --impl \(implementation.id) --workload \(workload.id) --seed \(seed)"
        )
      }
    }
    if failed > 0 { throw ExitCode(CommandFailure.Code.verificationFailed.rawValue) }
    guard ran > 0 else {
      throw CommandFailure(.usage, "nothing was verified: no chosen implementation can run here")
    }
  }
}
