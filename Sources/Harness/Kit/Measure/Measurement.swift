/// All samples of one implementation and case, and what they say.
public struct Measurement: Sendable, Codable {
  /// In the order of the rounds, clean or not.
  public var samples: [Sample]
  /// How many samples were planned; a noisy run takes more.
  public var planned: Int
  /// The samples of which the figures are made: the clean ones, or all where those are fewer than
  /// half of what was planned.
  public var counted: [Sample] {
    let clean = samples.filter(\.isClean)
    return isContended ? samples : clean
  }
  public var callsPerSlice: Int
  /// Bytes of text encrypted, or of JSON written, in one call.
  public var bytesPerCall: Int
  public var source: CycleSource
  /// Ticks a second of the time stamps.
  public var ticksPerSecond: Double

  /// What a call costs in each sample that counts, in the unit of `source`.
  public var costPerCall: [Double] {
    counted.map { sample in
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

  /// The same over every slice of every sample, dirty or not: the figure without any choice, in the
  /// unit of `source`.
  public var rawCostPerByte: Double {
    let costs = samples.map { sample in
      switch source {
      case .pmu, .calibrated: sample.rawTicksPerCall * sample.cyclesPerTick
      case .reference: sample.rawTicksPerCall
      case .nanoseconds: sample.rawTicksPerCall / ticksPerSecond * 1e9
      }
    }
    return OrderStatistics(costs).median / Double(bytesPerCall)
  }

  public var secondsPerCall: OrderStatistics {
    OrderStatistics(counted.map { $0.ticksPerCall / ticksPerSecond })
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

  /// Whether the figures had to be made of dirty slices.
  public var isContended: Bool { samples.count(where: \.isClean) * 2 < planned }
}
