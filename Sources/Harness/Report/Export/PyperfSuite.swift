import Foundation
import OptlabBasics
import OptlabStatistics

/// A suite of pyperf, format version 1.0, as pyperf 2.10 reads it: a benchmark is a row, a run is one
/// layout of the buffers, a value is a sample that counts, in seconds a call.
struct PyperfSuite: Encodable {
  /// Numbers, and strings of one line that are not empty; pyperf refuses others.
  enum Metadatum: Encodable, ExpressibleByStringLiteral {
    case text(String)
    case integer(Int)
    case number(Double)

    init(stringLiteral value: String) { self = .text(value) }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .text(let text):
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        try container.encode(line.isEmpty ? "-" : line)
      case .integer(let value): try container.encode(value)
      case .number(let value): try container.encode(value)
      }
    }
  }

  struct Benchmark: Encodable {
    var metadata: [String: Metadatum]
    var runs: [Run]
  }

  struct Run: Encodable {
    var metadata: [String: Metadatum]
    var values: [Double]
  }

  var version = "1.0"
  var metadata: [String: Metadatum]
  var benchmarks: [Benchmark]

  init(_ rows: [ExportedRow]) {
    metadata = ["unit": "second"]
    benchmarks = rows.map { exported in
      let record = exported.record
      let measurement = exported.measurement
      // pyperf takes a value times its loops for the time that was measured.
      let slices = OrderStatistics(measurement.counted.map { Double($0.counted.count) }).median
      let loops = Int(
        clamping: Double(measurement.callsPerSlice) * max(1, slices.rounded(.down)))
      var metadata: [String: Metadatum] = [
        "name": .text(exported.name), "loops": .integer(loops),
        "implementation": .text(exported.row.address.implementation),
        "language": .text(exported.row.language),
        "optlab_cycle_source": .text(measurement.source.rawValue),
        "optlab_bytes_per_call": .integer(measurement.unitsPerCall),
        "optlab_cost_per_byte": .number(measurement.costPerUnit.median),
        "optlab_seed": .text("\(record.run.seed)"),
        "platform": .text(record.libraries["kernel"].map { "Linux \($0)" } ?? "Linux"),
        "cpu_model_name": .text(record.cpuReport.identity.brand ?? record.machine.name),
        "hostname": .text("\(record.machine.name)-\(record.machine.id)"),
      ]
      if measurement.isMarked {
        metadata["optlab_marks"] = .text(measurement.marks.joined(separator: ", "))
      }
      if let cpu = record.run.cpu { metadata["cpu_affinity"] = .text("\(cpu)") }
      for (name, version) in record.libraries { metadata["\(name)_version"] = .text(version) }
      if let commit = record.commit { metadata["commit_id"] = .text(commit.hash) }
      return Benchmark(
        metadata: metadata,
        runs: exported.secondsByBlock.map { block, seconds in
          Run(
            metadata: [
              "date": .text(Self.date(record.started)), "optlab_block": .integer(block),
            ], values: seconds)
        })
    }
  }

  /// Without a time zone, as pyperf wants it; UTC.
  private static func date(_ date: Date) -> String {
    let format = Date.VerbatimFormatStyle(
      format:
        "\(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits)",
      timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
    return date.formatted(format) + ".000000"
  }
}
