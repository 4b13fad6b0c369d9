import Foundation
import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabExternal
import OptlabLab
import OptlabProfile
import OptlabReport
import Subprocess
import Synchronization
import Testing

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// The `harness` that was built together with these tests.
enum BuiltHarness {
  struct Output: Equatable {
    var code: Int32
    var stdout: String
    var stderr: String
  }

  static let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()

  static let path = folder.appending(path: "harness").path(percentEncoded: false)

  /// - Parameter wrapper: another product of the build that runs the harness, such as
  ///   `refuse-perf`.
  /// - Parameter directory: the current one of the harness; nil is that of the tests.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], wrapper: String? = nil,
    in directory: String? = nil
  ) async throws -> Output {
    let harness = path
    let variables = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
    let wrapped = wrapper.map { folder.appending(path: $0).path(percentEncoded: false) }
    let program = wrapped.map { [$0, harness] } ?? [harness]
    let command = spread + program + arguments
    let result = try await Subprocess.run(
      .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())),
      environment: .inherit.updating(Dictionary(uniqueKeysWithValues: variables)),
      workingDirectory: directory.map { FilePath($0) },
      output: .string(limit: 1 << 22), error: .string(limit: 1 << 22))
    guard case .exited(let code) = result.terminationStatus else {
      throw Abnormal(description: "harness \(arguments) ended by \(result.terminationStatus)")
    }
    return Output(
      code: code, stdout: result.standardOutput, stderr: result.standardError)
  }

  /// Each harness measures on the last CPU that it may use, and the tests run many at a time: so each
  /// is allowed one CPU less than the one before, and all again after a single one.
  private static var spread: [String] {
    guard FileManager.default.isExecutableFile(atPath: taskset),
      let allowed = try? Affinity.allowed(), allowed.count > 1
    else { return [] }
    let number = runs.wrappingAdd(1, ordering: .relaxed).newValue
    let some = allowed.dropLast(number % allowed.count).map(String.init)
    return [taskset, "--cpu-list", some.joined(separator: ",")]
  }

  private static let taskset = "/usr/bin/taskset"
  private static let runs = Atomic<Int>(0)

  /// Runs a script in bash, where `$H` is the harness, `harness` too, and `$R` the result file of the
  /// repository's example.
  ///
  /// - Parameters:
  ///   - directory: the current one; nil is a new folder, which is gone after `check`.
  static func shell(
    _ script: String, in directory: String? = nil,
    _ check: (_ output: Output, _ folder: URL) async throws -> Void
  ) async throws {
    guard let directory else {
      return try await Plugins.withFolder { try await shell(script, in: $0, check) }
    }
    let result = try await Subprocess.run(
      .name("bash"), arguments: ["-c", "harness() { \"$H\" \"$@\"; }\n" + script],
      environment: .inherit.updating([
        "H": path, "R": try await CommittedExample.file.value, "OPTLAB_MASK": "",
      ]),
      workingDirectory: FilePath(directory), output: .string(limit: 1 << 22),
      error: .string(limit: 1 << 22))
    guard case .exited(let code) = result.terminationStatus else {
      throw Abnormal(description: "'\(script)' ended by \(result.terminationStatus)")
    }
    try await check(
      Output(code: code, stdout: result.standardOutput, stderr: result.standardError),
      URL(filePath: directory, directoryHint: .isDirectory))
  }

  struct Abnormal: Error, CustomStringConvertible { var description: String }
}

/// Texts that were read by a person once, and may not change unseen.
enum Snapshot {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Snapshots")

  /// Compares with the file of that name; OPTLAB_RECORD=1 in the environment writes it instead.
  static func expect(
    _ text: String, as name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = folder.appending(path: name + ".txt")
    if ProcessInfo.processInfo.environment["OPTLAB_RECORD"] != nil {
      try Data(text.utf8).write(to: file, options: .atomic)
      return
    }
    let expected = try String(decoding: Data(contentsOf: file), as: UTF8.self)
    #expect(text == expected, "snapshot \(name)", sourceLocation: sourceLocation)
  }
}
