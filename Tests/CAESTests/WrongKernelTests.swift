import OptlabAES
import OptlabBasics
import OptlabExternal
import OptlabJSON
import OptlabLab
import OptlabResults
import Testing

@Suite("Wrong kernels are found out", .serialized)
struct WrongKernelTests {
  @Test(arguments: WrongKernel.all)
  func isRejected(_ wrong: WrongKernel) throws {
    let mismatch = try #require(failure(wrong.kernel))
    #expect(mismatch.summary.contains(wrong.summary))
    if let check = wrong.check { #expect(mismatch.check.contains(check)) }
    #expect(mismatch.check.contains("128-bit key") || mismatch.check.contains("key length"))
    if let offset = mismatch.offset {
      #expect(mismatch.summary.hasPrefix("byte \(offset) is 0x"))
      #expect(mismatch.detail.contains("^^"))
    }
  }

  /// So what is found out is what is wrong, and not what the doubles are made of.
  @Test func theirHonestPartsPass() {
    let mismatch = failure(WrongKernel.honest)
    #expect(mismatch == nil, "\(mismatch?.check ?? ""): \(mismatch?.summary ?? "")")
  }

  @Test func aReadPastTheInputHitsTheGuardPage() async throws {
    guard CheckedStack.isAvailable else {
      // Any verdict would be an orderly exit. (A signal becomes an exit code under a sanitizer.)
      await #expect(processExitsWith: .failure) {
        _ = verifyAES(WrongKernel.readsPast, keyBytes: 16, seed: 1)
      }
      return
    }
    let mismatch = try #require(failure(WrongKernel.readsPast))
    #expect(mismatch.check == "guard page at the end, 128-bit key, 1 bytes")
    #expect(mismatch.summary == "crypt touches byte 1 of its input, which has 1")
  }

  @Test func aWrongRoundConstantShowsTheFirstByte() throws {
    let wrong = try #require(WrongKernel.all.first { $0.kernel.id == "one wrong round constant" })
    let mismatch = try #require(failure(wrong.kernel))
    #expect(mismatch.check == "SP 800-38A F.5.1, 128-bit key, 64 bytes, alignments 0 to 0")
    #expect(mismatch.offset == 0)
    #expect(mismatch.summary.hasSuffix("expected 0x87"))
    #expect(
      mismatch.detail.hasPrefix(
        """
        offset    expected                | actual
        00000000  87 4d 61 91 b6 20 e3 26 |
        """))
  }

  @Test func aFailureFollowsFromTheSeed() {
    let kernel = WrongKernel.counterOf32Bits.kernel
    #expect(failure(kernel, seed: 5)?.detail == failure(kernel, seed: 5)?.detail)
    #expect(failure(kernel, seed: 5)?.detail != failure(kernel, seed: 6)?.detail)
  }

  private func failure(_ kernel: AESKernel, seed: UInt64 = 7) -> Mismatch? {
    switch verifyAES(kernel, keyBytes: 16, seed: seed) {
    case .passed: nil
    case .failed(let mismatch): mismatch
    }
  }
}
