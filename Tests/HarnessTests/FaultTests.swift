import Foundation
import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabExternal
import OptlabJSON
import OptlabLab
import OptlabMeasure
import OptlabProfile
import OptlabReport
import OptlabResults
import OptlabStatistics
import Subprocess
import Testing

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// The system's calls fail one by one, by Tests/Faults/faults.c: what was there stays or is replaced by
/// something whole, nothing else is left, and the exit code is 4.
@Suite("Calls of the system that fail", .long, .enabled("no cc here") { await Plugins.hasCompiler })
struct FaultTests {
  private static let library = Task { () -> String in
    let file = FileManager.default.temporaryDirectory
      .appending(path: "optlab-faults-\(UUID().uuidString).so").path(percentEncoded: false)
    let result = try await Subprocess.run(
      .name("cc"),
      arguments: [
        "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared",
        Plugins.root.appending(path: "Tests/Faults/faults.c").path(percentEncoded: false), "-o",
        file,
      ], output: .discarded, error: .string(limit: 1 << 16))
    try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
    return file
  }

  struct Fault: CustomTestStringConvertible, Sendable {
    var function: String
    var error: Int32
    /// Of the call, from 1; with `+` all after it fail too.
    var number = "1"

    init(_ function: String, _ error: Int32, _ number: String = "1") {
      self.function = function
      self.error = error
      self.number = number
    }

    var testDescription: String { "\(function) \(number): \(String(cString: strerror(error)))" }
  }

  /// - Returns: whether a call has failed.
  private func harness(
    _ arguments: String, failing fault: Fault, in folder: String,
    _ check: (BuiltHarness.Output) throws -> Void
  ) async throws -> Bool {
    let log = FileManager.default.temporaryDirectory
      .appending(path: "optlab-faults-\(UUID().uuidString).log")
    try Data().write(to: log)
    defer { try? FileManager.default.removeItem(at: log) }
    let script = """
      LD_PRELOAD='\(try await Self.library.value)' \
      OPTLAB_FAULT=\(fault.function):\(fault.number):\(fault.error) \
      OPTLAB_FAULT_LOG='\(log.path(percentEncoded: false))' "$H" \(arguments)
      """
    try await BuiltHarness.shell(script, in: folder) { output, _ in try check(output) }
    return try !Data(contentsOf: log).isEmpty
  }

  private func names(_ folder: String) -> Set<String> {
    Set((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
  }

  private func text(_ file: String) -> String? {
    try? String(contentsOfFile: file, encoding: .utf8)
  }

  private static let pages: Set = ["index.html", "report.md", "result.json"]

  /// A report is there whole or not at all.
  private func expectWhole(_ report: String) {
    let names = names(report)
    #expect(names.isSuperset(of: Self.pages))
    #expect(text("\(report)/index.html")?.hasSuffix("</html>\n") == true)
    #expect(throws: Never.self) { try ResultFile.read("\(report)/result.json") }
  }

  // MARK: A run

  private static let run =
    "--impl memcpy --workload aes-128-ctr --size 16 --quick --no-pin --allow-unoptimised "
    + "--output run.json --report"

  @Test(
    "harness run --output --report",
    arguments: [
      // The first is of the run's file, the later ones of its report.
      Fault("write", ENOSPC), Fault("write", EIO, "2"), Fault("write", ENOSPC, "1+"),
      Fault("fsync", EIO), Fault("fsync", EIO, "3"), Fault("fsync", EIO, "1+"),
      Fault("rename", EIO), Fault("rename", EIO, "2"), Fault("rename", EIO, "1+"),
      // The first two find out whether files can be made at all.
      Fault("open", EMFILE), Fault("open", EMFILE, "3"), Fault("open", EMFILE, "4"),
      Fault("open", EMFILE, "3+"), Fault("close", EIO, "1+"),
      Fault("mkdir", ENOSPC), Fault("mkdir", ENOSPC, "2"),
      // The first are of a block, the last of git.
      Fault("pipe", EMFILE), Fault("pipe", EMFILE, "1+"), Fault("fork", ENOMEM),
      Fault("fork", EAGAIN, "1+"),
    ])
  func runs(_ fault: Fault) async throws {
    try await Plugins.withFolder { folder in
      try Data("old".utf8).write(to: URL(filePath: folder).appending(path: "run.json"))
      let hasFailed = try await harness(Self.run, failing: fault, in: folder) { output in
        #expect(output.code == 4, "\(output)")
        let errors = output.stderr.split(separator: "\n").filter { $0.hasPrefix("Error: cannot ") }
        #expect((1...2).contains(errors.count), "\(output)")
        let file = "\(folder)/run.json"
        if text(file) == "old" {
          #expect(!output.stdout.contains("saved: "))
        } else {
          #expect(throws: Never.self) { try ResultFile.read(file) }
          #expect(output.stdout.contains("saved: run.json\n"))
        }
        // What was measured is shown, whatever becomes of the files.
        let isMeasured = output.stdout.contains("memcpy")
        #expect(isMeasured || ["open", "mkdir", "pipe", "fork"].contains(fault.function))
        let reports = names("\(folder)/reports")
        for report in reports { expectWhole("\(folder)/reports/\(report)") }
        #expect(reports.count == (output.stdout.contains("reported: ") ? 1 : 0), "\(reports)")
      }
      #expect(hasFailed)
      #expect(names(folder).subtracting(["reports"]) == ["run.json"])
    }
  }

  @Test("A run that cannot start git has no commit, and everything else")
  func git() async throws {
    try await Plugins.withFolder { folder in
      // Without processes of its own for blocks, the first that it starts is git.
      let hasFailed = try await harness(
        Self.run + " --no-processes", failing: Fault("fork", EAGAIN, "1+"), in: folder
      ) { output in
        #expect(output.code == 0, "\(output)")
        let record = try #require(try ResultFile.read("\(folder)/run.json").records.first)
        #expect(record.commit == nil)
      }
      #expect(hasFailed)
    }
  }

  // MARK: Every call of the others

  /// Each with the file or folder that it makes in place of an older one.
  private static let others = [
    ("merge", "merge run.json --output new", false),
    ("export", "export run.json --format csv --output new", false),
    ("history", "history . --svg new", false),
    ("report", "report run.json --output new", true),
    ("profile", "profile --diff old.folded old.folded --output new", true),
  ]

  @Test(
    "Files that others make: every call fails once",
    arguments: others,
    [
      Fault("write", ENOSPC), Fault("fsync", EIO), Fault("rename", EIO), Fault("open", ENOSPC),
      Fault("close", EIO),
    ])
  func everyCall(_ made: (name: String, command: String, isFolder: Bool), _ fault: Fault)
    async throws
  {
    let small = try await Self.small.value
    try await Plugins.withFolder { folder in
      try small.write(to: URL(filePath: folder).appending(path: "run.json"))
      try Data("main;a 1\n".utf8).write(to: URL(filePath: folder).appending(path: "old.folded"))
      let new = "\(folder)/new"
      if made.isFolder {
        let output = try await BuiltHarness.run(
          made.command.split(separator: " ").map(String.init), in: folder)
        #expect(output.code == 0, "\(output)")
      } else {
        try Data("old".utf8).write(to: URL(filePath: new))
      }
      let all = names(folder)
      var number = 0
      var hasFailed: Bool
      repeat {
        number += 1
        let before = contents(new)
        hasFailed = try await harness(
          made.command, failing: Fault(fault.function, fault.error, "\(number)"), in: folder
        ) { output in
          #expect([0, 4].contains(output.code), "\(output)")
          if output.code == 4 {
            #expect(output.stderr.hasPrefix("Error: cannot write '") || made.isFolder)
            // A profile's files are several, of which each is whole.
            if made.name != "profile" { #expect(contents(new) == before) }
          }
        }
        #expect(names(folder) == all)
        #expect(Set(contents(new).keys) == Set(before.keys))
      } while hasFailed && number < 100
      // The last one has met no fault; at least one before it has.
      #expect(number > 1 && !hasFailed)
    }
  }

  @Test("A file's name is made durable after its bytes; where that fails, the file is there")
  func nameIsDurable() async throws {
    let small = try await Self.small.value
    try await Plugins.withFolder { folder in
      try small.write(to: URL(filePath: folder).appending(path: "run.json"))
      for (number, code) in [(1, 4), (2, 0)] as [(Int, Int32)] {
        let hasFailed = try await harness(
          "export run.json --format csv --output new", failing: Fault("fsync", EIO, "\(number)"),
          in: folder
        ) { output in #expect(output.code == code, "\(output)") }
        #expect(hasFailed)
        #expect(names(folder) == (code == 0 ? ["run.json", "new"] : ["run.json"]))
      }
    }
  }

  /// A result with a single row.
  private static let small = Task { () -> Data in
    try await Plugins.withFolder { folder in
      let output = try await BuiltHarness.run(
        [
          "--impl", "memcpy", "--workload", "aes-128-ctr", "--size", "16", "--quick", "--no-pin",
          "--no-processes", "--allow-unoptimised", "--output", "run.json",
        ], in: folder)
      #expect(output.code == 0, "\(output)")
      return try Data(contentsOf: URL(filePath: folder).appending(path: "run.json"))
    }
  }

  /// A file's, or those of a folder's files.
  private func contents(_ path: String) -> [String: Data] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      return ["": (try? Data(contentsOf: URL(filePath: path))) ?? Data()]
    }
    return Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, (try? Data(contentsOf: URL(filePath: "\(path)/\($0)"))) ?? Data())
      })
  }
}
