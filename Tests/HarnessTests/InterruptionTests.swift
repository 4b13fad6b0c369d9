import Foundation
import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabExternal
import OptlabJSON
import OptlabLab
import OptlabMeasure
import OptlabProfile
import OptlabResults
import Subprocess
import Synchronization
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

  /// What a run is doing when it is interrupted, by what can be seen of it from outside.
  enum Phase: CaseIterable {
    /// It was started, no more.
    case beginning
    /// It catches signals, and verifies.
    case verifying
    /// The process of its first block is there.
    case startingBlock
    /// And catches signals: it measures.
    case measuring
    /// The first block is done, and the next one's process is there.
    case measuringAgain

    /// Selections that are in each phase for long.
    var arguments: [String] {
      self == .beginning || self == .verifying
        ? ["--workload", "aes", "--time", "600"]
        : [
          "--impl", "swift-table,openssl", "--workload", "aes-128-ctr", "--size", "16,8KiB",
          // Nine blocks.
          "--time", self == .measuringAgain ? "9" : "600",
        ]
    }
  }

  /// What must hold does not depend on where the signal finds it.
  @Test(
    "SIGINT in any phase: exit code 130, and a whole file, partial, or the old one",
    arguments: Phase.allCases)
  func interrupt(in phase: Phase) async throws {
    let file = folder.appending(path: "run.json")
    let old = "old"
    try Data(old.utf8).write(to: file)
    let output = try await Watched.run(
      phase.arguments + ["--output", file.path(percentEncoded: false)]
    ) {
      id, children in
      switch phase {
      case .beginning: true
      case .verifying: Watched.catchesInterrupts(id)
      case .startingBlock: !children.isEmpty
      case .measuring: children.contains { Watched.catchesInterrupts($0) }
      case .measuringAgain: children.count > 1
      }
    }
    let stderr = output.stderr
    let text = try String(contentsOf: file, encoding: .utf8)
    let names = try FileManager.default.contentsOfDirectory(
      atPath: folder.path(percentEncoded: false))
    #expect(names == ["run.json"], "no other file is left")
    guard output.end == .exited(130) else {
      // Before the run began, the signal ends the program as it ends any other.
      #expect(phase == .beginning && output.end == .signaled(SIGINT), "\(output.end): \(stderr)")
      #expect(text == old)
      return
    }
    #expect(stderr.contains("Error: interrupted"))
    if text == old {
      #expect(stderr.contains("nothing was saved"))
      #expect(phase != .measuringAgain, "what the first block measured is lost")
    } else {
      let record = try #require(try ResultFile.read(file.path(percentEncoded: false)).records.first)
      #expect(record.run.isPartial)
      #expect(!record.run.rows.isEmpty)
      #expect(output.stdout.contains("saved as partial: \(file.path(percentEncoded: false))"))
    }
  }

  /// A run of several blocks, of which the second is met.
  private func meetSecondBlock(
    _ meet: @escaping @Sendable (_ block: pid_t) -> Void, thenInterrupt: Bool
  ) async throws -> (output: Watched.Output, file: String) {
    let file = folder.appending(path: "run.json").path(percentEncoded: false)
    let isMet = Mutex(false)
    let output = try await Watched.run(
      Phase.measuringAgain.arguments + ["--output", file]
    ) { _, children in
      guard children.count > 1 else { return false }
      return isMet.withLock { isMet in
        if !isMet { for child in children { meet(child) } }
        isMet = true
        return thenInterrupt
      }
    }
    return (output, file)
  }

  private func expectPartial(_ file: String, _ output: Watched.Output) throws {
    let record = try #require(try ResultFile.read(file).records.first)
    #expect(record.run.isPartial)
    #expect(!record.run.rows.isEmpty)
    #expect(output.stdout.contains("saved as partial: \(file)"))
    #expect(
      try FileManager.default.contentsOfDirectory(
        atPath: folder.path(percentEncoded: false)) == ["run.json"])
  }

  @Test("SIGINT while a block's process is stopped: it is not waited for, its own rounds are lost")
  func stoppedBlock() async throws {
    let (output, file) = try await meetSecondBlock({ kill($0, SIGSTOP) }, thenInterrupt: true)
    #expect(output.end == .exited(130), "\(output)")
    try expectPartial(file, output)
  }

  @Test("A block's process is killed: exit code 4, and the blocks before it are saved as partial")
  func killedBlock() async throws {
    let (output, file) = try await meetSecondBlock({ kill($0, SIGKILL) }, thenInterrupt: false)
    #expect(output.end == .exited(4), "\(output)")
    #expect(
      output.stderr.contains(
        /Error: the process of block [2-9] of [0-9]+ was killed by signal 9 \(SIGKILL\)/),
      "\(output.stderr)")
    try expectPartial(file, output)
  }

  @Test(
    "A folder for what was never written goes, one that was there stays",
    arguments: [
      // Interrupted before anything is measured.
      (
        "set -m; $H --workload aes --report >out 2>&1 & id=$!; until [ -d reports ]; do sleep 0.01; done",
        true
      ),
      ("set -m; mkdir reports; $H --workload aes --report >out 2>&1 & id=$!; sleep 1", false),
    ], ["INT", "TERM", "QUIT", "INT $id; kill -INT"])
  func emptyFolder(_ begin: (script: String, isGone: Bool), _ signal: String) async throws {
    try await BuiltHarness.shell(
      "\(begin.script); kill -\(signal) $id; wait $id; rm -f out; ls -A; exit 0"
    ) { output, _ in
      #expect(output.stdout == (begin.isGone ? "" : "reports\n"), "\(output)")
    }
  }

  @Test("No folder is left of a command that fails before it writes")
  func folderOfFailure() async throws {
    for arguments in ["--report --impl nosuch", "profile --impl nosuch --output a/b/c"] {
      try await BuiltHarness.shell("$H \(arguments); code=$?; ls -A; exit $code") { output, _ in
        #expect([4, 64].contains(output.code))
        #expect(output.stdout.isEmpty, "\(output)")
      }
    }
  }

  @Test("A full disk: exit code 4, a clear line, and the old file as it was")
  func fullDisk() async throws {
    // A page is enough for the old file, not for another one beside it.
    let script = """
      set -e
      mount -t tmpfs -o size=4k tmpfs "$2"
      printf old > "$2/run.json"
      code=0
      "$1" --impl swift-table --workload aes-128-ctr --size 64 --plan once --output "$2/run.json" ||
        code=$?
      printf 'code %s, file %s, names %s\\n' "$code" "$(cat "$2/run.json")" "$(ls "$2")"
      """
    let namespace =
      getuid() == 0 ? ["--mount"] : ["--map-root-user", "--mount"]
    let harness = BuiltHarness.folder.appending(path: "harness").path(percentEncoded: false)
    func unshare(_ script: String) async throws -> (isDone: Bool, stdout: String, stderr: String) {
      let result = try await Subprocess.run(
        .name("unshare"),
        arguments: Arguments(
          namespace + ["sh", "-c", script, "sh", harness, folder.path(percentEncoded: false)]),
        output: .string(limit: 1 << 22), error: .string(limit: 1 << 22))
      return (result.terminationStatus.isSuccess, result.standardOutput, result.standardError)
    }
    guard try await unshare("mount -t tmpfs -o size=4k tmpfs \"$2\"").isDone else {
      print("skipped: no full disk, since this machine grants no mount namespace")
      return
    }
    let output = try await unshare(script)
    #expect(output.stdout.hasSuffix("code 4, file old, names run.json\n"), "\(output)")
    #expect(output.stderr.contains("No space left on device; make room"))
  }

  @Test("A place that cannot be written is found out before anything is measured")
  func unwritable() async throws {
    let path = folder.appending(path: "no/such/run.json").path(percentEncoded: false)
    let output = try await BuiltHarness.run(["--quick", "--output", path])
    #expect(output.code == 4)
    #expect(output.stdout.isEmpty)
    #expect(
      output.stderr
        == "Error: cannot write '\(path)': No such file or directory; make its folder first\n")
  }
}
