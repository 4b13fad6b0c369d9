import HarnessKit
import Testing

@Suite("Verification")
struct VerificationTests {
  @Test(arguments: KernelArgument.available, keyLengths)
  func passes(_ argument: KernelArgument, _ keyBytes: Int) {
    switch verifyAES(argument.kernel, keyBytes: keyBytes, seed: 2026) {
    case .passed(let checks): #expect(checks > 3000)
    case .failed(let mismatch):
      Issue.record("\(mismatch.check): \(mismatch.summary)\n\(mismatch.detail)")
    }
  }
}
