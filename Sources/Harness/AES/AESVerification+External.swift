import OptlabBasics
import OptlabLab

/// Checks a kernel that nobody here has written: as ``verifyAES(_:keyBytes:seed:exhaustively:)`` does
/// exhaustively, but first what can be looked at without harm, since a kernel that takes its caller's
/// registers along makes everything after it meaningless.
///
/// What is asked of the lab's own assembly beyond the contract (ENDBR64, unwinding from every
/// instruction) is not asked.
package func verifyExternalAES(_ kernel: AESKernel, keyBytes: Int, seed: UInt64) -> Verdict {
  AESVerification.verdict(kernel, keyBytes: keyBytes, seed: seed) { (one) throws(Mismatch) in
    try one.checkExternal()
  }
}

extension AESVerification {
  fileprivate mutating func checkExternal() throws(Mismatch) {
    // On a stack of its own, with every register given back, and its memory between guard pages. Where
    // the bytes are wrong, a published vector says so better than these.
    var wrongBytes: Mismatch?
    do { try checkGuardPages() } catch {
      if error.offset == nil { throw error } else { wrongBytes = error }
    }
    do { try checkCalls() } catch {
      if error.offset == nil { throw error } else { wrongBytes = error }
    }
    try checkKeyLengths()
    try checkVectors()
    if let wrongBytes { throw wrongBytes }
    try checkMessages()
    try checkThreads()
    try checkEveryPlace()
  }
}
