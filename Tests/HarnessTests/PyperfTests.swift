import Foundation
import OptlabAES
import OptlabBasics
import OptlabExternal
import OptlabJSON
import OptlabLab
import OptlabMeasure
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

/// pyperf itself, in a virtual environment that `make test-setup` makes: tests need no network.
private enum Pyperf {
  static let python = URL(filePath: #filePath)
    .appending(path: "../../../.build/pyperf/bin/python3").standardized.path(percentEncoded: false)

  static let isThere = FileManager.default.isExecutableFile(atPath: python)

  /// What a program prints, or nil where it fails.
  static func run(_ program: String, _ arguments: [String]) async -> String? {
    let executable: Executable =
      program.contains("/") ? .path(FilePath(program)) : .name(program)
    let result = try? await Subprocess.run(
      executable, arguments: Arguments(arguments), output: .string(limit: 1 << 22),
      error: .discarded)
    guard let result, result.terminationStatus.isSuccess else { return nil }
    return result.standardOutput
  }
}

@Suite(
  "pyperf reads what is exported for it",
  .enabled(if: Pyperf.isThere, "pyperf is not installed: make test-setup"))
struct PyperfTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "optlab-pyperf-\(UUID().uuidString)")

  @Test("show, stats, check and compare_to: the same direction, and the same ratio within 1 %")
  func reads() async throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let shape = try await RewrittenRun.shape.value
    // Two milliseconds a call; then one row a tenth slower, and another a fifth faster.
    let before = RewrittenRun.record(of: shape) { _ in 20 }
    let after = RewrittenRun.record(of: shape) { $0 == 1 ? 22 : $0 == 4 ? 16 : 20 }
    let (old, new) = (
      folder.appending(path: "old.json").path(percentEncoded: false),
      folder.appending(path: "new.json").path(percentEncoded: false)
    )
    try ResultFile([before]).write(to: old)
    try ResultFile([after]).write(to: new)
    for path in [old, new] {
      let export = try await BuiltHarness.run([
        "export", path, "--format", "pyperf", "--output", path + ".pyperf",
      ])
      #expect(export.code == 0, "\(export.stderr)")
      for command in ["show", "stats", "check"] {
        #expect(
          await Pyperf.run(Pyperf.python, ["-m", "pyperf", command, path + ".pyperf"]) != nil)
      }
    }
    let comparison = try #require(
      await Pyperf.run(
        Pyperf.python, ["-m", "pyperf", "compare_to", old + ".pyperf", new + ".pyperf"]))
    #expect(comparison.contains("1.10x slower"), "\(comparison)")
    #expect(comparison.contains("1.25x faster"), "\(comparison)")
    let means = """
      import pyperf, sys
      old, new = (pyperf.BenchmarkSuite.load(path) for path in sys.argv[1:])
      for one in new:
          print(one.get_name(), one.mean() / old.get_benchmark(one.get_name()).mean())
      """
    let ratios = try #require(
      await Pyperf.run(Pyperf.python, ["-c", means, old + ".pyperf", new + ".pyperf"]))
    #expect(ratios.split(separator: "\n").count == before.run.rows.count)
    for line in ratios.split(separator: "\n") {
      let words = line.split(separator: " ")
      func median(_ record: RunRecord) throws -> Double {
        let row = try #require(
          record.run.rows.first { $0.address.description == words[0] })
        return try #require(row.measurement).costPerUnit.median
      }
      let own = try median(after) / median(before)
      #expect(abs(try #require(Double(words[1])) / own - 1) < 0.01, "\(line)")
    }
  }
}
