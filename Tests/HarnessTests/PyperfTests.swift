import Foundation
import HarnessKit
import Subprocess
import Testing

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// pyperf itself, in a virtual environment of these tests, which stays in the build's folder.
private enum Pyperf {
  private static let folder = BuiltHarness.folder.appending(path: "pyperf-environment").path()
  static let python = folder + "/bin/python3"

  /// Why it cannot be had, or nil.
  static func obstacle() async -> String? {
    if await run(python, ["-m", "pyperf", "--version"]) != nil { return nil }
    guard await run("python3", ["-m", "venv", folder]) != nil else {
      return "python3 -m venv fails here (Debian: apt-get install python3-venv)"
    }
    let arguments = ["-m", "pip", "install", "--quiet", "pyperf>=2.10,<3"]
    return await run(python, arguments) == nil ? "pip cannot install pyperf here" : nil
  }

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

@Suite("pyperf reads what is exported for it")
struct PyperfTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "optlab-pyperf-\(UUID().uuidString)")

  @Test("show, stats, check and compare_to: the same direction, and the same ratio within 1 %")
  func reads() async throws {
    if let obstacle = await Pyperf.obstacle() {
      print("skipped: pyperf reads what is exported for it: \(obstacle)")
      return
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let old = folder.appending(path: "old.json").path()
    let output = try await BuiltHarness.run([
      "--impl", "c-aesni,openssl", "--workload", "aes-128-ctr", "--size", "1KiB,8KiB",
      "--output", old,
    ])
    #expect(output.code == 0, "\(output.stderr)")
    // The same run with one row a tenth slower, and another a fifth faster.
    var file = try ResultFile.read(old)
    let factors = ["8KiB/openssl": 1.1, "1KiB/openssl": 0.8]
    for index in file.records[0].run.rows.indices {
      let address = file.records[0].run.rows[index].address
      guard case .measured(var measurement) = file.records[0].run.rows[index].outcome,
        let factor = factors["\(address.case)/\(address.implementation)"]
      else { continue }
      for sample in measurement.samples.indices {
        for slice in measurement.samples[sample].slices.indices {
          measurement.samples[sample].slices[slice].ticks *= factor
        }
      }
      file.records[0].run.rows[index].outcome = .measured(measurement)
    }
    let new = folder.appending(path: "new.json").path()
    try file.write(to: new)
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
    let before = try ResultFile.read(old).records[0].run.rows
    for line in ratios.split(separator: "\n") {
      let words = line.split(separator: " ")
      let row = try #require(
        file.records[0].run.rows.first { $0.address.description == words[0] })
      let (was, now) = try (
        #require(before.first { $0.address == row.address }?.measurement),
        #require(row.measurement)
      )
      let own = now.costPerByte.median / was.costPerByte.median
      #expect(abs(try #require(Double(words[1])) / own - 1) < 0.01, "\(line)")
    }
    try FileManager.default.removeItem(at: folder)
  }
}
