import Foundation
import OptlabBasics
import OptlabLab
import Synchronization

extension AESVerification {
  private static let threads = 4
  private static let messagesEach = 100

  /// One context, used by several threads at once, each with a counter and messages of its own.
  ///
  /// Threads that take turns by chance show nothing: it finds a context that cannot be shared most of
  /// the time, not always. One whose flag forbids it is not asked.
  mutating func checkThreads() throws(Mismatch) {
    guard !kernel.isForOneThread else { return }
    let key = random.bytes(keyBytes)
    let context = try makeContext(key)
    UnderWay.announce("several threads, \(keyBytes * 8)-bit key")
    let lengths = (0..<Self.messagesEach).map { _ in 1 + random.below(3000) }
    let seats = (0..<Self.threads).map { _ in
      let counter = UInt128.random(in: 0...(.max), using: &random)
      return Seat(
        kernel: kernel, context: context.memory, counter: counter.bigEndianBytes, lengths: lengths,
        expected: AESReference(key: key)!.keystream(counter: counter, bytes: 3000))
    }
    // Threads of their own: a pool has as many as there are CPUs, and maybe no more than one.
    let (ready, done) = (Ready(), DispatchSemaphore(value: 0))
    for seat in seats {
      let thread = Thread {
        seat.work(ready, of: Self.threads)
        done.signal()
      }
      thread.start()
    }
    for _ in seats { done.wait() }
    checks += seats.count * Self.messagesEach
    if let mismatch = seats.lazy.compactMap(\.mismatch).first {
      throw Mismatch(
        check: "several threads with one context, \(keyBytes * 8)-bit key, \(mismatch.check)",
        summary: "\(mismatch.summary), as never in one thread alone", offset: mismatch.offset,
        detail: mismatch.detail)
    }
  }
}

/// How many threads have begun.
private final class Ready: Sendable { let count = Atomic<Int>(0) }

/// What one thread does.
private final class Seat: @unchecked Sendable {
  private let kernel: AESKernel
  private let context: UnsafeMutableRawPointer
  private let counter: [UInt8]
  private let lengths: [Int]
  private let expected: [UInt8]
  private(set) var mismatch: Mismatch?

  init(
    kernel: AESKernel, context: UnsafeMutableRawPointer, counter: [UInt8], lengths: [Int],
    expected: [UInt8]
  ) {
    self.kernel = kernel
    self.context = context
    self.counter = counter
    self.lengths = lengths
    self.expected = expected
  }

  func work(_ ready: Ready, of count: Int) {
    // Together, as far as there are CPUs for all.
    ready.count.add(1, ordering: .relaxed)
    let patience = ContinuousClock.now + .milliseconds(5)
    while ready.count.load(ordering: .relaxed) < count, ContinuousClock.now < patience {}
    let zeros = [UInt8](repeating: 0, count: lengths.max()!)
    var output = zeros
    for length in lengths where mismatch == nil {
      kernel.row.crypt(context, counter, zeros, &output, length)
      mismatch = Mismatch(
        check: "\(length) bytes", expected: Array(expected[..<length]),
        actual: Array(output[..<length]))
    }
  }
}
