/// All samples of one implementation and case, and what they say.
public struct Measurement: Sendable, Codable {
  public var samples: [Sample]
  public var callsPerSlice: Int
  /// Bytes of text encrypted, or of JSON written, in one call.
  public var bytesPerCall: Int
  public var source: CycleSource
  /// Ticks a second of the time stamps.
  public var ticksPerSecond: Double

  /// What a call costs in each sample, in the unit of `source`.
  public var costPerCall: [Double] {
    samples.map { sample in
      switch source {
      case .pmu: sample.countedPerCall ?? sample.ticksPerCall * sample.cyclesPerTick
      case .calibrated: sample.ticksPerCall * sample.cyclesPerTick
      case .reference: sample.ticksPerCall
      case .nanoseconds: sample.ticksPerCall / ticksPerSecond * 1e9
      }
    }
  }

  /// In the unit of `source`.
  public var costPerByte: OrderStatistics {
    OrderStatistics(costPerCall.map { $0 / Double(bytesPerCall) })
  }

  public var secondsPerCall: OrderStatistics {
    OrderStatistics(samples.map { $0.ticksPerCall / ticksPerSecond })
  }

  /// Half the width of the 95 % interval of the median, as a share of it; nil with too few samples.
  public var relativeHalfWidth: Double? {
    let cost = costPerByte
    return cost.medianInterval(confidence: 0.95).map {
      ($0.upperBound - $0.lowerBound) / 2 / cost.median
    }
  }

  /// Whether its median is known too badly to be compared with anything.
  public var isUnstable: Bool { (relativeHalfWidth ?? 0) > RunWarning.widestInterval }

  /// In bytes a second.
  public var throughput: Double { Double(bytesPerCall) / secondsPerCall.median }

  /// The share of slices that were clean.
  public var cleanShare: Double {
    let slices = samples.flatMap(\.slices)
    return Double(slices.count(where: \.isClean)) / Double(slices.count)
  }

  /// Whether some sample had to be taken from dirty slices.
  public var isContended: Bool { !samples.allSatisfy(\.isClean) }
}
