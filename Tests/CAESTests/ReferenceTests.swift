import CAESOpenSSL
import OptlabAES
import OptlabBasics
import OptlabLab
import OptlabReport
import Testing

@Suite("The reference that all are checked against")
struct ReferenceTests {
  @Test(arguments: AESVector.all)
  func agreesWithVectors(_ vector: AESVector) throws {
    let reference = try #require(AESReference(key: vector.key))
    let counter = vector.counter.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    let keystream = reference.keystream(counter: counter, bytes: vector.text.count)
    #expect(zip(vector.text, keystream).map { $0 ^ $1 } == vector.ciphertext)
  }

  /// FIPS 197, appendix C.1 to C.3.
  @Test(arguments: [
    (16, "69c4e0d86a7b0430d8cdb78070b4c55a"), (24, "dda97ca4864cdfe06eaf70a0ec0d7191"),
    (32, "8ea2b7ca516745bfeafc49904b496089"),
  ])
  func encryptsTheExamplesOfFIPS197(_ keyBytes: Int, _ expected: String) throws {
    let reference = try #require(AESReference(key: (0..<UInt8(keyBytes)).map { $0 }))
    let block = reference.encrypt((0..<16).map { $0 << 4 | $0 })
    #expect(block == (UInt128(expected, radix: 16)!).bigEndianBytes)
  }

  @Test(arguments: keyLengths)
  func agreesWithOpenSSL(_ keyBytes: Int) throws {
    let openSSL = AESKernel(caes_openssl_kernels().pointee.rows[0])
    var random = SeededGenerator(seed: 1)
    for (offset, bytes) in [(0, 4096), (3, 100), (200, 5000), (1, 1), (0, 0)] {
      let key = random.bytes(keyBytes)
      let counter = UInt128.max - UInt128(offset)
      let context = AESKernel.Context(openSSL)
      try context.setKey(key)
      let keystream = context.crypt(
        counter: counter.bigEndianBytes, [UInt8](repeating: 0, count: bytes))
      #expect(AESReference(key: key)?.keystream(counter: counter, bytes: bytes) == keystream)
    }
  }

  @Test(arguments: [0, 15, 17, 33])
  func refusesOtherKeyLengths(_ keyBytes: Int) {
    #expect(AESReference(key: [UInt8](repeating: 0, count: keyBytes)) == nil)
  }
}
