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
import Testing

/// The plan by which tests run the harness: what it leaves out, no test of theirs can depend on.
@Suite("--plan once")
struct PlanOptionTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "optlab-plan-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// 8 KiB have limits in any other run: of the AES unit, and of copying.
  @Test("One sample of each row, no limit, and code 0", arguments: [[], ["--no-processes"]])
  func once(options: [String]) async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "run.json").path(percentEncoded: false)
    let output = try await BuiltHarness.run(
      [
        "--impl", "swift-table,memcpy", "--workload", "aes-128-ctr", "--size", "16,8KiB",
        "--plan", "once", "--output", file,
      ] + options)
    #expect(output.code == 0, "\(output.stderr)")
    let run = try #require(try ResultFile.read(file).records.first).run
    #expect(run.plan == .once)
    #expect(run.rows.count == 4)
    #expect(run.rows.allSatisfy { $0.measurement?.samples.count == 1 })
    #expect(run.rows.allSatisfy { $0.limit == nil })
    #expect(run.unitLimits.isEmpty)
  }

  @Test("The same plan without its name has limits")
  func limits() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "run.json").path(percentEncoded: false)
    let output = try await BuiltHarness.run([
      "--impl", "swift-table,memcpy", "--workload", "aes-128-ctr", "--size", "8KiB", "--quick",
      "--time", "0.01", "--no-processes", "--output", file,
    ])
    // What is faster than its limit is for `make test-timing` to say.
    #expect([0, 1].contains(output.code), "\(output.stderr)")
    let run = try #require(try ResultFile.read(file).records.first).run
    #expect(run.rows.count == 2)
    #expect(run.rows.allSatisfy { $0.measurement != nil })
    // One, or why a busy machine let none be known.
    #expect(run.rows.allSatisfy { ($0.limit == nil) != ($0.limitRefusal == nil) })
  }

  @Test("A cycle source that needs a passed self-test is taken on trust")
  func source() async throws {
    let output = try await BuiltHarness.run([
      "--impl", "swift-table", "--workload", "aes-128-ctr", "--size", "16", "--plan", "once",
      "--cycles", Plugins.canRun ? "tsc*cal" : "ns",
    ])
    #expect(output.code == 0, "\(output.stderr)")
    #expect(output.stdout.contains(Plugins.canRun ? "(tsc*cal)" : "(ns)"))
  }

  @Test("compare --live and aa-test take it too", .enabled("needs AES-NI") { Plugins.canRun })
  func otherCommands() async throws {
    let live = try await BuiltHarness.run([
      "compare", "--live", "--impl", "swift-table,openssl", "--size", "16", "--workload",
      "aes-128-ctr", "--plan", "once",
    ])
    // Of one round each nothing can be said, and that is said.
    #expect(live.code == 3, "\(live.stderr)")
    #expect(live.stdout.contains("aes-128-ctr/16B"))
    let test = try await BuiltHarness.run([
      "aa-test", "--comparisons", "2", "--size", "16", "--plan", "once", "--json",
    ])
    #expect(test.code == 0, "\(test.stderr)")
    #expect(test.stdout.contains("\"comparisons\" : 2"))
  }

  @Test("It is for no user: no help names it, and a time beside it is refused")
  func hidden() async throws {
    let help = try await BuiltHarness.run(["--help"])
    #expect(!help.stdout.contains("--plan"))
    for command in [["run"], ["compare", "--live", "--impl", "swift-table,openssl"]] {
      let output = try await BuiltHarness.run(command + ["--plan", "once", "--time", "1"])
      #expect(output.code == 64 && output.stdout.isEmpty)
      #expect(output.stderr.contains("--plan once takes one round whatever the time"))
    }
    let unknown = try await BuiltHarness.run(["--plan", "twice"])
    #expect(unknown.code == 64 && unknown.stderr.contains("twice"))
  }
}
