import Foundation
import OptlabBasics
import OptlabCPU
import OptlabResults
import OptlabStatistics

/// What Google Benchmark prints as JSON: every sample that counts as a repetition, then their
/// aggregates.
///
/// Source: google/benchmark, docs/user_guide.md and src/json_reporter.cc.
struct GoogleBenchmarkOutput: Encodable {
  struct Context: Encodable {
    struct Cache: Encodable {
      var type: String
      var level: Int
      /// In bytes.
      var size: Int
      var numSharing: Int
    }

    var date: String
    var hostName: String
    var executable = "harness"
    var numCpus: Int
    var mhzPerCpu: Int
    var cpuScalingEnabled: Bool
    var caches: [Cache]
    var loadAvg: [Double] = []
    var libraryBuildType: String
  }

  struct Entry: Encodable {
    var name: String
    var familyIndex: Int
    var perFamilyInstanceIndex = 0
    var runName: String
    var runType: String
    var repetitions: Int
    var repetitionIndex: Int?
    var threads = 1
    var aggregateName: String?
    var aggregateUnit: String?
    /// What stands against the row: the reporter's own field for a benchmark's words about itself.
    var label: String?
    /// Calls in the sample; of an aggregate, the number of repetitions.
    var iterations: Int
    /// Nanoseconds a call; of the coefficient of variation, a share.
    var realTime: Double
    var cpuTime: Double
    var timeUnit = "ns"
    var bytesPerSecond: Double?
    /// The same for work that is counted in other units.
    var itemsPerSecond: Double?
    /// In the unit of the run's cycle source.
    var costPerByte: Double?
    var costPerItem: Double?
  }

  var context: Context
  var benchmarks: [Entry]

  init(_ rows: [ExportedRow]) {
    context = Context(rows[0].record)
    benchmarks = rows.enumerated().flatMap { Self.entries($0.element, family: $0.offset) }
  }

  private static func entries(_ exported: ExportedRow, family: Int) -> [Entry] {
    let measurement = exported.measurement
    let samples = measurement.counted
    let units = Double(measurement.unitsPerCall)
    let isBytes = exported.unit.isByte
    let times = samples.map { $0.ticksPerCall / measurement.ticksPerSecond * 1e9 }
    let costs = measurement.costPerCall.map { $0 / units }
    func entry(_ time: Double, iterations: Int, cost: Double) -> Entry {
      Entry(
        name: exported.name, familyIndex: family, runName: exported.name, runType: "iteration",
        repetitions: samples.count,
        label: measurement.isMarked ? measurement.marks.joined(separator: ", ") : nil,
        iterations: iterations, realTime: time, cpuTime: time,
        bytesPerSecond: isBytes ? units / time * 1e9 : nil,
        itemsPerSecond: isBytes ? nil : units / time * 1e9, costPerByte: isBytes ? cost : nil,
        costPerItem: isBytes ? nil : cost)
    }
    var entries = samples.indices.map { index in
      var one = entry(
        times[index],
        iterations: samples[index].callsPerSlice * samples[index].counted.count, cost: costs[index])
      one.repetitionIndex = index
      return one
    }
    guard samples.count > 1 else { return entries }
    func aggregate(_ name: String, _ time: Double, cost: Double, unit: String = "time") {
      var one = entry(time, iterations: samples.count, cost: cost)
      one.name += "_\(name)"
      one.runType = "aggregate"
      one.aggregateName = name
      one.aggregateUnit = unit
      if name == "stddev" || name == "cv" { (one.bytesPerSecond, one.itemsPerSecond) = (nil, nil) }
      entries.append(one)
    }
    let (time, cost) = (Moments(times), Moments(costs))
    aggregate("mean", time.mean, cost: cost.mean)
    aggregate("median", OrderStatistics(times).median, cost: OrderStatistics(costs).median)
    aggregate("stddev", time.deviation, cost: cost.deviation)
    aggregate(
      "cv", time.deviation / time.mean, cost: cost.deviation / cost.mean, unit: "percentage")
    return entries
  }

  /// For programs that expect them; Optlab's own figures are medians.
  private struct Moments {
    var mean: Double
    /// Of the population that the values are a sample of.
    var deviation: Double

    init(_ values: [Double]) {
      let mean = values.reduce(0, +) / Double(values.count)
      self.mean = mean
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      deviation = (squares / Double(values.count - 1)).squareRoot()
    }
  }
}

extension GoogleBenchmarkOutput.Context {
  init(_ record: RunRecord) {
    let report = record.cpuReport
    // Of the rows, as in a report.
    let hertz = record.run.coreHertz?.median ?? record.run.calibration.coreHertz
    date = record.started.formatted(.iso8601).replacing("Z", with: "+00:00")
    hostName = "\(record.machine.name)-\(record.machine.id)"
    numCpus = CPUList.numbers(report.environment.onlineCPUs ?? "0")?.count ?? 1
    mhzPerCpu = Int(clamping: (hertz / 1e6).rounded())
    cpuScalingEnabled = report.environment.governor.map { $0 != "performance" } ?? false
    caches = report.caches.map { cache in
      let type =
        switch cache.kind {
        case .data: "Data"
        case .instruction: "Instruction"
        case .unified: "Unified"
        }
      return Cache(
        type: type, level: cache.level, size: cache.bytes, numSharing: cache.sharedBy ?? 1)
    }
    libraryBuildType =
      record.build.isSwiftOptimised && record.build.isCOptimised ? "release" : "debug"
  }
}
