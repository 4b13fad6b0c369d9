import CPlugin
import Foundation
import OptlabBasics
import OptlabLab
import OptlabMeasure
import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// A process of its own in which a plugin is loaded, verified and timed, so that nothing that it does
/// there can harm anything here.
///
/// It is this program again, which serves requests over a socket in place of standard input; whatever
/// the library prints goes to standard error. It ends when the socket is closed.
final class PluginProcess: @unchecked Sendable {
  /// How a plugin that does not answer is told from one that takes its time.
  struct Patience: Sendable {
    /// How long it may go without any step forward, in seconds.
    var seconds = ExternalSources.standardPatience
    /// The same before its process has begun: a matter of the machine, not of the plugin.
    static let secondsToBegin = 60.0
    /// What is left of either once the run is interrupted.
    static let secondsInterrupted = 2.0
  }

  /// What is under way was given up since the run is interrupted: no fault of the plugin.
  struct Interrupted: Error, CustomStringConvertible {
    var step: String
    var description: String { "interrupted: its process was ended (\(step))" }
  }

  private let socket: MessageSocket
  private let record: UnsafeMutablePointer<cplugin_record>
  private let patience: Patience
  private let path: String
  private let child = Child()
  /// Set with the first failure: the process is gone.
  private(set) var isOver = false

  /// - Parameters:
  ///   - path: of the library, for messages.
  ///   - executable: of this program.
  init(path: String, patience: Patience, executable: String = "/proc/self/exe") throws {
    self.path = path
    self.patience = patience
    try FreeDescriptors.require(to: "start a process for a plugin")
    var descriptor: Int32 = -1
    guard let record = cplugin_create(&descriptor) else {
      throw Failure(description: "no memory to share with a plugin's process")
    }
    self.record = record
    var sockets: [Int32] = [-1, -1]
    let error = cplugin_connect(&sockets)
    guard error == 0 else {
      throw Failure(
        description: "no socket for a plugin's process: \(String(cString: strerror(error)))")
    }
    socket = MessageSocket(sockets[0])
    child.start(executable, socket: sockets[1], record: descriptor)
  }

  deinit { cplugin_release(record) }

  /// Starts one, in which the library is loaded.
  ///
  /// - Throws: ``Mismatch``, where the library cannot be used; ``Failure``.
  static func loading(
    _ path: String, patience: Patience
  ) throws -> (process: PluginProcess, rows: [PluginRow]) {
    let process = try PluginProcess(path: path, patience: patience)
    switch try process.ask(.load(path: Plugin.absolute(path))) {
    case .rows(let rows): return (process, rows)
    case .refused(let reason): throw Mismatch(check: "loading", summary: reason)
    case let other: throw nonsense(other, check: "loading")
    }
  }

  struct Failure: Error, CustomStringConvertible { var description: String }

  /// - Parameter seconds: how long a step may take that is known to be long, beside what every one
  ///   may.
  /// - Throws: ``Mismatch``, where the process has ended, has been ended because nothing went on, or
  ///   answers nonsense; ``Interrupted``.
  func ask(_ request: PluginRequest, seconds: Double = 0) throws -> PluginAnswer {
    guard !isOver else { throw mismatch("its process has ended before") }
    var steps = cplugin_steps(record)
    var (idle, interrupted) = (0.0, 0.0)
    do {
      try socket.send(request)
      return try socket.receive(PluginAnswer.self) { [record, patience, child] in
        // What the plugin has started may hold the socket open.
        if child.hasEnded { return true }
        if Interruption.isRequested { interrupted += 0.1 }
        if interrupted >= Patience.secondsInterrupted { return true }
        // Tenths of seconds are counted, not the clock's time: both processes may have been stopped.
        let now = cplugin_steps(record)
        idle = now == steps ? idle + 0.1 : 0
        steps = now
        return idle >= (now == 0 ? Patience.secondsToBegin : patience.seconds) + seconds
      }
    } catch MessageSocket.Failure.late {
      isOver = true
      if child.hasEnded {
        throw mismatch(Self.summary(child.end(), record: record, path: path))
      }
      child.kill()
      _ = child.end()
      if interrupted >= Patience.secondsInterrupted {
        throw Interrupted(step: String(cString: cplugin_step(record)))
      }
      throw mismatch(
        "does not come back: ended after \(Self.text(patience.seconds + seconds)) seconds")
    } catch MessageSocket.Failure.nonsense(let what) {
      isOver = true
      child.kill()
      _ = child.end()
      throw mismatch("its process answers nonsense: \(what)")
    } catch {
      isOver = true
      throw mismatch(Self.summary(child.end(), record: record, path: path))
    }
  }

  private static func text(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? "\(Int(seconds))" : String(format: "%.1f", seconds)
  }

  private func mismatch(_ summary: String) -> Mismatch {
    Mismatch(check: String(cString: cplugin_step(record)), summary: summary)
  }

  // MARK: How it ended

  private static func summary(
    _ end: Child.End, record: UnsafePointer<cplugin_record>, path: String
  ) -> String {
    switch end {
    case .exited(let code): return "ends its process with code \(code)"
    case .unstarted(let reason): return "no process for it: \(reason)"
    case .signaled(let signal):
      var text = "crashes with \(SignalName.of(signal) ?? "signal \(signal)")"
      let record = record.pointee
      guard record.signal == signal else { return text }
      let at = record.instruction
      if (record.first..<max(record.end, record.first)).contains(at) {
        let name = URL(filePath: path).lastPathComponent
        text += " at \(name)+0x\(String(at - record.first, radix: 16))"
      } else if at != 0 {
        text += " outside the library"
      }
      if record.has_address != 0 {
        text += ", touching 0x\(String(record.address, radix: 16))"
      } else if signal == SIGSEGV {
        text += CheckedCall.refusedAddress
      }
      return text
    }
  }
}

/// The running process: started by another thread, which waits for its end.
private final class Child: @unchecked Sendable {
  enum End {
    case exited(Int32)
    case signaled(Int32)
    case unstarted(String)
  }

  private let lock = NSLock()
  private var id: pid_t?
  private var isToBeKilled = false
  private let ended = DispatchSemaphore(value: 0)
  private var outcome: End?
  private let family = ProcessFamily()

  /// - Parameters:
  ///   - socket, record: what becomes the standard input and output of the process; closed here.
  func start(_ executable: String, socket: Int32, record: Int32) {
    Synchronous.begin {
      let end: End
      do {
        // A group of its own, so that the terminal's SIGINT does not reach it.
        var options = PlatformOptions()
        options.processGroupID = 0
        let result = try await Subprocess.run(
          .path(FilePath(executable)), arguments: Arguments([PluginServer.argument]),
          environment: .inherit.updating([
            Environment.Key(stringLiteral: ProcessFamily.variable): self.family.name
          ]),
          platformOptions: options,
          input: .fileDescriptor(FileDescriptor(rawValue: socket), closeAfterSpawningProcess: true),
          output: .fileDescriptor(
            FileDescriptor(rawValue: record), closeAfterSpawningProcess: true),
          error: .currentStandardError
        ) { self.started($0.processIdentifier.value) }
        end =
          switch result.terminationStatus {
          case .exited(let code): .exited(code)
          case .signaled(let signal): .signaled(signal)
          }
      } catch {
        end = .unstarted("\(error)")
      }
      self.lock.withLock { self.id = nil }
      // What it has started goes with it, however it ended.
      self.family.end()
      self.lock.withLock { self.outcome = end }
      self.ended.signal()
    }
  }

  private func started(_ id: pid_t) {
    lock.withLock {
      self.id = id
      if isToBeKilled { family.end(id) }
    }
  }

  func kill() {
    lock.withLock {
      isToBeKilled = true
      if let id { family.end(id) }
    }
  }

  var hasEnded: Bool { lock.withLock { outcome != nil } }

  /// Waits for it.
  func end() -> End {
    ended.wait()
    return lock.withLock { outcome! }
  }
}
