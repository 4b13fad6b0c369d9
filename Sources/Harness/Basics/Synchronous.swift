import Dispatch

/// How much of a child's output is kept.
package enum ChildOutput {
  /// All of it. Memory then grows with what comes; any other limit is reserved as a whole before the
  /// first byte, which a process that may not have so much (`ulimit -v`) does not survive.
  package static let unlimited = Int.max
}

/// Waits for asynchronous work in the thread that asks: the commands are synchronous, so that the
/// measuring thread is one that can be pinned.
public enum Synchronous {
  private final class Box<Value>: @unchecked Sendable { var value: Value? }

  /// Threads of Dispatch, of which there is always one more. Those of Swift's own pool are as many as
  /// the CPUs: if each of them waited here, none would be left to do what is waited for.
  private final class Threads: TaskExecutor {
    private let queue = DispatchQueue(label: "optlab.synchronous", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
  }

  private static let threads = Threads()

  /// Begins work that nobody waits for here.
  package static func begin(_ body: @escaping @Sendable () async -> Void) {
    Task.detached(executorPreference: threads) { await body() }
  }

  public static func wait<Value: Sendable>(
    _ body: @escaping @Sendable () async -> Value
  ) -> Value {
    let box = Box<Value>()
    let done = DispatchSemaphore(value: 0)
    Task.detached(executorPreference: threads) {
      box.value = await body()
      done.signal()
    }
    done.wait()
    return box.value!
  }
}
