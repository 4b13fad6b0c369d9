import CAES
import OptlabBasics
import OptlabMeasure

extension AESKernel {
  /// Makes the case `pyaes` ready: one call encrypts 23,000 bytes and decrypts them again, with a
  /// new key schedule for each.
  ///
  /// `unitsPerCall` is 46,000: both passes count; the two key schedules and their wiping are inside
  /// the time, and count for nothing.
  ///
  /// Source: pyperformance's benchmark `bm_crypto_pyaes`.
  ///
  /// - Parameter layout: Any number; each of 64 in a row puts the buffers at another page offset.
  /// - Throws: ``KeyRefused``.
  public func preparePyaes(layout: Int = 0) throws -> any PreparedCase {
    try AESPyaes(self, layout: layout)
  }
}

/// The classic pair of the Python benchmark suite.
package final class AESPyaes: CheckedCase {
  package static let text = [UInt8](
    String(repeating: "This is a test. What could possibly go wrong? ", count: 500).utf8)
  package static let key: [UInt8] = [
    0xA1, 0xF6, 0x25, 0x8C, 0x87, 0x7D, 0x5F, 0xCD, 0x89, 0x64, 0x48, 0x45, 0x38, 0xBF, 0xC9, 0x2C,
  ]
  package static let counter: [UInt8] = [UInt8](repeating: 0, count: 15) + [1]

  package let unitsPerCall = 2 * AESPyaes.text.count
  /// The text, and where its ciphertext goes.
  package let forth: CaseBuffers
  /// `output` is where the decrypted ciphertext goes.
  package let back: CaseBuffers
  private let context: AESKernel.Context

  init(_ kernel: AESKernel, layout: Int) throws {
    forth = CaseBuffers(count: Self.text.count, seed: 0, layout: layout)
    forth.input.update(from: Self.text, count: Self.text.count)
    // A quarter of a page further than the ciphertext that is read.
    back = CaseBuffers(count: Self.text.count, seed: 0, layout: layout + 16)
    context = AESKernel.Context(kernel)
    try context.setKey(Self.key)  // a refusal shows here, not in the timed loop
    context.clear()
  }

  /// The text is the suite's, and stays.
  package func renew(_ seed: UInt64) {
    forth.spoilOutput(seed)
    back.spoilOutput(seed &+ 1)
  }

  package func check(calls: Int, thoroughly: Bool) throws(Mismatch) {
    try forth.check(key: Self.key, counter: Self.counter, thoroughly: thoroughly)
    let decrypted = UnsafeBufferPointer(start: back.output, count: Self.text.count)
    guard decrypted.elementsEqual(Self.text) else {
      throw Mismatch(
        check: Mismatch.timedCalls, summary: "the decrypted text is not the text that was encrypted"
      )
    }
  }

  package func run(_ calls: Int) {
    let row = context.kernel.row
    let (setKey, crypt, clear) = (row.set_key!, row.crypt!, row.clear!)
    let memory = context.memory
    let (text, ciphertext, decrypted) = (forth.input, forth.output, back.output)
    let n = Self.text.count
    Self.key.withUnsafeBufferPointer { key in
      Self.counter.withUnsafeBufferPointer { counter in
        let (key, keyBytes, counter) = (key.baseAddress!, key.count, counter.baseAddress!)
        for _ in 0..<calls {
          precondition(setKey(memory, key, keyBytes) == 0, "out of memory")
          crypt(memory, counter, text, ciphertext, n)
          clear(memory)
          precondition(setKey(memory, key, keyBytes) == 0, "out of memory")
          crypt(memory, counter, ciphertext, decrypted, n)
          clear(memory)
        }
      }
    }
  }
}
