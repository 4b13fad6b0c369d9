import OptlabAES
import OptlabCPU
import OptlabReport
import Testing

@Suite("Published vectors")
struct VectorTests {
  @Test(arguments: KernelArgument.available, AESVector.all)
  func kernel(_ argument: KernelArgument, _ vector: AESVector) throws {
    let context = AESKernel.Context(argument.kernel)
    try context.setKey(vector.key)
    #expect(context.crypt(counter: vector.counter, vector.text) == vector.ciphertext)
    #expect(context.crypt(counter: vector.counter, vector.ciphertext) == vector.text)
  }

  @Test func thereAreSixAndNine() {
    for keyBytes in keyLengths {
      let names = AESVector.all.filter { $0.key.count == keyBytes }.map(\.name)
      #expect(names.count { $0.hasPrefix("SP 800-38A F.5.") } == 2)
      #expect(names.count { $0.hasPrefix("RFC 3686 #") } == 3)
    }
  }

  @Test(arguments: KernelArgument.available)
  func refusesOtherKeyLengths(_ argument: KernelArgument) {
    let context = AESKernel.Context(argument.kernel)
    for length in 0...64 where !keyLengths.contains(length) {
      #expect(throws: AESKernel.KeyRefused(code: 1, keyBytes: length)) {
        try context.setKey([UInt8](repeating: 7, count: length))
      }
      #expect(!context.hasKey)
    }
  }
}
