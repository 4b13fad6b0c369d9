import ArgumentParser
import Foundation
import HarnessKit

/// `harness verify`: check, measure nothing.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check implementations against vectors and reference; measure nothing.")

  @OptionGroup var choice: SelectionOptions
  @OptionGroup var outside: ContestantOptions
  @OptionGroup var patience: PatienceOption
  @OptionGroup var hidden: MaskOption

  func validate() throws {
    try outside.validate(patience)
    if choice.workload != nil, choice.size != nil {
      throw ValidationError(
        "--size does nothing beside --workload: verify takes lengths of its own, and many")
    }
  }

  func run() throws {
    try hidden.apply()
    // Verification is about meaning, so every key size counts here, also those not timed by default.
    var choice = choice
    if choice.workload == nil, choice.size == nil, choice.payload == nil {
      choice.workload = Workload.all.filter { workload in
        Implementation.all.contains { workload.isDone(by: $0) }
      }.map(\.id).joined(separator: ",")
    }
    let selection = try choice.selection(from: outside.sources(patience))
    let verification = VerificationRun(
      seed: choice.seed, payloads: selection.payloads,
      repeating: choice.repeated + hidden.repeated)
    for (workload, implementation) in selection.pairs {
      verification.check(implementation, on: workload)
    }
    try verification.finish()
  }
}
