import Foundation
import Subprocess
import Testing

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// Documentation/BringYourOwnKernel.md, word for word.
@Suite(
  "The steps of BringYourOwnKernel.md",
  .enabled("the template uses AES-NI") { Plugins.canRun },
  .enabled("no cc here") { await Plugins.hasCompiler })
struct BringYourOwnKernelTests {
  private static func blocks(_ language: String) throws -> [String] {
    let page = try String(
      contentsOf: Plugins.root.appending(path: "Documentation/BringYourOwnKernel.md"),
      encoding: .utf8)
    return page.components(separatedBy: "\n```\(language)\n").dropFirst()
      .compactMap { $0.components(separatedBy: "\n```\n").first.map { $0 + "\n" } }
  }

  /// Numbers that differ from one time to the next.
  private static func withoutNumbers(_ text: String) -> String {
    text.replacing(#/seed \d+/#, with: "seed N").replacing(#/\d+ checks/#, with: "N checks")
  }

  @Test func theTemplateCompilesLoadsAndPasses() async throws {
    try await Plugins.withFolder { folder in
      let manager = FileManager.default
      for name in ["Sources", "Contestants"] {
        try manager.createSymbolicLink(
          atPath: folder + "/" + name,
          withDestinationPath: Plugins.root.appending(path: name).path(percentEncoded: false))
      }
      // The build of these tests stands in for the one that 'swift run' would make.
      try manager.createDirectory(
        atPath: folder + "/bin", withIntermediateDirectories: false)
      let harness = BuiltHarness.folder.appending(path: "harness").path(percentEncoded: false)
      try """
      #!/bin/sh
      [ "$1 $2" = "run harness" ] || { echo "swift $*: not a step that is known" >&2; exit 64; }
      shift 2
      # What the page measures is run here, and not judged.
      case "$1" in -*) set -- "$@" --plan once ;; esac
      exec "\(harness)" "$@"

      """.write(toFile: folder + "/bin/swift", atomically: true, encoding: .utf8)
      try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/bin/swift")

      var outputs: [String] = []
      // The steps come first; what is behind them shows something else.
      let steps = try Self.blocks("console").prefix(3)
      try #require(steps.count == 3 && steps[2].contains("--plugin mine/"))
      for step in steps {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let result = try await Subprocess.run(
          .name("sh"), arguments: ["-e", "-c", step],
          environment: .inherit.updating(["PATH": "\(folder)/bin:\(path)", "OPTLAB_MASK": ""]),
          workingDirectory: FilePath(folder),
          output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        try #require(
          result.terminationStatus.isSuccess,
          "\(step)\(result.standardOutput)\(result.standardError)")
        outputs.append(result.standardOutput)
      }
      let shown = try #require(try Self.blocks("text").first)
      #expect(Self.withoutNumbers(outputs[1]) == Self.withoutNumbers(shown))
      let rows = outputs[2].split(separator: "\n").filter { $0.hasPrefix("my-kernel:c-example ") }
      #expect(rows.count == 2, "\(outputs[2])")
      #expect(rows.allSatisfy { !$0.contains("FAIL") })
    }
  }
}
