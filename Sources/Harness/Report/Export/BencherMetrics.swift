import OptlabStatistics

/// Bencher Metric Format: benchmark, then measure, then value and its bounds.
///
/// Source: Bencher's documentation, "Bencher Metric Format (BMF)".
struct BencherMetrics: Encodable {
  struct Metric: Encodable {
    var value: Double
    var lowerValue: Double?
    var upperValue: Double?
  }

  private var benchmarks: [String: [String: Metric]]

  init(_ rows: [ExportedRow]) {
    benchmarks = [:]
    for exported in rows {
      let measurement = exported.measurement
      let seconds = measurement.secondsPerCall
      let cost = measurement.costPerUnit
      func bounded(_ values: OrderStatistics, times factor: Double) -> Metric {
        let interval = values.medianInterval(confidence: 0.95)
        return Metric(
          value: values.median * factor, lowerValue: interval.map { $0.lowerBound * factor },
          upperValue: interval.map { $0.upperBound * factor })
      }
      // Bencher's own measures are `latency`, in nanoseconds, and `throughput`, in operations a
      // second.
      benchmarks[exported.name] = [
        "latency": bounded(seconds, times: 1e9),
        "throughput": Metric(value: 1 / seconds.median),
        exported.costUnit.replacing("/", with: "-per-"): bounded(cost, times: 1),
      ]
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(benchmarks)
  }
}
