import Foundation

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabCPU
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabProfile
@testable import OptlabReport
@testable import OptlabResults
@testable import OptlabStatistics

/// Runs with figures that nobody measured, in the shape of one that the built harness took of this
/// machine: a test chooses the figures, so no load of the machine is in them.
enum RewrittenRun {
  /// One round of three rows of AES at two message sizes: 12 rows.
  static let shape = Task {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "optlab-shape-\(UUID().uuidString).json").path(percentEncoded: false)
    defer { try? FileManager.default.removeItem(atPath: file) }
    let output = try await BuiltHarness.run([
      "--impl", "swift-table,openssl,memcpy", "--workload", "aes", "--size", "16,8KiB", "--plan",
      "once", "--cycles", "ns", "--output", file,
    ])
    guard output.code == 0 else { throw BuiltHarness.Abnormal(description: output.stderr) }
    return try ResultFile.read(file).records[0]
  }

  /// A run whose rows cost what `level` says, in nine blocks that differ by `spread`.
  ///
  /// - Parameters:
  ///   - level: of a row, by its place: 1 is a tenth of a millisecond a call; nil makes it fail.
  ///   - shape: what is rewritten.
  static func record(
    spread: Double = 0.001, of shape: RunRecord, level: (Int) -> Double? = { _ in 1 }
  ) -> RunRecord {
    var record = shape
    record.runs = [RunRecord.newIdentity()]
    // The same in every run, but not the same in every row.
    let pattern = [0.3, -0.8, 0.1, 1, -0.4, 0.6, -1, 0.2, -0.1]
    let quiet = ProbeReading(chain: 12_288, sentinel: 12_000, cpu: 1, preemptions: 7)
    for index in record.run.rows.indices {
      guard case .measured(var measurement) = record.run.rows[index].outcome else { continue }
      guard let level = level(index) else {
        record.run.rows[index].outcome = .failed(
          Mismatch(check: "a vector", summary: "byte 3 is 0x00, expected 0x01"))
        continue
      }
      measurement.samples = (0..<27).map { round in
        let block = round / 3
        let ticks = 1e5 * level * (1 + spread * pattern[(block + index) % pattern.count])
        return Sample(
          round: round, block: block, callsPerSlice: 1,
          slices: [Slice(ticks: ticks, before: quiet, after: quiet, flags: [])])
      }
      measurement.planned = 27
      measurement.callsPerSlice = 1
      measurement.ticksPerSecond = 1e9
      record.run.rows[index].outcome = .measured(measurement)
      // Below each of these costs.
      record.run.rows[index].limit = Limit(name: "synthetic", costPerUnit: 0.5)
    }
    record.run.calibration.ticksPerSecond = 1e9
    return record
  }
}
