import Foundation
import Testing

@Suite("Cycle sources of the built harness")
struct CycleSourceCommandTests {
  @Test("Where perf_event_open is refused, asking for the counter is an error with the remedy")
  func refusedCounter() async throws {
    let output = try await BuiltHarness.run(
      ["--cycles", "pmu", "--impl", "openssl", "--size", "16", "--plan", "once"],
      wrapper: "refuse-perf")
    #expect(output.code == 64)
    #expect(output.stdout.isEmpty)
    #expect(output.stderr.contains("'pmu' is not to be had here"))
    #expect(output.stderr.contains("Permission denied"))
    #expect(output.stderr.contains("perf_event_paranoid"))
  }

  @Test("Where perf_event_open is refused, everything else still answers with a lesser label")
  func lesserLabel() async throws {
    let output = try await BuiltHarness.run(
      ["--impl", "openssl", "--workload", "aes-128-ctr", "--size", "16", "--plan", "once"],
      wrapper: "refuse-perf")
    #expect(output.code == 0, "\(output.stderr)")
    #expect(output.stdout.contains("openssl"))
    #expect(!output.stdout.contains("(pmu)"))
    // Which CPU was asked, and why.
    #expect(output.stdout.contains(/pinned to CPU \d+,.* the (last|only) one allowed/))
    let report = try await BuiltHarness.run(["--cpu-report"], wrapper: "refuse-perf")
    #expect(report.code == 0)
    #expect(report.stdout.contains(/asked +CPU \d+,.* the (last|only) one allowed/))
  }

  @Test("Each source that any machine has can be forced", arguments: ["ns"])
  func forced(source: String) async throws {
    let output = try await BuiltHarness.run([
      "--cycles", source, "--impl", "openssl", "--workload", "aes-128-ctr", "--size", "16",
      "--plan", "once",
    ])
    #expect(output.code == 0, "\(output.stderr)")
    #expect(output.stdout.contains("(\(source))"))
  }
}
