import Foundation
import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabJSON
import OptlabLab
import OptlabMeasure
import OptlabResults
import OptlabStatistics
import Testing

/// What only a quiet machine passes: all that is said here of measured time. Everything else of these
/// tests takes `--plan once`, or figures that nobody measured.
@Suite(
  "Measured time",
  .serialized,
  .enabled(
    if: ProcessInfo.processInfo.environment["OPTLAB_TIMING_TESTS"] == "1",
    "it judges measured time, for which the machine must be quiet: make test-timing"))
struct TimingTests {
  @Test("Loops of known cost come out whole")
  func selfTest() async throws {
    let output = try await BuiltHarness.run(["--self-test"])
    #expect(output.code == 0, "\(output.stdout)\(output.stderr)")
  }

  /// Exit code 0 also says that no row is faster than its limit.
  @Test(
    "A run is verified, beats no limit, and says so by exit code 0",
    arguments: [
      ["--quick", "--filter", "/(16B|8KiB)/(swift-table|memcpy)$|/SIMPLE/foundation$"],
      ["--workload", "aes-128-ctr", "--impl", "c-aesni,openssl", "--size", "1KiB,8KiB"],
      ["--impl", "openssl", "--size", "16"],
      ["--impl", "openssl", "--size", "16", "--cycles", "ns"],
      ["--impl", "swift-table,memcpy", "--size", "16,64", "--quick", "--report"],
    ])
  func beatsNoLimit(arguments: [String]) async throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "optlab-timing-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "run.json").path(percentEncoded: false)
    let output = try await BuiltHarness.run(
      arguments + ["--output", file], in: folder.path(percentEncoded: false))
    #expect(output.code == 0, "\(output.stderr)")
    let rows = try #require(try ResultFile.read(file).records.first).run.rows
    #expect(!rows.isEmpty)
    for row in rows {
      let measurement = try #require(row.measurement, "\(row.address)")
      #expect(!measurement.isContended, "\(row.address) is made of disturbed slices")
    }
  }

  @Test("Rows of plugins too", .enabled("needs AES-NI and cc") { await Plugins.canBeTried })
  func plugin() async throws {
    try await Plugins.withLibraries(["NONE"]) { folder in
      let output = try await BuiltHarness.run(
        ["--plugin", "NONE.so", "--workload", "aes-128-ctr", "--size", "8KiB", "--quick"],
        in: folder)
      #expect(output.code == 0, "\(output.stderr)")
    }
  }

  @Test("--live: both are measured well enough to be compared")
  func live() async throws {
    let output = try await BuiltHarness.run([
      "compare", "--live", "--impl", "swift-table,openssl", "--size", "8KiB", "--workload",
      "aes-128-ctr", "--time", "2",
    ])
    #expect(output.code == 0, "\(output.stderr)")
    #expect(output.stdout.contains("1 cases: 1 faster"))
  }
}
