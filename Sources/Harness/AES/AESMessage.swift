import CAES
import CCPU
import OptlabBasics
import OptlabMeasure

extension AESKernel {
  /// Makes a message ready: one call encrypts `bytes` bytes, the key schedule being done, the
  /// counter set anew for each call.
  ///
  /// - Parameters:
  ///   - bytes: Length of the message, 1 or more.
  ///   - keyBytes: 16, 24 or 32.
  ///   - seed: What key, counter and text follow from.
  ///   - layout: Any number; each of 64 in a row puts the buffers at another page offset, 64-byte
  ///     aligned all the same.
  /// - Throws: ``KeyRefused``.
  public func prepareMessage(bytes: Int, keyBytes: Int, seed: UInt64, layout: Int = 0)
    throws -> any PreparedCase
  {
    try AESMessage(self, bytes: bytes, keyBytes: keyBytes, seed: seed, layout: layout)
  }
}

/// One message, encrypted over and over out of place.
package final class AESMessage: NearbyCase, CheckedCase {
  package let unitsPerCall: Int
  package let key: [UInt8]
  package let counter: [UInt8]
  package let buffers: CaseBuffers
  private let context: AESKernel.Context
  private let loop: ccpu_crypt_loop

  init(_ kernel: AESKernel, bytes: Int, keyBytes: Int, seed: UInt64, layout: Int) throws {
    precondition(bytes > 0)
    var random = SeededGenerator(seed: seed)
    key = random.bytes(keyBytes)
    counter = random.firstCounter()
    unitsPerCall = bytes
    buffers = CaseBuffers(count: bytes, seed: random.next(), layout: layout)
    context = AESKernel.Context(kernel)
    loop = ccpu_far_loop(kernel.row.crypt)!
    try context.setKey(key)
  }

  package func run(_ calls: Int) { run(calls, by: loop) }

  package func renew(_ seed: UInt64) { buffers.renew(seed) }

  package func check(calls: Int, thoroughly: Bool) throws(Mismatch) {
    try buffers.check(key: key, counter: counter, thoroughly: thoroughly)
  }

  package func runNearby(_ calls: Int) { run(calls, by: ccpu_near_loop) }

  private func run(_ calls: Int, by loop: ccpu_crypt_loop) {
    loop(
      context.kernel.row.crypt, context.memory, counter, buffers.input, buffers.output,
      unitsPerCall, calls)
  }
}

extension SeededGenerator {
  /// The counter block that a measured message begins with: a random nonce and a block counter that
  /// starts at 1, as in RFC 3686, section 4. Where its low bytes overflow is then the same in every
  /// run, and so is what the carries cost.
  mutating func firstCounter() -> [UInt8] { bytes(12) + [0, 0, 0, 1] }
}
