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
import Testing

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// Whoever ends, by itself or not: what it has started ends with it, and files that are not finished
/// are gone. What would stay stays for five minutes, which no test waits for.
@Suite("Nothing is left behind", .timeLimit(.minutes(5)))
struct LeftBehindTests {
  /// A folder in which programs write down who they are.
  private struct Place {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "optlab-left-\(UUID().uuidString)")

    init() throws {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func remove() {
      for id in (try? ids()) ?? [] { kill(id, SIGKILL) }
      try? FileManager.default.removeItem(at: folder)
    }

    func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

    func write(_ name: String, _ program: String) throws {
      try Data(program.utf8).write(to: folder.appending(path: name))
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: path(name))
    }

    /// Those that were started.
    func ids() throws -> [pid_t] {
      guard FileManager.default.fileExists(atPath: path("left.pids")) else { return [] }
      return try String(contentsOfFile: path("left.pids"), encoding: .utf8)
        .split(separator: "\n").compactMap { pid_t($0) }
    }

    /// Waits until so many have written down who they are.
    func wait(for count: Int) async throws -> [pid_t] {
      while true {
        let ids = try ids()
        if ids.count >= count { return ids }
        try await Task.sleep(for: .milliseconds(10))
      }
    }

    func expectNobody(count: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
      let ids = try ids()
      #expect(ids.count >= count, "it was started", sourceLocation: sourceLocation)
      for id in ids { #expect(Self.isGone(id), "process \(id)", sourceLocation: sourceLocation) }
    }

    /// Whether it has ended; one that nobody has waited for yet has.
    static func isGone(_ id: pid_t) -> Bool {
      guard let status = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8) else {
        return true
      }
      return status.drop { $0 != ")" }.dropFirst(2).first == "Z"
    }
  }

  /// How a program leaves a child behind, as a line of a shell script in which `$stay` stays.
  enum Way: String, CaseIterable {
    /// It holds the three standard streams.
    case session = #"setsid sh -c "$stay" &"#
    /// Its parent is gone before it is looked for.
    case daemon = #"(setsid sh -c "$stay" < /dev/null > /dev/null 2>&1 &)"#
    /// It cannot be told by its environment, but its parent is there.
    case withoutEnvironment = #"setsid env -i /bin/sh -c "$stay" &"#
    case group = #"sh -c "$stay" &"#
  }

  /// A runner that starts a child, and waits until that is there.
  ///
  /// - Parameter after: what it does then.
  private func runner(_ way: Way, in place: Place, after: String) throws -> String {
    try place.write(
      "left",
      """
      #!/bin/sh
      PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
      stay='echo $$ >> "\(place.path("left.pids"))"; exec sleep 300'
      read request
      \(way.rawValue)
      while [ ! -s "\(place.path("left.pids"))" ]; do sleep 0.01; done
      \(after)

      """)
    return place.path("left")
  }

  private static let hello =
    #"printf 'runner 1\nimplementation left\nlanguage sh\nworkloads json-encode\nok\n'"#

  // MARK: Runners

  @Test("What a runner leaves behind ends when the runner does", arguments: Way.allCases)
  func endsItself(_ way: Way) async throws {
    let place = try Place()
    defer { place.remove() }
    let runner = try runner(way, in: place, after: Self.hello + "\nread request\nexit 3")
    let output = try await BuiltHarness.run([
      "verify", "--runner", runner, "--impl", "left", "--payload", "EMPTY",
    ])
    #expect(output.code == 1)
    #expect(
      output.stdout.contains("the runner ended (exit code 3) before it answered 'prepare'"),
      "\(output.stdout)")
    try place.expectNobody(count: 1)
  }

  /// The next runner, greeted when the first is gone, says who is there. One without the variable in
  /// its environment and without a parent is known by nothing.
  @Test(
    "It ends at once, while the harness goes on",
    arguments: Way.allCases.filter { $0 != .withoutEnvironment })
  func endsAtOnce(_ way: Way) async throws {
    let place = try Place()
    defer { place.remove() }
    let first = try runner(way, in: place, after: "exit 3")
    try place.write(
      "second",
      """
      #!/bin/sh
      read request
      id=gone
      for one in $(cat "\(place.path("left.pids"))"); do
        kill -0 "$one" && id=there
      done
      printf 'runner 1\\nimplementation %s\\nlanguage sh\\nworkloads json-encode\\nok\\n' "$id"
      read request

      """)
    let output = try await BuiltHarness.run([
      "verify", "--runner", first, "--runner", place.path("second"), "--payload", "EMPTY",
    ])
    #expect(output.code == 1)
    #expect(
      output.stdout.contains("the runner ended (exit code 3) before it answered 'hello'"),
      "\(output.stdout)")
    #expect(output.stdout.contains("json-encode/gone"), "\(output.stdout)")
    try place.expectNobody(count: 1)
  }

  @Test("It ends with a runner that is ended since it hangs", arguments: Way.allCases)
  func hangs(_ way: Way) async throws {
    let place = try Place()
    defer { place.remove() }
    let runner = try runner(way, in: place, after: "sleep 300")
    let output = try await BuiltHarness.run([
      "verify", "--runner", runner, "--workload", "json-encode", "--payload", "EMPTY", "--filter",
      "/left$", "--deadline", "2",
    ])
    #expect(output.code == 1)
    #expect(output.stdout.contains("no answer to 'hello' within 2 s"), "\(output.stdout)")
    try place.expectNobody(count: 1)
  }

  // MARK: Plugins

  @Test(
    "What a plugin leaves behind ends with it, and is not waited for",
    .enabled("the plugins of these tests use AES-NI") { Plugins.canRun },
    .enabled("no cc here") { await Plugins.hasCompiler },
    arguments: [
      ("LEAVES_A_CHILD", 0, "PASS", "600"),
      ("LEAVES_A_CHILD_AND_EXITS", 1, "ends its process with code 7", "600"),
      ("LEAVES_A_DAEMON_AND_LOOPS", 1, "does not come back: ended after 2 seconds", "2"),
    ])
  func plugin(_ fault: String, code: Int, words: String, deadline: String) async throws {
    try await Plugins.withLibraries([fault]) { folder in
      let output = try await BuiltHarness.run(
        ["check", "\(fault).so", "--deadline", deadline], environment: ["OPTLAB_MASK": ""],
        in: folder)
      #expect(Int(output.code) == code)
      #expect(output.stdout.contains(words), "\(output.stdout)")
      let ids = try String(contentsOfFile: folder + "/left.pids", encoding: .utf8)
        .split(separator: "\n").compactMap { pid_t($0) }
      #expect(!ids.isEmpty)
      for id in ids {
        #expect(Place.isGone(id), "process \(id)")
        kill(id, SIGKILL)
      }
    }
  }

  // MARK: Signals

  /// Runs the harness, and sends it signals once `count` have been started, until it ends.
  private func interrupt(
    _ arguments: [String], in place: Place, environment: [String: String] = [:], count: Int,
    by signals: [Subprocess.Signal]
  ) async throws -> (end: Subprocess.TerminationStatus, stdout: String, stderr: String) {
    let variables = environment.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
    let result = try await Subprocess.run(
      .path(FilePath(BuiltHarness.folder.appending(path: "harness").path(percentEncoded: false))),
      arguments: Arguments(arguments),
      environment: .inherit.updating(Dictionary(uniqueKeysWithValues: variables)),
      workingDirectory: FilePath(place.folder.path(percentEncoded: false)),
      input: .none, output: .string(limit: 1 << 22), error: .string(limit: 1 << 22)
    ) { process in
      _ = try await place.wait(for: count)
      for signal in signals {
        try process.send(signal: signal)
        // The second one is to find the first one seen.
        if signals.count > 1 { try await Task.sleep(for: .milliseconds(200)) }
      }
    }
    return (result.terminationStatus, result.standardOutput, result.standardError)
  }

  @Test(
    "A signal ends a verification with all that runners have started",
    arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU], [Way.session, .daemon])
  func signalToVerify(_ number: Int32, _ way: Way) async throws {
    let place = try Place()
    defer { place.remove() }
    let runner = try runner(way, in: place, after: "sleep 300")
    let signal = Subprocess.Signal(rawValue: number)
    let end = try await interrupt(
      ["verify", "--runner", runner], in: place, count: 1, by: [signal]
    ).end
    #expect(end == .signaled(number))
    try place.expectNobody(count: 1)
  }

  @Test(
    "A run that is interrupted does not wait for a runner, and takes its children along",
    arguments: [SIGINT, SIGTERM, SIGHUP])
  func signalToRun(_ number: Int32) async throws {
    let place = try Place()
    defer { place.remove() }
    let runner = try runner(.session, in: place, after: "sleep 300")
    let (end, _, stderr) = try await interrupt(
      [
        "run", "--runner", runner, "--workload", "json-encode", "--payload", "EMPTY",
        "--allow-unoptimised", "--output", "run.json",
      ], in: place, count: 1, by: [Subprocess.Signal(rawValue: number)])
    #expect(end == .exited(130), "\(stderr)")
    #expect(stderr.contains("Error: interrupted"))
    try place.expectNobody(count: 1)
    let names = try FileManager.default.contentsOfDirectory(
      atPath: place.folder.path(percentEncoded: false))
    #expect(Set(names) == ["left", "left.pids"])
  }

  @Test("A second signal ends it at once, and still takes everybody along")
  func secondSignal() async throws {
    let place = try Place()
    defer { place.remove() }
    let runner = try runner(.daemon, in: place, after: "sleep 300")
    let end = try await interrupt(
      [
        "run", "--runner", runner, "--workload", "json-encode", "--payload", "EMPTY",
        "--allow-unoptimised",
      ], in: place, count: 1, by: [.interrupt, .interrupt]
    ).end
    // On a machine that is busy enough, the first one has done it.
    #expect(end == .signaled(SIGINT) || end == .exited(130))
    try place.expectNobody(count: 1)
  }

  @Test(
    "A run that is interrupted does not wait for a plugin's deadline",
    .enabled("the plugins of these tests use AES-NI") { Plugins.canRun },
    .enabled("no cc here") { await Plugins.hasCompiler })
  func signalToPlugin() async throws {
    let fault = "LEAVES_A_DAEMON_AND_LOOPS"
    let place = try Place()
    defer { place.remove() }
    try await Plugins.withLibraries([fault]) { folder in
      try FileManager.default.copyItem(
        atPath: "\(folder)/\(fault).so", toPath: place.path("\(fault).so"))
    }
    let (end, _, stderr) = try await interrupt(
      [
        "run", "--plugin", "\(fault).so", "--filter", "aes-128-ctr/16B/\(fault)", "--deadline",
        "600", "--allow-unoptimised",
      ], in: place, environment: ["OPTLAB_MASK": ""], count: 1, by: [.interrupt])
    #expect(end == .exited(130), "\(stderr)")
    try place.expectNobody(count: 1)
  }

  @Test(
    "Temporary folders and the program that works there are gone after any signal",
    arguments: [
      [Subprocess.Signal.interrupt], [.interrupt, .interrupt], [.terminalClosed], [.quit],
    ])
  func temporaryFolder(_ signals: [Subprocess.Signal]) async throws {
    let place = try Place()
    defer { place.remove() }
    // A perf that begins and never answers.
    try place.write(
      "perf",
      """
      #!/bin/sh
      [ "$1" = record ] || exit 0
      case "$*" in *--control*) ;; *) exit 0;; esac
      echo $$ >> "\(place.path("left.pids"))"
      exec sleep 300

      """)
    try FileManager.default.createDirectory(
      at: place.folder.appending(path: "tmp"), withIntermediateDirectories: false)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let (end, _, stderr) = try await interrupt(
      [
        "profile", "--impl", "swift-table", "--size", "16", "--output", "profiles",
        "--allow-unoptimised",
      ],
      in: place,
      environment: [
        "TMPDIR": place.path("tmp"), "PATH": "\(place.folder.path(percentEncoded: false)):\(path)",
      ],
      count: 1, by: signals)
    guard try !place.ids().isEmpty else { return }
    #expect([.exited(130), .signaled(SIGINT), .signaled(SIGQUIT)].contains(end), "\(stderr)")
    try place.expectNobody(count: 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path("tmp")).isEmpty)
  }

  @Test("A file that grows beyond its limit is an error with a code, and not there")
  func largeFile() async throws {
    let place = try Place()
    defer { place.remove() }
    for arguments in [
      "run --impl swift-table --size 16 --plan once --no-processes "
        + "--allow-unoptimised --output run.json",
      "run --impl swift-table --size 16 --plan once --no-processes "
        + "--allow-unoptimised --report",
    ] {
      let result = try await Subprocess.run(
        .name("sh"),
        arguments: [
          "-c", "ulimit -f 1; exec \"$0\" \(arguments)",
          BuiltHarness.folder.appending(path: "harness").path(percentEncoded: false),
        ], workingDirectory: FilePath(place.folder.path(percentEncoded: false)),
        output: .string(limit: 1 << 22), error: .string(limit: 1 << 22))
      #expect(result.terminationStatus == .exited(4), "\(result.standardError)")
      #expect(result.standardError.contains("File too large"))
      let left = try FileManager.default.subpathsOfDirectory(
        atPath: place.folder.path(percentEncoded: false))
      #expect(left.filter { $0 != "reports" }.isEmpty, "\(left)")
    }
  }
}
