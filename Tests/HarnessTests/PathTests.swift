import Foundation
import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabExternal
import OptlabJSON
import OptlabLab
import OptlabProfile
import OptlabReport
import OptlabResults
import Subprocess
import Testing

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

@Suite("Paths: every one is taken, made and found as it is")
struct PathTests {
  /// Names that something between here and the file may take for more than a name.
  static let names = ["my rep", "a%20b", "100%", "#1?x=2;y", "ü \u{65E5}", "it's", "a'b\"c$d"]

  @Test("No path in the tree is percent-encoded: another file than the one that was meant")
  func sources() throws {
    var found: [String] = []
    for folder in ["Sources", "Plugins", "Tests", "Contestants", "Package.swift"] {
      let root = Plugins.root.appending(path: folder).path(percentEncoded: false)
      let files =
        folder.hasSuffix(".swift")
        ? [root]
        : try FileManager.default.subpathsOfDirectory(atPath: root).map { "\(root)/\($0)" }
      for file in files where file.hasSuffix(".swift") && !file.hasSuffix("/PathTests.swift") {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        // Searching all lines with a pattern takes ten seconds.
        guard text.utf8.contains(".path(".utf8) || text.utf8.contains(".absoluteString".utf8)
        else { continue }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated()
        where line.contains(/\.path\((percentEncoded: true)?\)|\.absoluteString\b.*(file|path)/) {
          found.append("\(file):\(number + 1): \(line)")
        }
      }
    }
    #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
  }

  @Test("Folders and files by any name", arguments: names)
  func commands(_ name: String) async throws {
    let record = try await RewrittenRun.record(of: RewrittenRun.shape.value) { _ in 1 }
    try await Plugins.withFolder { parent in
      let folder = "\(parent)/\(name)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
      func run(_ arguments: [String]) async throws {
        let output = try await BuiltHarness.run(arguments, in: folder)
        #expect(output.code == 0, "\(output)")
      }
      let (first, result, page) = ("\(name) first.json", "\(name).json", "\(name) page")
      try ResultFile([record]).write(to: "\(folder)/\(first)")
      try await run(["merge", first, "--output", result])
      try await run(["report", result, "--output", page])
      try await run(["report", result, "--output", "\(folder)/\(page)/"])
      try await run(["export", result, "--format", "csv", "--output", "\(name).csv"])
      try await run(["history", folder, "--svg", "\(name).svg"])
      try Data("main;a 1\n".utf8).write(
        to: URL(filePath: folder).appending(path: "\(name).folded"))
      try await run([
        "profile", "--diff", "\(name).folded", "\(name).folded", "--output", "\(name) profiles",
      ])
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(
        names
          == [
            first, result, page, "\(name).csv", "\(name).svg", "\(name).folded", "\(name) profiles",
          ].sorted())
      #expect(try FileManager.default.contentsOfDirectory(atPath: parent) == [name])
    }
  }

  @Test(
    "Plugins and payloads by any name, and a line that repeats their failure in a shell", .long,
    .enabled("the plugins of these tests use AES-NI") { Plugins.canRun },
    .enabled("no cc here") { await Plugins.hasCompiler },
    arguments: ["my rep", "a'b\"c$d"])
  func plugins(_ name: String) async throws {
    try await Plugins.withLibraries(["WRONG_AT_4097"]) { parent in
      let folder = "\(parent)/\(name)"
      let manager = FileManager.default
      try manager.createDirectory(atPath: folder, withIntermediateDirectories: false)
      try manager.moveItem(
        atPath: "\(parent)/WRONG_AT_4097.so", toPath: "\(folder)/\(name).so")
      let output = try await BuiltHarness.run(
        ["check", "\(name).so"], environment: ["OPTLAB_MASK": "", "FAULT": "WRONG_AT_4097"],
        in: folder)
      #expect(output.code == 1, "\(output)")
      let line = try #require(
        output.stdout.split(separator: "\n").first { $0.hasPrefix("Again: ") })
      let repeated = "export FAULT=WRONG_AT_4097\n" + line.dropFirst("Again: ".count)
      try await BuiltHarness.shell(repeated, in: folder) { again, _ in
        #expect(again == output)
      }
    }
  }

  @Test(
    "The NASM tool assembles what lies in a folder of any name", .enabled(if: nasm != nil),
    arguments: names)
  func assembly(_ name: String) async throws {
    try await Plugins.withFolder { parent in
      let folder = "\(parent)/\(name)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
      let text = """
        %include "part.inc"
        bits 64
        section .text
        global f:function (f.end - f)
        f: endbr64
        mov eax, VALUE
        ret
        f.end:
        """
      try Data(text.utf8).write(to: URL(filePath: folder).appending(path: "\(name).asm"))
      try Data("%define VALUE 5\n".utf8).write(
        to: URL(filePath: folder).appending(path: "part.inc"))
      let result = try await Subprocess.run(
        .path(FilePath(try #require(Self.nasm))),
        arguments: ["\(folder)/\(name).asm", "\(folder)/\(name).S"],
        output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
      #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
      let made = try String(contentsOfFile: "\(folder)/\(name).S", encoding: .utf8)
      #expect(made.contains("\nf:\n"))
    }
  }

  /// The tool as it was built for this package, where there are tools for this CPU.
  private static let nasm = ["nasm-object-tool", "nasm-object"].map {
    BuiltHarness.folder.appending(path: $0).path(percentEncoded: false)
  }.first { FileManager.default.isExecutableFile(atPath: $0) }
}
