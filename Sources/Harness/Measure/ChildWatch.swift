import CCPU
import Foundation

/// How long a child process of this program's own is waited for: not for ever, whatever holds it up.
package struct ChildPatience {
  package enum Step: Equatable {
    case wait
    case interrupt
    case end(Reason)
  }

  /// Why it was ended.
  package enum Reason: Equatable {
    case interrupted
    case silent
  }

  /// From an interruption on: longer than a sample takes, after which a block ends by itself.
  package static let secondsInterrupted = 5.0
  /// Without any use of a CPU. What waits for a plugin or a runner looks around several times a second.
  package static let secondsSilent = 120.0

  /// How many seconds lie between two looks. They are counted, not the clock's: this process may have
  /// been stopped too.
  let interval: Double
  /// Whether an interruption is passed on, and the child can end by itself.
  let passesOn: Bool
  private var interrupted = 0.0
  private var silent = 0.0
  private var isPassedOn = false
  private var used: Int64?

  package init(interval: Double, passesOn: Bool) {
    self.interval = interval
    self.passesOn = passesOn
  }

  /// What is to be done now.
  ///
  /// - Parameter cpuTime: what the child has used until now; nil where nobody knows.
  package mutating func look(isInterrupted: Bool, cpuTime: Int64?) -> Step {
    silent = cpuTime == nil || cpuTime != used ? 0 : silent + interval
    used = cpuTime
    if silent >= Self.secondsSilent { return .end(.silent) }
    guard isInterrupted else { return .wait }
    interrupted += interval
    if interrupted >= Self.secondsInterrupted { return .end(.interrupted) }
    guard passesOn, !isPassedOn else { return .wait }
    isPassedOn = true
    return .interrupt
  }
}

/// Watches a child process of this program's own while it is waited for.
package final class ChildWatch: @unchecked Sendable {
  private let lock = NSLock()
  private var id: pid_t?
  private var reason: ChildPatience.Reason?

  private init() {}

  /// From now on there is a process.
  package func started(_ id: pid_t) { lock.withLock { self.id = id } }

  /// Watches what `body` starts until it returns.
  ///
  /// - Parameters:
  ///   - passesOn: whether an interruption of this process is one of the child's too, which then gets the
  ///     time to end by itself.
  ///   - body: is to call ``started(_:)``, and to return when the process has ended.
  /// - Returns: why the process was ended, where it was, beside what `body` returns.
  package static func over<Value>(
    passingOn passesOn: Bool = false, _ body: (ChildWatch) async -> Value
  ) async -> (value: Value, reason: ChildPatience.Reason?) {
    let child = ChildWatch()
    let watch = Task {
      var patience = ChildPatience(interval: 0.02, passesOn: passesOn)
      // Until it is known: it may be stopped before it runs its program, and whoever starts it waits.
      var start = ChildPatience(interval: patience.interval, passesOn: false)
      while !Task.isCancelled {
        child.look(by: &patience, untilStarted: &start)
        try? await Task.sleep(for: .seconds(patience.interval))
      }
    }
    let value = await body(child)
    watch.cancel()
    return child.lock.withLock {
      child.id = nil
      return (value, child.reason)
    }
  }

  private func look(by patience: inout ChildPatience, untilStarted start: inout ChildPatience) {
    lock.withLock {
      guard reason == nil else { return }
      guard let id else {
        if case .end(let reason) = start.look(isInterrupted: Interruption.isRequested, cpuTime: 0) {
          self.reason = reason
          ccpu_end_descendants()
        }
        return
      }
      switch patience.look(
        isInterrupted: Interruption.isRequested, cpuTime: Self.cpuTime(of: id))
      {
      case .wait: break
      case .interrupt: kill(id, SIGINT)
      case .end(let reason):
        self.reason = reason
        // With all that descends from it; nothing carries this name.
        ccpu_end_family(id, "")
      }
    }
  }

  /// In nanoseconds.
  private static func cpuTime(of id: pid_t) -> Int64? {
    var clock = clockid_t()
    var time = timespec()
    guard clock_getcpuclockid(id, &clock) == 0, clock_gettime(clock, &time) == 0 else {
      return nil
    }
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
