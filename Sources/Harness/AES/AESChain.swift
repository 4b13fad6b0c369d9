import CAES
import OptlabBasics
import OptlabMeasure

extension AESKernel {
  /// Makes a chain of keys ready: one call computes a key schedule, encrypts 16 bytes into the first
  /// 16 of the key of the next call, and wipes the schedule. Each call waits for the one before: what
  /// a key schedule for every message takes where nothing else is there to overlap with.
  ///
  /// - Parameters:
  ///   - keyBytes: 16, 24 or 32.
  ///   - seed: What the first key, counter and text follow from.
  /// - Throws: ``KeyRefused``.
  public func prepareChain(keyBytes: Int, seed: UInt64) throws -> any PreparedCase {
    try AESChain(self, keyBytes: keyBytes, seed: seed)
  }
}

/// A key schedule for every message, each key with the ciphertext of the message before in it.
package final class AESChain: CheckedCase {
  package let unitsPerCall = 16
  /// Of the next call.
  package private(set) var key: [UInt8]
  package let counter: [UInt8]
  package let text: [UInt8]
  private let context: AESKernel.Context
  /// The key of the first call since the last change.
  private var renewed: [UInt8] = []

  init(_ kernel: AESKernel, keyBytes: Int, seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    key = random.bytes(keyBytes)
    counter = random.firstCounter()
    text = random.bytes(16)
    context = AESKernel.Context(kernel)
    renewed = key
    try context.setKey(key)  // a refusal shows here, not in the timed loop
    context.clear()
  }

  package func renew(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    key = random.bytes(key.count)
    renewed = key
  }

  /// The key says whether all calls were right, each of which it depends on; all of them are made
  /// again, by `swift-table`, where there is the time for it.
  package func check(calls: Int, thoroughly: Bool) throws(Mismatch) {
    guard calls <= (thoroughly ? 100_000 : 64) else { return }
    var expected = renewed
    for _ in 0..<calls {
      let keystream = AESExpectedOutput.unchecked(key: expected, counter: counter, bytes: 16)
      for i in 0..<16 { expected[i] = text[i] ^ keystream[i] }
    }
    guard key == expected else {
      throw Mismatch(
        check: Mismatch.timedCalls,
        summary: "after \(calls) calls the chained key is not what \(calls) calls make of it")
    }
  }

  package func run(_ calls: Int) {
    let row = context.kernel.row
    let (setKey, crypt, clear) = (row.set_key!, row.crypt!, row.clear!)
    let memory = context.memory
    key.withUnsafeMutableBufferPointer { key in
      let (key, keyBytes) = (key.baseAddress!, key.count)
      counter.withUnsafeBufferPointer { counter in
        text.withUnsafeBufferPointer { text in
          let (counter, text) = (counter.baseAddress!, text.baseAddress!)
          for _ in 0..<calls {
            precondition(setKey(memory, key, keyBytes) == 0, "out of memory")
            crypt(memory, counter, text, key, 16)
            clear(memory)
          }
        }
      }
    }
  }
}
