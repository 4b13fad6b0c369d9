import Foundation
import HarnessKit
import Subprocess
import Testing

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

@Suite("Results of the built harness: interrupted, or with no room for them")
struct InterruptionTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "optlab-interruption-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// How often a run is interrupted whatever its phase is: from the first moments, which verify, to
  /// the middle of measuring. What must hold does not depend on where the signal finds it.
  @Test(
    "SIGINT in any phase: exit code 130, and a whole file, partial, or the old one",
    arguments: [0.3, 0.6, 1, 1.5, 2.5, 4, 6])
  func interrupt(after seconds: Double) async throws {
    let file = folder.appending(path: "run.json")
    let old = "old"
    try Data(old.utf8).write(to: file)
    let result = try await Subprocess.run(
      .path(FilePath(BuiltHarness.folder.appending(path: "harness").path())),
      arguments: ["--workload", "aes", "--time", "600", "--output", file.path()],
      input: .none, output: .string(limit: 1 << 22), error: .string(limit: 1 << 22)
    ) { process in
      try await Task.sleep(for: .seconds(seconds))
      try process.send(signal: .interrupt)
    }
    let stderr = result.standardError
    let text = try String(contentsOf: file, encoding: .utf8)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path())
    #expect(names == ["run.json"], "no other file is left")
    guard case .exited(130) = result.terminationStatus else {
      // Before the run began, the signal ends the program as it ends any other.
      guard case .signaled(let signal) = result.terminationStatus else {
        Issue.record("ended by \(result.terminationStatus): \(stderr)")
        return
      }
      #expect(signal == SIGINT)
      #expect(text == old)
      return
    }
    #expect(stderr.contains("Error: interrupted"))
    if text == old {
      #expect(stderr.contains("nothing was saved"))
    } else {
      let record = try #require(try ResultFile.read(file.path()).records.first)
      #expect(record.run.isPartial)
      #expect(!record.run.rows.isEmpty)
      #expect(result.standardOutput.contains("saved as partial: \(file.path())"))
    }
  }

  @Test("A full disk: exit code 4, a clear line, and the old file as it was")
  func fullDisk() async throws {
    // 64 KiB are enough for the old file, not for a run.
    let script = """
      set -e
      mount -t tmpfs -o size=64k tmpfs "$2"
      printf old > "$2/run.json"
      code=0
      "$1" --impl c-aesni,openssl --size 64,8KiB --output "$2/run.json" || code=$?
      printf 'code %s, file %s, names %s\\n' "$code" "$(cat "$2/run.json")" "$(ls "$2")"
      """
    let namespace =
      getuid() == 0 ? ["--mount"] : ["--map-root-user", "--mount"]
    let harness = BuiltHarness.folder.appending(path: "harness").path()
    func unshare(_ script: String) async throws -> (isDone: Bool, stdout: String, stderr: String) {
      let result = try await Subprocess.run(
        .name("unshare"),
        arguments: Arguments(namespace + ["sh", "-c", script, "sh", harness, folder.path()]),
        output: .string(limit: 1 << 22), error: .string(limit: 1 << 22))
      return (result.terminationStatus.isSuccess, result.standardOutput, result.standardError)
    }
    guard try await unshare("mount -t tmpfs -o size=64k tmpfs \"$2\"").isDone else {
      print("skipped: no full disk, since this machine grants no mount namespace")
      return
    }
    let output = try await unshare(script)
    #expect(output.stdout.hasSuffix("code 4, file old, names run.json\n"), "\(output)")
    #expect(output.stderr.contains("No space left on device; make room"))
  }

  @Test("A place that cannot be written is found out before anything is measured")
  func unwritable() async throws {
    let path = folder.appending(path: "no/such/run.json").path()
    let output = try await BuiltHarness.run(["--quick", "--output", path])
    #expect(output.code == 4)
    #expect(output.stdout.isEmpty)
    #expect(
      output.stderr
        == "Error: cannot write '\(path)': No such file or directory; make its folder first\n")
  }
}
