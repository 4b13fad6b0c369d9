import ArgumentParser
import Foundation

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
    guard choice.workload != nil else { return }
    for option in Harness.workloads.options
    where !option.isForVerification && choice.cases.given[option.name] != nil {
      throw ValidationError(
        "--\(option.name) does nothing beside --workload: verify takes inputs of its own, and many")
    }
  }

  func run() throws {
    try hidden.apply()
    // Verification is about meaning, so what is not timed by default counts here too.
    var choice = choice
    if choice.workload == nil, choice.cases.given.isEmpty {
      choice.workload = Harness.workloads.workloads.map(\.id).joined(separator: ",")
    }
    let selection = try choice.selection(from: outside.sources(patience))
    let verification = VerificationRun(
      seed: choice.seed, repeating: choice.repeated + hidden.repeated, patience: patience)
    for (workload, implementation) in selection.pairs {
      verification.check(implementation, on: workload, cases: selection.cases(of: workload))
    }
    try verification.finish()
  }
}
