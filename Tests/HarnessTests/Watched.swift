import Foundation

/// A harness that is watched while it runs, and interrupted in a state that can be seen from outside.
///
/// On a thread of its own: those of Swift's concurrency may be kept busy by other tests for longer than
/// the state lasts.
enum Watched {
  enum End: Equatable, Sendable {
    case exited(Int32)
    case signaled(Int32)
  }

  struct Output: Sendable {
    var end: End
    var stdout: String
    var stderr: String
  }

  /// Runs the built harness and sends it SIGINT, once.
  ///
  /// - Parameter isDue: asked over and over, with its process and all those that it has started until
  ///   now.
  static func run(
    _ arguments: [String], environment: [String: String] = [:],
    interruptedWhen isDue: @escaping @Sendable (_ id: pid_t, _ children: Set<pid_t>) -> Bool
  ) async throws -> Output {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          with: Result { try run(arguments, environment: environment, isDue) })
      }
    }
  }

  private static func run(
    _ arguments: [String], environment: [String: String], _ isDue: (pid_t, Set<pid_t>) -> Bool
  ) throws -> Output {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "optlab-watched-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try ["stdout", "stderr"].map { name in
      let path = folder.appending(path: name).path(percentEncoded: false)
      try Data().write(to: URL(filePath: path))
      return (path, try FileHandle(forWritingTo: URL(filePath: path)))
    }
    let process = Process()
    process.executableURL = BuiltHarness.folder.appending(path: "harness")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    (process.standardOutput, process.standardError) = (files[0].1, files[1].1)
    try process.run()
    let id = process.processIdentifier
    var seen = children(id)
    while process.isRunning, !isDue(id, seen) {
      usleep(2000)
      seen.formUnion(children(id))
    }
    if process.isRunning { kill(id, SIGINT) }
    process.waitUntilExit()
    let texts = try files.map { try String(contentsOfFile: $0.0, encoding: .utf8) }
    let status = process.terminationStatus
    return Output(
      end: process.terminationReason == .exit ? .exited(status) : .signaled(status),
      stdout: texts[0], stderr: texts[1])
  }

  // MARK: /proc

  /// The processes that it has started and that are still there.
  private static func children(_ process: pid_t) -> Set<pid_t> {
    let threads = "/proc/\(process)/task"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: threads)) ?? []
    let lists = names.compactMap {
      try? String(contentsOfFile: "\(threads)/\($0)/children", encoding: .utf8)
    }
    return Set(lists.flatMap { $0.split(separator: " ").compactMap { pid_t($0) } })
  }

  /// Whether it has a handler for SIGINT; proc_pid_status(5), SigCgt.
  static func catchesInterrupts(_ process: pid_t) -> Bool {
    let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("SigCgt:") }),
      let mask = UInt64(line.dropFirst(7).drop { $0 == "\t" || $0 == " " }, radix: 16)
    else { return false }
    return mask >> (SIGINT - 1) & 1 == 1
  }
}
