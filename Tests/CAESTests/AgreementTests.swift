import Dispatch
import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabLab
import OptlabReport
import OptlabStatistics
import Synchronization
import Testing

@Suite("All implementations agree")
struct AgreementTests {
  @Test(arguments: keyLengths)
  func onLargerMessages(_ keyBytes: Int) throws {
    var random = SeededGenerator(seed: UInt64(keyBytes))
    for bytes in [10_000, 65_537, 1 << 20] {
      let (key, counter, text) = (random.bytes(keyBytes), random.bytes(16), random.bytes(bytes))
      let results = try KernelArgument.available.map { argument in
        let context = AESKernel.Context(argument.kernel)
        try context.setKey(key)
        return (argument.kernel.id, context.crypt(counter: counter, text))
      }
      #expect(results.count >= 2)
      for (id, ciphertext) in results {
        #expect(ciphertext == results[0].1, "\(id) and \(results[0].0) disagree")
      }
    }
  }

  /// caes.h: several threads may use one context at once.
  @Test(arguments: KernelArgument.available, keyLengths)
  func onOneContextInSeveralThreads(_ argument: KernelArgument, _ keyBytes: Int) throws {
    var random = SeededGenerator(seed: 3)
    let key = random.bytes(keyBytes)
    let context = AESKernel.Context(argument.kernel)
    try context.setKey(key)
    let messages = (0..<8).map { index in
      (counter: random.bytes(16), text: random.bytes(1000 * index + 17 * index))
    }
    let expected = messages.map { context.crypt(counter: $0.counter, $0.text) }

    let wrong = Atomic(0)
    nonisolated(unsafe) let shared = context  // which is what is tested
    DispatchQueue.concurrentPerform(iterations: 400) { iteration in
      let (counter, text) = messages[iteration % messages.count]
      if shared.crypt(counter: counter, text) != expected[iteration % messages.count] {
        wrong.add(1, ordering: .relaxed)
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }
}
