import CAES
import OptlabBasics
import OptlabMeasure

extension AESKernel {
  /// Makes a case with a key schedule in it ready: one call computes the schedule, encrypts `bytes`
  /// bytes, and wipes the schedule, as the contract of caes.h asks before the next one. Nothing in a
  /// call depends on the call before.
  ///
  /// `unitsPerCall` is the length of the message, or of the key where there is none.
  ///
  /// - Parameters:
  ///   - bytes: Length of the message; 0 for the key schedule alone.
  ///   - keyBytes: 16, 24 or 32.
  ///   - seed: What key, counter and text follow from.
  ///   - layout: As in ``prepareMessage(bytes:keyBytes:seed:layout:)``.
  /// - Throws: ``KeyRefused``.
  public func prepareSetup(bytes: Int, keyBytes: Int, seed: UInt64, layout: Int = 0)
    throws -> any PreparedCase
  {
    try AESSetup(self, bytes: bytes, keyBytes: keyBytes, seed: seed, layout: layout)
  }
}

/// A key schedule for every message.
package final class AESSetup: CheckedCase {
  package let unitsPerCall: Int
  package private(set) var key: [UInt8]
  package let counter: [UInt8]
  package let buffers: CaseBuffers
  private let context: AESKernel.Context
  private let messageBytes: Int

  init(_ kernel: AESKernel, bytes: Int, keyBytes: Int, seed: UInt64, layout: Int) throws {
    var random = SeededGenerator(seed: seed)
    key = random.bytes(keyBytes)
    counter = random.firstCounter()
    messageBytes = bytes
    unitsPerCall = bytes == 0 ? keyBytes : bytes
    buffers = CaseBuffers(count: bytes, seed: random.next(), layout: layout)
    context = AESKernel.Context(kernel)
    try context.setKey(key)  // a refusal shows here, not in the timed loop
    context.clear()
  }

  /// The key changes too: a schedule that was kept is none of the new one.
  package func renew(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    key = random.bytes(key.count)
    buffers.renew(random.next())
  }

  /// A key schedule without a message leaves nothing that could be looked at: it is wiped.
  package func check(calls: Int, thoroughly: Bool) throws(Mismatch) {
    try buffers.check(key: key, counter: counter, thoroughly: thoroughly, isKept: false)
  }

  package func run(_ calls: Int) {
    let row = context.kernel.row
    let (setKey, crypt, clear) = (row.set_key!, row.crypt!, row.clear!)
    let memory = context.memory
    let (input, output, n) = (buffers.input, buffers.output, messageBytes)
    key.withUnsafeBufferPointer { key in
      counter.withUnsafeBufferPointer { counter in
        let (key, keyBytes, counter) = (key.baseAddress!, key.count, counter.baseAddress!)
        if n == 0 {
          for _ in 0..<calls {
            precondition(setKey(memory, key, keyBytes) == 0, "out of memory")
            clear(memory)
          }
        } else {
          for _ in 0..<calls {
            precondition(setKey(memory, key, keyBytes) == 0, "out of memory")
            crypt(memory, counter, input, output, n)
            clear(memory)
          }
        }
      }
    }
  }
}
