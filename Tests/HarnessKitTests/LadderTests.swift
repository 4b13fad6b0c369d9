import Testing

@testable import OptlabAES
@testable import OptlabLab
@testable import OptlabReport
@testable import OptlabResults

@Suite("Ladders")
struct LadderTests {
  /// - Parameter ns: of a call; the synthetic clock ticks once in a nanosecond.
  private func row(_ implementation: String, _ one: String, ns: Double, bytes: Int = 100)
    -> RunResult.Row
  {
    SyntheticRun.row(
      ("json-encode", one, implementation),
      .measured(SyntheticRun.measurement(Array(repeating: [ns], count: 6), bytes: bytes)))
  }

  @Test("From the slowest to the fastest, each with the factor from the one before")
  func ladder() throws {
    let record = try SyntheticRun.record([
      row("swift", "A", ns: 2000), row("memcpy", "A", ns: 1), row("python", "A", ns: 50_000),
      row("c", "A", ns: 12.5), row("half", "A", ns: 5),
      row("swift", "B", ns: 3e6), row("memcpy", "B", ns: 1),
      row("python", "B", ns: 6e9, bytes: 120),
      row("c", "B", ns: 4e6),
      SyntheticRun.row(("json-encode", "B", "half"), .unprepared(reason: "too slow")),
      SyntheticRun.row(("json-encode", "C", "half"), .unprepared(reason: "not asked for")),
    ])
    let ladders = record.run.ladders { $0.case != "C" }
    #expect(
      ladders.map(\.text) == [
        """
        json-encode, time of a call
        implementation  language         A   step         B   step
        python          C         50.00 us          6.000 s
        swift           C         2.000 us  25.0x  3.000 ms  2000x
        c               C         12.50 ns   160x  4.000 ms  0.75x
        python to c: A 4000x, B 1500x
        bytes a call of python: 120 instead of 100 in B
        without a figure in each case: half

        """
      ])
  }
}
