import OptlabAES
import OptlabCPU
import OptlabLab
import TestSupport
import Testing

@Suite("Verification")
struct VerificationTests {
  /// "32 blocks in flight", as rows say; what is checked must reach beyond two such batches.
  @Test func noBatchIsLongerThanWhatIsChecked() throws {
    let batches = WorkloadList.house.implementations.compactMap { implementation in
      implementation.technique.firstMatch(of: /(\d+) blocks/).flatMap { Int($0.1) }
    }
    #expect(batches.count >= 6)
    #expect(try #require(batches.max()) == AESVerification.longestBatch)
  }

  @Test(arguments: KernelArgument.available, keyLengths)
  func passes(_ argument: KernelArgument, _ keyBytes: Int) {
    switch verifyAES(argument.kernel, keyBytes: keyBytes, seed: 2026, exhaustively: true) {
    case .passed(let checks): #expect(checks > 30_000)
    case .failed(let mismatch):
      Issue.record("\(mismatch.check): \(mismatch.summary)\n\(mismatch.detail)")
    }
  }
}
