import OptlabAES
import OptlabCPU
import OptlabLab
import OptlabMeasure
import OptlabReport
import Testing

@Suite("Prepared AES cases")
struct PreparedCaseTests {
  @Test(arguments: KernelArgument.available, [1, 16, 100, 8192])
  func aMessageIsEncrypted(_ argument: KernelArgument, _ bytes: Int) throws {
    let prepared = try argument.kernel.prepareMessage(bytes: bytes, keyBytes: 16, seed: 9)
    #expect(prepared.unitsPerCall == bytes)
    let message = try #require(prepared as? AESMessage)
    message.run(3)

    let counter = message.counter.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    let keystream = AESReference(key: message.key)!.keystream(counter: counter, bytes: bytes)
    let buffers = message.buffers
    #expect((0..<bytes).allSatisfy { buffers.output[$0] == buffers.input[$0] ^ keystream[$0] })
  }

  @Test(arguments: KernelArgument.available)
  func pyaesComesBackToItsText(_ argument: KernelArgument) throws {
    let prepared = try argument.kernel.preparePyaes(layout: 1)
    #expect(prepared.unitsPerCall == 46_000)
    let pyaes = try #require(prepared as? AESPyaes)
    pyaes.run(2)
    let text = AESPyaes.text
    #expect(text.count == 23_000)
    #expect(Array(UnsafeBufferPointer(start: pyaes.back.output, count: text.count)) == text)
    let keystream = AESReference(key: AESPyaes.key)!.keystream(counter: 1, bytes: text.count)
    #expect(text.indices.allSatisfy { pyaes.forth.output[$0] == text[$0] ^ keystream[$0] })
  }

  @Test(arguments: KernelArgument.available, [0, 16])
  func aKeyScheduleForEachMessage(_ argument: KernelArgument, _ bytes: Int) throws {
    let prepared = try argument.kernel.prepareSetup(bytes: bytes, keyBytes: 32, seed: 4)
    #expect(prepared.unitsPerCall == (bytes == 0 ? 32 : bytes))
    let setup = try #require(prepared as? AESSetup)
    setup.run(3)

    let counter = setup.counter.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    let keystream = AESReference(key: setup.key)!.keystream(counter: counter, bytes: bytes)
    let buffers = setup.buffers
    #expect((0..<bytes).allSatisfy { buffers.output[$0] == buffers.input[$0] ^ keystream[$0] })
  }

  @Test(arguments: KernelArgument.available, [16, 24, 32])
  func eachKeyHasTheCiphertextBefore(_ argument: KernelArgument, _ keyBytes: Int) throws {
    let prepared = try argument.kernel.prepareChain(keyBytes: keyBytes, seed: 4)
    let chain = try #require(prepared as? AESChain)
    var key = chain.key
    chain.run(3)

    let counter = chain.counter.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    for _ in 0..<3 {
      let keystream = AESReference(key: key)!.keystream(counter: counter, bytes: 16)
      key.replaceSubrange(0..<16, with: zip(chain.text, keystream).map { $0 ^ $1 })
    }
    #expect(chain.key == key)
  }

  @Test(arguments: [1, 4096, 23_000])
  func buffersAreAlignedAndApart(_ bytes: Int) {
    var offsets: Set<Int> = []
    for layout in 0..<64 {
      let buffers = CaseBuffers(count: bytes, seed: 1, layout: layout)
      let (input, output) = (Int(bitPattern: buffers.input), Int(bitPattern: buffers.output))
      #expect(input % 64 == 0 && output % 64 == 0)
      #expect(abs(input - output) % 4096 == 2048)
      #expect(abs(input - output) >= bytes)
      offsets.insert(input % 4096)
    }
    #expect(offsets.count == 64)
  }

  @Test func contentsFollowFromTheSeed() {
    func contents(_ seed: UInt64, _ layout: Int) -> [UInt8] {
      let buffers = CaseBuffers(count: 1001, seed: seed, layout: layout)
      return Array(UnsafeBufferPointer(start: buffers.input, count: 1001))
    }
    #expect(contents(1, 0) == contents(1, 5))
    #expect(contents(1, 0) != contents(2, 0))
    #expect(Set(contents(1, 0)).count > 200)
  }

  @Test func aWrongKeyLengthIsAnError() {
    #expect(throws: AESKernel.KeyRefused.self) {
      try AESKernel.swiftTable.prepareMessage(bytes: 16, keyBytes: 17, seed: 1)
    }
  }
}
