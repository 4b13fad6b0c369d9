/// In a file a sample's slices stand in columns, one array for each quantity: a tenth of the size,
/// and ready to be plotted.
extension Sample: Codable {
  private enum Key: String, CodingKey {
    case round, block
    case callsPerSlice = "calls"
    case ticks, counted, chain, sentinel, cpu, preemptions, dirty
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(round, forKey: .round)
    try container.encode(block, forKey: .block)
    try container.encode(callsPerSlice, forKey: .callsPerSlice)
    try container.encode(slices.map(\.ticks), forKey: .ticks)
    if slices.contains(where: { $0.counted != nil }) {
      try container.encode(slices.map(\.counted), forKey: .counted)
    }
    let probes = ProbeColumns(slices)
    try container.encode(probes.readings.map(\.chain), forKey: .chain)
    try container.encode(probes.readings.map(\.sentinel), forKey: .sentinel)
    try container.encode(Constant(probes.readings.map(\.cpu)), forKey: .cpu)
    try container.encode(Constant(probes.readings.map(\.preemptions)), forKey: .preemptions)
    var dirty: [String: [Int]] = [:]
    for (index, slice) in slices.enumerated() {
      for flag in slice.flags { dirty[flag.rawValue, default: []].append(index) }
    }
    if !dirty.isEmpty { try container.encode(dirty, forKey: .dirty) }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func invalid(_ key: Key, _ reason: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: container, debugDescription: reason)
    }
    round = try container.decode(Int.self, forKey: .round)
    block = try container.decode(Int.self, forKey: .block)
    callsPerSlice = try container.decode(Int.self, forKey: .callsPerSlice)
    guard callsPerSlice > 0 else { throw invalid(.callsPerSlice, "less than one call a slice") }
    let ticks = try container.decode([Double].self, forKey: .ticks)
    let counted =
      try container.decodeIfPresent([Double?].self, forKey: .counted)
      ?? Array(repeating: nil, count: ticks.count)
    let chain = try container.decode([Double].self, forKey: .chain)
    let sentinel = try container.decode([Double].self, forKey: .sentinel)
    guard !ticks.isEmpty, counted.count == ticks.count, chain.count == sentinel.count,
      chain.count == ticks.count + 1 || chain.count == 2 * ticks.count
    else { throw invalid(.chain, "the arrays of a sample do not fit together") }
    guard chain.allSatisfy({ $0 > 0 }) else { throw invalid(.chain, "not above 0") }
    let cpu = try container.decode(Constant<UInt32>.self, forKey: .cpu)
    let preemptions = try container.decode(Constant<UInt64>.self, forKey: .preemptions)
    guard let cpus = cpu.values(chain.count), let preempted = preemptions.values(chain.count)
    else { throw invalid(.cpu, "the arrays of a sample do not fit together") }
    let readings = chain.indices.map {
      ProbeReading(
        chain: chain[$0], sentinel: sentinel[$0], cpu: cpus[$0], preemptions: preempted[$0])
    }
    let probes = ProbeColumns(readings: readings, isChained: chain.count == ticks.count + 1)
    slices = ticks.indices.map { index in
      let (before, after) = probes[index]
      return Slice(
        ticks: ticks[index], counted: counted[index], before: before, after: after, flags: [])
    }
    let dirty = try container.decodeIfPresent([String: [Int]].self, forKey: .dirty) ?? [:]
    for flag in Slice.Flag.allCases {
      for index in dirty[flag.rawValue] ?? [] {
        guard slices.indices.contains(index) else {
          throw invalid(.dirty, "\(flag.rawValue) names slice \(index) of \(slices.count)")
        }
        slices[index].flags.append(flag)
      }
    }
  }
}

/// The probes of a sample's slices. The one after a slice is the one before the next, so that there
/// is one more than slices; where it is not, there are two for each slice.
private struct ProbeColumns {
  var readings: [ProbeReading]
  var isChained: Bool

  init(readings: [ProbeReading], isChained: Bool) {
    self.readings = readings
    self.isChained = isChained
  }

  init(_ slices: [Slice]) {
    isChained = zip(slices, slices.dropFirst()).allSatisfy { $0.after == $1.before }
    readings =
      isChained
      ? slices.prefix(1).map(\.before) + slices.map(\.after)
      : slices.flatMap { [$0.before, $0.after] }
  }

  subscript(_ index: Int) -> (before: ProbeReading, after: ProbeReading) {
    isChained
      ? (readings[index], readings[index + 1]) : (readings[2 * index], readings[2 * index + 1])
  }
}

/// A column that mostly holds one value: that value alone, or all of them.
private struct Constant<Value: Codable & Equatable>: Codable {
  private let column: [Value]

  init(_ values: [Value]) {
    column = values.allSatisfy { $0 == values.first } ? Array(values.prefix(1)) : values
  }

  /// The column's values for `count` probes; nil where it has another number of them.
  func values(_ count: Int) -> [Value]? {
    column.count == 1
      ? Array(repeating: column[0], count: count) : column.count == count ? column : nil
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let one = try? container.decode(Value.self) {
      column = [one]
    } else {
      column = try container.decode([Value].self)
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if column.count == 1 { try container.encode(column[0]) } else { try container.encode(column) }
  }
}
