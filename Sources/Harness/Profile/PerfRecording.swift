import Foundation
import OptlabBasics
import OptlabMeasure
import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// One run of `perf record` that watches this process, switched on for the timed region alone.
///
/// perf attaches to the calling thread, waits with its event off, and obeys two named pipes
/// (perf-record(1), `--control` and `--delay=-1`).
public final class PerfRecording {
  /// How the calls that lead to an instruction are found.
  public enum CallGraph: String, Sendable, CaseIterable {
    /// By frame pointers: cheap, but wrong where code keeps none, and blind to the caller of a
    /// function that makes no frame.
    case framePointers = "fp"
    /// By the unwind tables of the libraries, over a copy of the stack.
    case unwindTables = "dwarf"

    /// Bytes of stack in a copy: what lies deeper is cut off.
    static let copiedStack = 16_384

    var argument: String {
      self == .framePointers ? rawValue : "\(rawValue),\(Self.copiedStack)"
    }
  }

  /// perf did not do what it was asked.
  public struct Failure: Error, CustomStringConvertible {
    public var description: String

    init(_ what: String, _ output: String = "") {
      let lines = output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty }
      description = ([what] + lines.prefix(3)).joined(separator: ": ")
    }
  }

  /// How perf ended.
  private final class Ending: @unchecked Sendable {
    private let lock = NSLock()
    private var value: (succeeded: Bool, output: String)?
    let arrived = DispatchSemaphore(value: 0)

    var current: (succeeded: Bool, output: String)? { lock.withLock { value } }

    func set(succeeded: Bool, output: String) {
      lock.withLock { value = (succeeded, output) }
      arrived.signal()
    }
  }

  private let tool: PerfTool
  private let folder: TemporaryFolder
  private let commands: Int32
  private let answers: Int32
  private let ending = Ending()

  /// Starts perf, and returns when it stands ready with its event off.
  ///
  /// - Parameter frequency: samples a second.
  public init(_ tool: PerfTool, callGraph: CallGraph, frequency: Int) throws {
    try FreeDescriptors.require(to: "start perf")
    let folder = try TemporaryFolder()
    self.tool = tool
    self.folder = folder
    let pipes = ["commands", "answers"].map { folder.path($0) }
    for pipe in pipes where mkfifo(pipe, 0o600) != 0 {
      throw Failure("cannot make the pipe '\(pipe)': \(String(cString: strerror(errno)))")
    }
    // Opened for both directions, so that neither open nor write waits for a perf that never comes.
    commands = open(pipes[0], O_RDWR | O_CLOEXEC)
    answers = open(pipes[1], O_RDWR | O_CLOEXEC)
    let arguments = [
      "record", "--quiet", "--no-buildid", "--no-buildid-cache",
      "--event", tool.event.name, "--freq", "\(frequency)",
      "--call-graph", callGraph.argument,
      "--delay=-1", "--control", "fifo:\(pipes[0]),\(pipes[1])",
      "--tid", "\(getpid())", "--output", folder.path("data"),
    ]
    let (path, ending) = (tool.path, ending)
    Task.detached {
      do {
        let result = try await Subprocess.run(
          .path(FilePath(path)), arguments: Arguments(arguments),
          output: .discarded, error: .string(limit: 1 << 16))
        ending.set(succeeded: result.terminationStatus.isSuccess, output: result.standardError)
      } catch {
        ending.set(succeeded: false, output: "\(error)")
      }
    }
    try command("disable")  // which it is already: the answer tells that perf is ready
  }

  deinit {
    // perf ends at this, or is gone already.
    send("stop")
    let patience = Interruption.isRequested ? 1.0 : 5
    if ending.current == nil { _ = ending.arrived.wait(timeout: .now() + patience) }
    close(commands)
    close(answers)
  }

  /// Samples while `body` runs.
  public func sample(_ body: () -> Void) throws {
    try command("enable")
    body()
    try command("disable")
  }

  /// Ends perf and reads what it found.
  public func finish() throws -> PerfScript {
    send("stop")
    guard ending.arrived.wait(timeout: .now() + 30) == .success, let end = ending.current else {
      throw Failure("perf record does not end")
    }
    guard end.succeeded else { throw Failure("perf record failed", end.output) }
    let (path, data) = (tool.path, folder.path("data"))
    try FreeDescriptors.require(to: "start perf")
    let text = Synchronous.wait {
      await ChildWatch.over { child in
        do {
          let result = try await Subprocess.run(
            .path(FilePath(path)),
            arguments: [
              "script", "--input", data, "--fields", PerfScript.fields, "--no-demangle",
              "--no-inline",
            ],
            // Symbols come from what lies here, not from a server.
            environment: .inherit.updating(["DEBUGINFOD_URLS": ""]),
            input: .none, output: .string(limit: ChildOutput.unlimited),
            error: .string(limit: 1 << 16)
          ) { child.started($0.processIdentifier.value) }
          guard result.terminationStatus.isSuccess else {
            return Result<String, Failure>.failure(
              Failure("perf script failed", result.standardError))
          }
          return .success(result.standardOutput)
        } catch {
          return .failure(Failure("perf script failed", "\(error)"))
        }
      }.value
    }
    return PerfScript(try text.get())
  }

  private func send(_ word: String) {
    // The pipe holds far more than is ever in it, and this process reads it too: no write fails.
    _ = write(commands, word + "\n", word.utf8.count + 1)
  }

  /// Sends a command and waits for perf's answer to it.
  private func command(_ word: String) throws {
    send(word)
    for _ in 0..<300 {
      if Interruption.isRequested { throw Failure("interrupted") }
      var answer = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
      if poll(&answer, 1, 100) > 0 {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(answers, &bytes, bytes.count)
        if String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self).contains("ack") { return }
      }
      if let end = ending.current { throw Failure("perf record ended early", end.output) }
    }
    throw Failure("perf record does not answer '\(word)' in 30 seconds")
  }
}
