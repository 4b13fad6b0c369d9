import ArgumentParser
import OptlabBasics
import OptlabLab

/// A verification whose outcome is printed row by row.
final class VerificationRun {
  private let lab: Lab
  private let plugins: [String]
  private let options: [RepeatedOption]
  private let patience: PatienceOption
  private var failed = 0
  private var ran = 0

  /// - Parameters:
  ///   - seed: nil draws one.
  ///   - plugins: from which implementations come.
  ///   - options: of this command that repeat what is verified and how.
  ///   - patience: with what comes from outside.
  init(
    seed: UInt64?, plugins: [String] = [], repeating options: [RepeatedOption] = [],
    patience: PatienceOption
  ) {
    lab = Lab(seed: seed ?? UInt64.random(in: 0...UInt64(UInt32.max)))
    self.plugins = plugins
    self.options = options
    self.patience = patience
    print("seed \(lab.seed)")
    for limit in CheckedStack.limits { print("NOTE  \(limit)") }
  }

  /// - Parameter cases: of the workload, as far as they were chosen.
  func check(_ implementation: Implementation, on workload: any Workload, cases: [Case]) {
    // Whoever asked no longer listens.
    if Output.isLost { return }
    let name = "\(workload.id)/\(implementation.id)"
    if let reason = implementation.obstacle() {
      print("SKIP  \(name)  \(reason)")
      return
    }
    ran += 1
    switch lab.verify(implementation, on: workload, cases: cases, exhaustively: true) {
    case .passed(let checks):
      let exceptions = [
        (Implementation.oneThread, ", none from several threads: its flag CAES_ONE_THREAD"),
        (Implementation.leavesSecrets, ", none of its stack: its flag CAES_LEAVES_SECRETS"),
      ].filter { implementation.remarks.contains($0.0) }.map(\.1).joined()
      print("PASS  \(name)  \(checks) checks\(exceptions)\(refused(implementation, workload))")
    case .failed(let mismatch):
      failed += 1
      print("FAIL  \(name)  \(mismatch.check)\n      \(mismatch.summary)")
      if !mismatch.detail.isEmpty { print(mismatch.detail) }
      let command = implementation.checkCommand(workload, plugins: plugins)
      let options = options + patience.repeated(for: implementation)
      print(
        "Again: \(RepeatedOption.adding(options, to: command, on: workload)) --seed \(lab.seed)")
    }
  }

  /// What a runner said that it cannot do.
  private func refused(_ implementation: Implementation, _ workload: any Workload) -> String {
    guard let work = implementation.externalWork else { return "" }
    let refused = work.refusedChecks(of: workload)
    guard let first = refused.first else { return "" }
    return ", and \(refused.count) that it cannot do (\(first)"
      + (refused.count > 1 ? ", ...)" : ")")
  }

  /// A library that has no rows to be checked.
  func refuse(_ path: String, _ mismatch: Mismatch) {
    ran += 1
    failed += 1
    print("FAIL  \(path)  \(mismatch.check)\n      \(mismatch.summary)")
  }

  /// Ends the command as its exit code says.
  func finish() throws {
    if failed > 0 { throw ExitCode(CommandFailure.Code.verificationFailed.rawValue) }
    guard ran > 0 || Output.isLost else {
      throw CommandFailure(.usage, "nothing was verified: no chosen implementation can run here")
    }
  }
}
