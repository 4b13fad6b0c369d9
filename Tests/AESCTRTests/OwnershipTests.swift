import AESCTR
import CAES
import Dispatch
import Synchronization
import Testing

@Suite("Secrets and threads")
struct OwnershipTests {
  private static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.allSatisfy { $0 == 0 }
  }

  /// The memory of every implementation, while the cipher lives and after it has gone.
  @Test(arguments: AESCTR.implementations, [16, 24, 32])
  func keyAndKeystreamAreOverwrittenAtTheEnd(_ id: String, _ keyBytes: Int) throws {
    var random = SeededBytes(seed: 1)
    let key = random.bytes(keyBytes)
    let counter = random.bytes(16)
    var cipher = try AESCTR(key: key, counter: counter, implementation: id)
    _ = try cipher.update(random.bytes(5))
    _ = try cipher.update(random.bytes(5))  // from a keystream block that is kept

    let keystream = expected(
      [UInt8](repeating: 0, count: 16), key: key, counter: counter)
    cipher.withSecrets { memory in
      #expect(memory.count > 32)
      #expect(Array(memory.suffix(32).prefix(16)) == keystream)
      #expect(!Self.isZero(UnsafeRawBufferPointer(rebasing: memory.dropLast(32))))
      if id != "swift-bitslice" {
        #expect(Array(memory.prefix(16)) == Array(key.prefix(16)))
      }
    }
    var looked = false
    cipher.end { memory in
      looked = true
      #expect(memory.count > 32)
      #expect(Self.isZero(memory))
    }
    #expect(looked)
  }

  private func takes<T: Sendable & ~Copyable>(_: borrowing T) {}

  /// A cipher goes on in another thread where it stopped in this one.
  @Test func aCipherMovesToAnotherThread() async throws {
    var random = SeededBytes(seed: 2)
    let (key, counter, text) = (random.bytes(16), random.bytes(16), random.bytes(100))
    var cipher = try AESCTR(key: key, counter: counter)
    takes(cipher)
    let first = try cipher.update(Array(text[..<30]))
    let box = Mutex(Optional(consume cipher))
    let rest = try await Task.detached {
      try box.withLock { cipher in
        var mine = cipher.take()!
        return try mine.update(Array(text[30...]))
      }
    }.value
    #expect(first + rest == expected(text, key: key, counter: counter))
  }

  /// Parts of one message in eight threads, each with a cipher of its own that seeks there.
  @Test(arguments: AESCTR.implementations)
  func severalThreadsShareAMessage(_ id: String) throws {
    var random = SeededBytes(seed: 3)
    let (key, counter, text) = (random.bytes(32), random.bytes(16), random.bytes(40_000))
    let whole = expected(text, key: key, counter: counter)
    let part = 4999
    let parts = (text.count + part - 1) / part
    let output = Mutex([UInt8](repeating: 0, count: text.count))
    let failures = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: parts) { index in
      let range = index * part..<min(text.count, (index + 1) * part)
      do {
        var cipher = try AESCTR(key: key, counter: counter, implementation: id)
        try cipher.seek(to: range.lowerBound)
        let bytes = try cipher.update(text[range])
        output.withLock { $0.replaceSubrange(range, with: bytes) }
      } catch {
        failures.add(1, ordering: .relaxed)
      }
    }
    #expect(failures.load(ordering: .relaxed) == 0)
    #expect(output.withLock { $0 } == whole)
  }
}
