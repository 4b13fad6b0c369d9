import Foundation
import Subprocess
import Testing

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// Shared libraries from outside: good ones take part, bad ones get a row that says what is wrong, and
/// nobody else notices.
@Suite(
  "Plugins",
  .enabled("the plugins of these tests use AES-NI") { Plugins.canRun },
  .enabled("no cc here") { await Plugins.hasCompiler })
struct PluginTests {
  /// The template with one fault.
  struct Bad: CustomStringConvertible, Sendable {
    /// As in Tests/BadPlugins/bad.c.
    var fault: String
    /// What the harness must say.
    var pattern: String
    var message: Regex<Substring> { try! Regex(pattern, as: Substring.self) }
    var description: String { fault }

    init(_ fault: String, _ message: String) {
      self.fault = fault
      pattern = message
    }
  }

  /// Each with the fault's own message; NOT_A_LIBRARY is a text file.
  static let nine = [
    Bad("WRONG_BYTE", #"SP 800-38A F\.5\.1, 128-bit key.*\n +byte 5 is 0x21, expected 0x20"#),
    Bad("WRITES_TOO_FAR", #"crypt touches byte 1 of its output, which has 1"#),
    Bad("READS_TOO_FAR", #"crypt touches byte 1 of its input, which has 1"#),
    Bad("CLOBBERS_RBX", #"crypt changes rbx, which is its caller's: 0x1234, was 0x[0-9a-f]+"#),
    Bad("SETS_DIRECTION_FLAG", #"crypt leaves the direction flag set"#),
    Bad(
      "CRASHES_ON_4097",
      #"128-bit key, 4097 bytes, .*\n +crashes with SIGSEGV at CRASHES_ON_4097\.so\+0x[0-9a-f]+, touching 0x8"#
    ),
    Bad(
      "LOOPS", #"crypt, guard page at the end, 128-bit key, 0 bytes\n +does not come back: ended"#),
    Bad("OTHER_MAJOR", #"has version 2\.3 of the ABI, and this harness 1\.\d+"#),
    Bad("NOT_A_LIBRARY", #"cannot be loaded as a shared library: .*NOT_A_LIBRARY\.so"#),
  ]

  static let others = [
    Bad("UNALIGNED", #"crypt ends with SIGSEGV at \+0x[0-9a-f]+, touching no page: .*MOVDQA"#),
    Bad("WRONG_AT_4097", #"4097 bytes.*\n +byte 4096 is 0x[0-9a-f]{2}, expected 0x[0-9a-f]{2}"#),
    Bad("EXITS", #"4097 bytes.*\n +ends its process with code 7"#),
    Bad("SHORT_ROWS", #"says that a row has 40 bytes; it has 80 or more"#),
    Bad("TWICE_THE_SAME_ID", #"row 1: there is another 'bad'"#),
    Bad("NO_TABLE", #"caes_kernels returns NULL"#),
    Bad("CRASHES_WHILE_LOADING", #"loading\n +crashes with SIGABRT"#),
    Bad("SHARES_A_COUNTER", #"several threads with one context, 128-bit key"#),
  ]

  @Test(arguments: nine + others)
  func isToldWhatIsWrong(_ bad: Bad) async throws {
    try await Plugins.withLibraries([bad.fault]) { folder in
      // Short where it is waited for, and long enough elsewhere for any load of the machine.
      let deadline = bad.fault == "LOOPS" ? "2" : "60"
      let output = try await BuiltHarness.run(
        ["check", "\(bad.fault).so", "--seed", "1", "--deadline", deadline],
        environment: ["OPTLAB_MASK": ""], in: folder)
      #expect(output.code == 1)
      #expect(output.stdout.contains(bad.message), "\(output.stdout)")
      // What was said can be had again by the line that is printed.
      if output.stdout.contains("\nAgain: ") {
        #expect(
          output.stdout.contains(
            "Again: harness check \(bad.fault).so --impl \(bad.fault):bad --deadline \(deadline) --seed 1\n"
          ))
      }
    }
  }

  @Test func theLineRepeatsTheFailure() async throws {
    try await Plugins.withLibraries(["WRONG_AT_4097"]) { folder in
      let first = try await BuiltHarness.run(
        ["check", "WRONG_AT_4097.so"], environment: ["OPTLAB_MASK": ""], in: folder)
      let line = try #require(
        first.stdout.split(separator: "\n").first { $0.hasPrefix("Again: harness ") })
      let arguments = line.dropFirst("Again: harness ".count).split(separator: " ").map(String.init)
      let again = try await BuiltHarness.run(
        arguments, environment: ["OPTLAB_MASK": ""], in: folder)
      #expect(again == first)
    }
  }

  @Test(arguments: ["NEWER_MINOR", "TALKS", "SHARES_A_COUNTER_AND_SAYS_SO", "NONE"])
  func aGoodOnePasses(_ kind: String) async throws {
    try await Plugins.withLibraries([kind]) { folder in
      let output = try await BuiltHarness.run(
        ["check", "."], environment: ["OPTLAB_MASK": ""], in: folder)
      #expect(output.code == 0, "\(output.stdout)")
      let passed = output.stdout.split(separator: "\n").filter { $0.hasPrefix("PASS  ") }
      #expect(passed.count == 3)
      let isForOneThread = kind.hasSuffix("_SAYS_SO")
      #expect(passed.allSatisfy { $0.hasSuffix("CAES_ONE_THREAD") == isForOneThread })
      // What the library prints is not among what the harness prints.
      #expect(output.stderr.contains("this is a plugin speaking") == (kind == "TALKS"))
    }
  }

  // MARK: In a run

  private struct File: Decodable {
    struct Record: Decodable { var run: Run }
    struct Run: Decodable { var rows: [Row] }
    struct Row: Decodable {
      struct Mismatch: Decodable { var check, summary: String }
      var implementation: String
      var outcome: String
      var language: String
      var remarks: [String]
      var mismatch: Mismatch?
    }
    var records: [Record]
  }

  private static let once = ["--plan", "once"]

  /// - Parameter plan: its options; what fails only when it is called over and over needs slices that
  ///   aim at a time, and whether a row then beats its limit is none of a test's matter.
  private func run(
    _ libraries: [String], plan: [String] = ["--quick", "--time", "0.01"], processes: Bool = false
  ) async throws -> (output: BuiltHarness.Output, rows: [File.Row]) {
    try await Plugins.withLibraries(libraries) { folder in
      let output = try await BuiltHarness.run(
        [
          "run", "--plugin", ".", "--impl", "swift-table", "--workload", "aes-128-ctr", "--size",
          "16", "--deadline", "5", "--allow-unoptimised", "--no-pin", "--output", "result.json",
        ] + plan + (processes ? [] : ["--no-processes"]), environment: ["OPTLAB_MASK": ""],
        in: folder)
      let bytes = try Data(contentsOf: URL(filePath: folder).appending(path: "result.json"))
      return (output, try JSONDecoder().decode(File.self, from: bytes).records[0].run.rows)
    }
  }

  @Test func theHouseRowsGoOnUnharmed() async throws {
    let (output, rows) = try await run(Self.nine.map(\.fault) + ["NONE"], plan: Self.once)
    #expect(output.code == 1)
    let measured = rows.filter { $0.outcome == "measured" }.map(\.implementation)
    #expect(Set(measured) == ["swift-table", "NONE:bad"], "\(output.stdout)\(output.stderr)")
    let failed = rows.filter { $0.outcome == "failed" }
    #expect(failed.count == Self.nine.count)
    #expect(Set(failed.compactMap(\.mismatch?.summary)).count == Self.nine.count)
    for bad in Self.nine {
      let row = try #require(failed.first { $0.implementation.hasPrefix(bad.fault) })
      let mismatch = try #require(row.mismatch)
      #expect("\(mismatch.check)\n  \(mismatch.summary)".contains(bad.message), "\(mismatch)")
    }
  }

  /// Also where each block has a process of its own.
  @Test(arguments: [false, true])
  func failingWhileTimedTakesNobodyAlong(_ processes: Bool) async throws {
    let (output, rows) = try await run(
      ["CRASHES_WHEN_TIMED", "LOOPS_WHEN_TIMED", "NONE"], processes: processes)
    #expect(output.code == 1)
    let outcomes = Dictionary(uniqueKeysWithValues: rows.map { ($0.implementation, $0.outcome) })
    #expect(
      outcomes == [
        "swift-table": "measured", "NONE:bad": "measured", "CRASHES_WHEN_TIMED:bad": "failed",
        "LOOPS_WHEN_TIMED:bad": "failed",
      ], "\(output.stdout)\(output.stderr)")
    let checks = rows.compactMap(\.mismatch?.check)
    #expect(checks == Array(repeating: "timing aes-128-ctr/16B, 16 bytes a call", count: 2))
    let crash = try #require(rows.first { $0.implementation == "CRASHES_WHEN_TIMED:bad" }?.mismatch)
    #expect(crash.summary.hasPrefix("crashes with SIGSEGV at CRASHES_WHEN_TIMED.so+0x"))
  }

  /// Both pass every check, as nobody checks a message a hundred times.
  @Test(arguments: [false, true])
  func workLeftOutWhileTimedIsNoticed(_ processes: Bool) async throws {
    let lazy = ["NOTHING_WHEN_REPEATED", "QUARTER_WHEN_REPEATED"]
    let (output, rows) = try await run(lazy + ["NONE"], processes: processes)
    #expect(output.code == 1)
    for fault in lazy {
      let row = try #require(rows.first { $0.implementation == "\(fault):bad" })
      #expect(row.outcome == "failed")
      #expect(row.mismatch?.check == "the output of the timed calls")
      #expect(
        row.mismatch?.summary.contains("what was timed is not the work that was verified") == true)
    }
    #expect(rows.first { $0.implementation == "NONE:bad" }?.outcome == "measured")
  }

  /// Verifying again would find nothing.
  @Test(arguments: [[], ["--no-processes"]])
  func theLineRepeatsAFailureWhileTimed(_ options: [String]) async throws {
    let fault = "NOTHING_WHEN_REPEATED"
    try await Plugins.withLibraries([fault]) { folder in
      let run =
        [
          "run", "--plugin", "\(fault).so", "--impl=\(fault):bad,memcpy", "--workload",
          "aes-128-ctr", "--size", "16", "--quick", "--allow-unoptimised", "--no-pin", "--output",
          "first result.json",
        ] + options
      let first = try await BuiltHarness.run(
        run, environment: ["OPTLAB_MASK": ""], in: folder)
      #expect(first.code == 1)
      let line = try #require(
        first.stderr.split(separator: "\n").first { $0.hasPrefix("Again: ") }
          .map { String($0.dropFirst("Again: ".count)) })
      #expect(line.hasPrefix("harness run ") && !line.contains("first result.json"))
      try await BuiltHarness.shell(line, in: folder) { again, _ in
        #expect(again.code == 1)
        let failure = "aes-128-ctr/\(fault):bad FAILED: the output of the timed calls"
        #expect(first.stderr.contains(failure) && again.stderr.contains(failure), "\(again)")
        #expect(again.stderr.contains("Again: \(line)\n"), "\(again)")
      }
    }
  }

  @Test func theLineRepeatsAFailureAmongNamesakes() async throws {
    try await Plugins.withLibraries(["WRONG_AT_4097"]) { folder in
      let manager = FileManager.default
      for name in ["good", "b c"] {
        try manager.createDirectory(
          atPath: "\(folder)/\(name)", withIntermediateDirectories: false)
        try manager.copyItem(
          atPath: folder + "/WRONG_AT_4097.so", toPath: "\(folder)/\(name)/WRONG_AT_4097.so")
      }
      let first = try await BuiltHarness.run(
        ["check", "good", "b c", "--impl", "WRONG_AT_4097:bad~2"],
        environment: ["OPTLAB_MASK": ""], in: folder)
      #expect(first.code == 1)
      let line = try #require(
        first.stdout.split(separator: "\n").first { $0.hasPrefix("Again: ") })
      try await BuiltHarness.shell(String(line.dropFirst("Again: ".count)), in: folder) {
        again, _ in
        #expect(again == first)
      }
    }
  }

  @Test func aRemarkSaysThatItIsForOneThread() async throws {
    let (output, rows) = try await run(["SHARES_A_COUNTER_AND_SAYS_SO"], plan: Self.once)
    #expect(output.code == 0, "\(output.stderr)")
    let row = try #require(rows.first { $0.implementation == "SHARES_A_COUNTER_AND_SAYS_SO:bad" })
    #expect(row.remarks == ["one thread"])
    #expect(row.language == "C")
  }

  // MARK: Names

  @Test func twoOfOneNameAreToldApart() async throws {
    try await Plugins.withLibraries(["NONE"]) { folder in
      let manager = FileManager.default
      let library = URL(filePath: folder).appending(path: "NONE.so")
      // Letters that mean something in lists, regular expressions and paths.
      for name in ["other/NONE.so", "c-example.so", "a+b, c.so"] {
        let copy = URL(filePath: folder).appending(path: name)
        try manager.createDirectory(
          at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
        try manager.copyItem(at: library, to: copy)
      }
      let output = try await BuiltHarness.run(
        [
          "run", "--plugin", "NONE.so", "--plugin", "other", "--plugin", "a+b, c.so", "--impl",
          "memcpy", "--filter", "aes-128-ctr/16B/(NONE:bad(~2)?|a-b--c:bad)$", "--plan", "once",
          "--allow-unoptimised", "--no-pin", "--no-processes",
        ], environment: ["OPTLAB_MASK": ""], in: folder)
      #expect(output.code == 0, "\(output.stderr)")
      let ids = output.stdout.split(separator: "\n").compactMap { line -> Substring? in
        line.contains(" 16B ") ? line.prefix { $0 != " " } : nil
      }
      #expect(ids == ["NONE:bad", "NONE:bad~2", "a-b--c:bad"])
    }
  }

  @Test(arguments: [
    (["run", "--plugin", "nowhere.so"], 4, "there is no plugin 'nowhere.so'"),
    (["check", "nowhere.so"], 4, "there is no plugin 'nowhere.so'"),
    (["check", "empty"], 4, "the folder 'empty' has no *.so in it"),
    (["check", "NONE.so", "--impl", "x"], 64, "unknown implementation 'x'; valid: all, NONE:bad"),
    (["check", "NONE.so", "--deadline", "-1"], 64, "--deadline -1.0 is not between"),
    (["plugin-process"], 64, "'plugin-process' is for the harness itself"),
  ])
  func badInput(_ arguments: [String], code: Int, message: String) async throws {
    try await Plugins.withLibraries(["NONE"]) { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/empty", withIntermediateDirectories: false)
      let output = try await BuiltHarness.run(arguments, in: folder)
      #expect(Int(output.code) == code)
      #expect(output.stderr.contains(message), "\(output.stderr)")
    }
  }

  // MARK: Its process

  @Test func itsProcessEndsWithTheOneThatStartedIt() async throws {
    try await Plugins.withLibraries(["LOOPS"]) { folder in
      // The harness is killed while the plugin loops; what is left is looked for by its library.
      let script = """
        "\(BuiltHarness.folder.appending(path: "harness").path(percentEncoded: false))" check LOOPS.so --deadline 600 &
        for _ in $(seq 600); do
          sleep 0.1
          for child in $(cat /proc/$!/task/*/children 2>/dev/null); do
            grep -q LOOPS.so /proc/$child/maps 2>/dev/null && found=$child
          done
          [ -n "$found" ] && break
        done
        [ -n "$found" ] || { echo "it never began"; exit 1; }
        kill -KILL $!
        for _ in $(seq 600); do
          grep -q LOOPS.so /proc/$found/maps 2>/dev/null || { echo gone; exit 0; }
          sleep 0.1
        done
        echo "it is still there"
        kill -KILL $found
        """
      let result = try await Subprocess.run(
        .name("sh"), arguments: ["-c", script],
        environment: .inherit.updating(["OPTLAB_MASK": ""]), workingDirectory: FilePath(folder),
        output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
      #expect(result.standardOutput.hasSuffix("gone\n"), "\(result.standardOutput)")
    }
  }
}

/// Shared libraries made for a test.
enum Plugins {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static var canRun: Bool {
    #if arch(x86_64)
      let flags = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
      return flags.split(separator: "\n").contains {
        $0.hasPrefix("flags") && $0.split(separator: " ").contains("aes")
      }
    #else
      return false
    #endif
  }

  static var canBeTried: Bool { get async { canRun ? await hasCompiler : false } }

  static var hasCompiler: Bool {
    get async {
      let result = try? await Subprocess.run(
        .name("cc"), arguments: ["--version"], output: .discarded, error: .discarded)
      return result?.terminationStatus.isSuccess ?? false
    }
  }

  /// The bytes of one: a library has the fault that its file is named after.
  private static func library(_ fault: String) async throws -> Data {
    if fault == "NOT_A_LIBRARY" { return Data("This is a text, not a library.\n".utf8) }
    return try await compiled.value
  }

  private static let compiled = Task {
    try await withFolder { folder in
      let result = try await Subprocess.run(
        .name("cc"),
        arguments: [
          "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared",
          "-fvisibility=hidden", "-I",
          root.appending(path: "Sources/CAES/include").path(percentEncoded: false),
          root.appending(path: "Tests/BadPlugins/bad.c").path(percentEncoded: false), "-o",
          "bad.so",
        ], workingDirectory: FilePath(folder), output: .discarded, error: .string(limit: 1 << 20))
      try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
      return try Data(contentsOf: URL(filePath: folder).appending(path: "bad.so"))
    }
  }

  /// A new folder with `FAULT.so` for each.
  static func withLibraries<Value>(
    _ faults: [String], _ body: (_ folder: String) async throws -> Value
  ) async throws -> Value {
    try await withFolder { folder in
      for fault in faults {
        try await library(fault).write(
          to: URL(filePath: folder).appending(path: "\(fault).so"))
      }
      return try await body(folder)
    }
  }

  static func withFolder<Value>(
    _ body: (_ folder: String) async throws -> Value
  ) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path(percentEncoded: false))
  }
}
