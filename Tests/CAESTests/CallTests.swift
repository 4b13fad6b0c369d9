import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabExternal
import OptlabJSON
import OptlabLab
import OptlabProfile
import Testing

@Suite(
  "The checker of calls finds what is wrong", .enabled(if: CheckedStack.isAvailable, "needs x86-64")
)
struct WrongAssemblyTests {
  private func failure(_ verdict: Verdict) -> Mismatch? {
    if case .failed(let mismatch) = verdict { mismatch } else { nil }
  }

  @Test(arguments: WrongFunction.all)
  func inCrypt(_ wrong: WrongFunction) throws {
    try withKernel(wrong, .crypt) { kernel in
      let mismatch = try #require(failure(verifyCalls(kernel, keyBytes: 16, seed: 7)))
      let prefix = wrong.check == "random registers" ? "" : "crypt "
      #expect(mismatch.summary.contains(prefix + wrong.summary))
      #expect(mismatch.check.hasPrefix(wrong.check), "\(mismatch.check)")
    }
  }

  /// Under another name.
  @Test(arguments: WrongFunction.all.filter { $0.check == "calling convention" })
  func inClear(_ wrong: WrongFunction) throws {
    try withKernel(wrong, .clear) { kernel in
      let mismatch = try #require(failure(verifyCalls(kernel, keyBytes: 32, seed: 7)))
      #expect(mismatch.summary.contains("clear " + wrong.summary))
      #expect(mismatch.check.contains("256-bit key"))
    }
  }

  @Test(arguments: WrongFunction.unfitForTheLab)
  func inAssembly(_ wrong: WrongFunction) throws {
    let kernel = WrongFunction.kernel(wrong.name, .crypt)
    let verdict = verifyAssembly(kernel, keyBytes: 16, seed: 7, lengths: [100], functions: [.crypt])
    let mismatch = try #require(failure(verdict))
    #expect(mismatch.check.hasPrefix(wrong.check), "\(mismatch.check)")
    #expect(mismatch.summary.contains("\(wrong.summary)"), "\(mismatch.summary)")
  }

  /// To the kernel, INT1 is what the trap behind an instruction becomes where a hypervisor loses the bit
  /// that tells the two apart.
  @Test func aStepThatLooksLikeAnINT1IsAStep() {
    let kernel = WrongFunction.kernel("runs INT1", .crypt)
    let verdict = verifyAssembly(kernel, keyBytes: 16, seed: 7, lengths: [100], functions: [.crypt])
    let mismatch = failure(verdict)
    #expect(mismatch == nil, "\(mismatch?.check ?? ""): \(mismatch?.summary ?? "")")
  }

  /// So what is found is what is wrong, and not what the others are made of.
  @Test(arguments: WrongFunction.Slot.allCases)
  func inNothing(_ slot: WrongFunction.Slot) {
    let kernel = WrongFunction.kernel("nothing", slot)
    let mismatch = failure(verifyAES(kernel, keyBytes: 16, seed: 7))
    #expect(mismatch == nil, "\(mismatch?.check ?? ""): \(mismatch?.summary ?? "")")
  }

  @Test func everyWrongFunctionIsTried() {
    let tried = (WrongFunction.all + WrongFunction.unfitForTheLab).map(\.name)
    #expect(Set(tried).union(["nothing"]) == WrongFunction.names)
  }

  /// Each message belongs to one mistake.
  @Test func noTwoMessagesAreAlike() {
    let all = WrongFunction.all + WrongFunction.unfitForTheLab
    for wrong in all where !wrong.summary.hasPrefix("byte 0") {
      let same = all.filter { $0.summary == wrong.summary }.map(\.name)
      #expect(same.count == 1, "\(same)")
    }
  }

  private func withKernel(
    _ wrong: WrongFunction, _ slot: WrongFunction.Slot, _ body: (AESKernel) throws -> Void
  ) throws {
    if let obstacle = WrongFunction.obstacle(wrong.name) {
      print("NOT RUN: '\(wrong.name)': this CPU \(obstacle)")
      return
    }
    try body(WrongFunction.kernel(wrong.name, slot))
  }
}
