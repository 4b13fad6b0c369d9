import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabExternal
import OptlabJSON
import OptlabLab
import OptlabMeasure
import OptlabReport
import TestSupport
import Testing

@Suite("A kernel that is wrong gets no figure")
struct FailingRowTests {
  private func result(of implementations: [Implementation]) throws -> RunResult {
    let selection = try Selection(
      workloads: [AESWorkload.aes128], cases: [.message(bytes: 64)],
      implementations: implementations)
    return Lab(seed: 7).run(
      selection, plan: .once,
      source: try CycleSourceChoice(forced: .nanoseconds, selfTest: nil),
      calibration: .measure(seconds: 0.001))
  }

  @Test("One wrong round constant: a FAIL row with the first differing byte, and no figure")
  func wrongRoundConstant() throws {
    let wrong = try #require(WrongKernel.all.first { $0.kernel.id == "one wrong round constant" })
    let result = try result(of: [.aes(wrong.kernel), .aes(WrongKernel.honest)])

    #expect(result.failures.map(\.row.address.implementation) == [wrong.kernel.id])
    #expect(result.rows[0].measurement == nil)
    #expect(result.rows[1].measurement != nil, "the others are measured all the same")

    let lines = result.tables().split(separator: "\n")
    let row = try #require(lines.first { $0.hasPrefix(wrong.kernel.id) })
    #expect(row.contains("FAIL  byte 0 is 0x"))
    #expect(row.contains("expected 0x87"))
    #expect(row.contains("SP 800-38A F.5.1"))
  }

  @Test("An implementation that cannot run here is a row that says why")
  func ineligible() throws {
    var implementation = Implementation.aes(WrongKernel.honest)
    implementation.required = FeatureSet.every.subtracting(.detected)
    try #require(!implementation.required.isEmpty, "this CPU has every feature there is")
    let result = try result(of: [implementation])
    #expect(result.failures.isEmpty)
    #expect(result.tables().contains("not run: lacks "))
  }
}

@Suite("Every benchmark runs, one iteration each")
struct EveryCaseOnceTests {
  @Test(arguments: AESWorkload.all)
  func once(workload: AESWorkload) throws {
    let sizes = AESInput.standardCases.filter {
      if case .message(let bytes) = $0.input as? AESInput { bytes <= 1 << 20 } else { true }
    }
    let selection = try Selection(
      workloads: [workload], cases: sizes)
    // Those that can run here are verified by tests of their own.
    var excluded: Lab.Exclusions = [:]
    for implementation in WorkloadList.house.implementations {
      if let obstacle = implementation.obstacle() {
        excluded["\(workload.id)/\(implementation.id)"] = .ineligible(reason: obstacle)
      }
    }
    let result = Lab(seed: 7).measure(
      selection, excluded: excluded, plan: .once,
      source: try CycleSourceChoice(forced: .nanoseconds, selfTest: nil),
      calibration: .measure(seconds: 0.001))
    #expect(result.failures.isEmpty)
    #expect(result.rows.contains { $0.measurement != nil })
    for row in result.rows {
      if case .unprepared(let reason) = row.outcome { Issue.record("\(row.address): \(reason)") }
      if let measurement = row.measurement {
        #expect(measurement.throughput > 0 && measurement.throughput.isFinite, "\(row.address)")
      }
    }
  }
}
