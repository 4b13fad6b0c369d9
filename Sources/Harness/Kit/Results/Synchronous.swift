import Dispatch

/// Waits for asynchronous work in the thread that asks: the commands are synchronous, so that the
/// measuring thread is one that can be pinned.
public enum Synchronous {
  private final class Box<Value>: @unchecked Sendable { var value: Value? }

  public static func wait<Value: Sendable>(
    _ body: @escaping @Sendable () async -> Value
  ) -> Value {
    let box = Box<Value>()
    let done = DispatchSemaphore(value: 0)
    Task.detached {
      box.value = await body()
      done.signal()
    }
    done.wait()
    return box.value!
  }
}
