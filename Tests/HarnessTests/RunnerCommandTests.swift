import Foundation
import Testing

@Suite("Runner programs in a run of the built harness")
struct RunnerCommandTests {
  private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Nil where the programs can run; else why not, for a skipped test to print.
  private static let obstacle: String? =
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/python3") }
    ? nil : "there is no python3 in PATH, in which the runners of this test are written"

  private func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "optlab-runners-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  private func write(_ program: String, to file: URL) throws {
    try Data(program.utf8).write(to: file)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: file.path(percentEncoded: false))
  }

  @Test(
    "The documentation's runner, word for word: verified, measured, marked, and named in the file",
    .enabled(if: obstacle == nil, "\(obstacle ?? "")"))
  func documented() async throws {
    let page = try String(
      contentsOf: Self.repository.appending(path: "Documentation/Runners.md"), encoding: .utf8)
    let block = try #require(page.firstMatch(of: /```python\n((?s:.*?))```/))
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let runner = folder.appending(path: "my-runner")
    try write(String(block.1), to: runner)
    let result = folder.appending(path: "result.json")

    let verified = try await BuiltHarness.run(
      [
        "verify", "--runner", runner.path(percentEncoded: false), "--impl", "my-json", "--seed",
        "4",
      ])
    #expect(verified.code == 0, "\(verified.stderr)")
    #expect(verified.stdout.contains("PASS  json-encode/my-json"))

    let run = try await BuiltHarness.run([
      "run", "--runner", runner.path(percentEncoded: false), "--impl", "swift-simd,my-json",
      "--payload", "SIMPLE",
      "--plan", "once", "--output", result.path(percentEncoded: false),
    ])
    #expect(run.code == 0, "\(run.stderr)")
    let row = try #require(run.stdout.split(separator: "\n").first { $0.hasPrefix("my-json ") })
    #expect(row.contains("Python") && row.contains("ns*cal"))
    #expect(!row.contains("FAIL"))
    #expect(run.stdout.contains("ns*cal: nanoseconds of the program's own clock"))
    let file = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: result)) as? [String: Any])
    let record = try #require((file["records"] as? [[String: Any]])?.first)
    #expect((record["libraries"] as? [String: String])?["python"]?.hasPrefix("3.") == true)
    let rows = try #require((record["run"] as? [String: Any])?["rows"] as? [[String: Any]])
    let own = try #require(rows.first { $0["implementation"] as? String == "my-json" })
    #expect(own["remarks"] as? [String] == ["ns*cal", "timed output unchecked"])
    #expect(own["outcome"] as? String == "measured")
  }

  @Test("A runner that is no runner fails alone: the house rows have their figures")
  func failsAlone() async throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let runner = folder.appending(path: "greeter")
    try write("#!/bin/sh\nread line\necho 'Hello, who is there?'\nread line\n", to: runner)
    let run = try await BuiltHarness.run([
      "run", "--runner", runner.path(percentEncoded: false), "--impl",
      "swift-table,openssl,foundation,swift-simd,greeter",
      "--size", "16", "--payload", "EMPTY", "--plan", "once", "--no-processes",
    ])
    #expect(run.code == 1)
    let lines = run.stdout.split(separator: "\n")
    #expect(run.stderr.contains("aes-128-ctr/greeter FAILED: hello"))
    let failed = lines.filter { $0.hasPrefix("greeter") }
    #expect(failed.count == 3)
    #expect(
      failed.allSatisfy { $0.contains("FAIL  'Hello, who is there?' is no answer to 'hello'") })
    for id in ["swift-table", "openssl", "foundation", "swift-simd"] {
      let row = try #require(lines.first { $0.hasPrefix(id + " ") })
      #expect(!row.contains("FAIL") && !row.contains("not run"), "\(row)")
    }
  }

  @Test(
    "A filter hides nothing that cannot be used: one row fails, and the exit code is 1",
    arguments: ["run", "verify"],
    [
      ("/memcpy$", "aes-128-ctr"), ("^json-encode/EMPTY/swift-simd$", "json-encode"),
      ("/theirs$", "aes-128-ctr"),
    ])
  func filtered(_ command: String, _ filter: (text: String, workload: String)) async throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try write("#!/bin/sh\nexit 3\n", to: folder.appending(path: "dies"))
    try write("no library\n", to: folder.appending(path: "broken.so"))
    for (outside, words) in [
      (["--runner", "./dies"], "the runner ended (exit code 3) before it answered 'hello'"),
      (command == "run" ? ["--plugin", "broken.so"] : [], "cannot be loaded as a shared library"),
      (["--contestants", "."], "cannot be loaded as a shared library"),
    ] where !outside.isEmpty {
      let output = try await BuiltHarness.run(
        [command] + outside + ["--filter", filter.text]
          + (command == "run"
            ? ["--plan", "once", "--no-processes", "--allow-unoptimised"] : []),
        in: folder.path(percentEncoded: false))
      #expect(output.code == 1, "\(output)")
      #expect(output.stdout.contains(words), "\(output)")
    }
  }

  @Test("What is to be run again has the deadline that decided", arguments: ["run", "verify"])
  func deadlineAgain(_ command: String) async throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try write("#!/bin/sh\nread request\nexec sleep 300\n", to: folder.appending(path: "slow"))
    for (deadline, spelled) in [("0.5", "0.5"), ("1.0", "1")] {
      let output = try await BuiltHarness.run(
        [
          command, "--runner", "./slow", "--impl", "slow", "--workload", "json-encode",
          "--deadline", deadline,
        ] + (command == "run" ? ["--plan", "once", "--no-processes"] : []),
        in: folder.path(percentEncoded: false))
      #expect(output.code == 1, "\(output)")
      let lines = (output.stdout + output.stderr).split(separator: "\n")
      let again = try #require(lines.first { $0.hasPrefix("Again: ") })
      #expect(
        again.contains(
          "harness verify --runner ./slow --impl slow --workload json-encode --deadline \(spelled) "
        ),
        "\(again)")
    }
  }

  @Test("What cannot be a runner is refused before anything is measured")
  func refused() async throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let plain = folder.appending(path: "plain")
    try Data("words\n".utf8).write(to: plain)
    let taken = folder.appending(path: "taken")
    let answer = [
      "runner 1", "implementation openssl", "language C", "workloads json-encode", "ok",
    ]
    try write(
      "#!/bin/sh\nread line\nprintf '%s\\n' \(answer.map { "'\($0)'" }.joined(separator: " "))\n",
      to: taken)
    for (program, code, words) in [
      (folder.path(percentEncoded: false) + "nowhere", 4, "there is no runner"),
      (plain.path(percentEncoded: false), 4, "is not executable; chmod +x it"),
      (
        taken.path(percentEncoded: false), 64,
        "'openssl', which is the name of another one; rename it"
      ),
    ] as [(String, Int32, String)] {
      let run = try await BuiltHarness.run(["run", "--runner", program])
      #expect(run.code == code)
      #expect(run.stdout.isEmpty)
      #expect(run.stderr.contains(program) && run.stderr.contains(words), "\(run.stderr)")
    }
  }

  @Test("Contestants that were not built are rows that say how to get them")
  func notBuilt() async throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("no gcrypt.h here\n".utf8).write(to: folder.appending(path: "libgcrypt.missing"))
    let run = try await BuiltHarness.run([
      "run", "--contestants", folder.path(percentEncoded: false), "--impl",
      "swift-table,python-pyaes,libgcrypt",
      "--size", "pyaes", "--plan", "once",
    ])
    #expect(run.code == 0, "\(run.stderr)")
    for (id, words) in [
      ("python-pyaes", "not run: make contestants"),
      ("libgcrypt", "not run: no gcrypt.h here; then make contestants"),
    ] {
      let row = try #require(run.stdout.split(separator: "\n").first { $0.hasPrefix(id) })
      #expect(row.hasSuffix(words), "\(row)")
    }
  }
}
