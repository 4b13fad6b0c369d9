import Foundation
import TestSupport

import struct OptlabMeasure.Measurement

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabCPU
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabResults

/// Results that nobody measured, with figures that a test chose.
enum SyntheticRun {
  static let quiet = ProbeReading(chain: 1000, sentinel: 976, cpu: 0, preemptions: 7)

  /// - Parameters:
  ///   - costs: ticks a call of each slice, by sample.
  ///   - block: of a sample, by its round.
  static func measurement(
    _ costs: [[Double]], bytes: Int = 1024, block: (Int) -> Int = { $0 / 3 }
  ) -> OptlabMeasure.Measurement {
    let samples = costs.enumerated().map { round, ticks in
      Sample(
        round: round, block: block(round), callsPerSlice: 1,
        slices: ticks.map { Slice(ticks: $0, before: quiet, after: quiet, flags: []) })
    }
    return OptlabMeasure.Measurement(
      samples: samples, planned: costs.count, callsPerSlice: 1, unitsPerCall: bytes,
      source: .calibrated, ticksPerSecond: 1e9)
  }

  static func row(
    _ address: (workload: String, case: String, implementation: String),
    _ outcome: RunResult.Outcome, limit: Limit? = nil
  ) -> RunResult.Row {
    RunResult.Row(
      address: Address(
        workload: address.workload, case: address.case, implementation: address.implementation),
      language: "C", remarks: [], outcome: outcome, limit: limit)
  }

  static func record(_ rows: [RunResult.Row]) throws -> RunRecord {
    var run = RunResult(
      seed: 7,
      calibration: Calibration(
        cyclesPerTick: 1.42, relativeError: 0.0001, ticksPerSecond: 1e9, overheadTicks: 26),
      source: .calibrated, plan: .standard)
    run.rows = rows
    run.complete(by: WorkloadList.house.workloads.map(\.facts))
    run.cpu = 1
    run.elapsed = 1.5
    run.unitLimits = [Limit(name: "aesenc xmm", costPerUnit: 0.0312)]
    run.refusals = [(.pmu, "no counter")]
    let report = CPUReport(leaves: try Recording.leaves(Recording.names[0]), environment: nil)
    return RunRecord(
      started: Date(timeIntervalSince1970: 1_790_000_000), machine: Machine(report),
      cpuReport: report,
      build: BuildRecord(
        isSwiftOptimised: true, isCOptimised: true, swift: "6.3", cCompiler: "Clang 21.0.0"),
      libraries: ["openssl": "OpenSSL 3.0"],
      commit: GitCommit(hash: String(repeating: "0", count: 40), isModified: false),
      arguments: ["--quick"], run: run)
  }

  /// A row of every outcome.
  static func everyOutcome() throws -> RunRecord {
    let aes = "aes-128-ctr"
    return try record([
      row(
        (aes, "1KiB", "swift-table"), .measured(measurement([[2000, 2010], [2020, 2000]])),
        limit: Limit(name: "aesenc xmm", costPerUnit: 0.3)),
      row(
        (aes, "1KiB", "c-wrong"),
        .failed(Mismatch(check: "a", summary: "b \"c\" <d>", offset: 3, detail: "e\nf"))),
      row((aes, "1KiB", "c-vaes512"), .ineligible(reason: "lacks vaes")),
      row((aes, "1KiB", "c-poor"), .unprepared(reason: "out of memory")),
    ])
  }
}
