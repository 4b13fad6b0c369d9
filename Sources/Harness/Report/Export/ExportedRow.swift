import OptlabBasics
import OptlabLab
import OptlabMeasure
import OptlabResults

/// A measured row of a file, as every export has it.
struct ExportedRow {
  /// `aes-128-ctr/8KiB/c-aesni`; in a file of several runs comes first what tells the
  /// runs apart: the machine, where need be with cycle source, mask and commit. No name is there twice.
  var name: String
  var row: RunResult.Row
  var measurement: Measurement
  var record: RunRecord

  /// What its cost is counted in.
  var unit: WorkUnit { record.run.unit(row.address.workload) }
  /// `cycles/byte`.
  var costUnit: String { measurement.source.cost(of: unit) }

  /// The measured rows of a file, in its order.
  ///
  /// - Parameter matching: whether an address is wanted.
  static func all(
    _ file: ResultFile, matching isWanted: (Address) -> Bool = { _ in true }
  ) -> [ExportedRow] {
    let machines = RunRecord.names(of: file.records) {
      "\($0.machine.name)-\($0.machine.id.prefix(4))"
    }
    return zip(file.records, machines).flatMap { record, machine in
      record.run.rows.compactMap { row in
        guard let measurement = row.measurement, isWanted(row.address) else { return nil }
        return ExportedRow(
          name: (file.records.count > 1 ? machine + "/" : "") + row.address.description, row: row,
          measurement: measurement, record: record)
      }
    }
  }

  /// Seconds a call, one value a sample that counts, by the layout of the buffers.
  var secondsByBlock: [(block: Int, seconds: [Double])] {
    let samples = measurement.counted
    return samples.map(\.block).uniqued(by: \.self).map { block in
      let seconds = samples.filter { $0.block == block }.map {
        $0.ticksPerCall / measurement.ticksPerSecond
      }
      return (block, seconds)
    }
  }
}
