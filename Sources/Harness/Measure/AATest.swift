import OptlabStatistics

/// Does the method see what is there, and nothing else? One kernel against itself, and against
/// itself with a known slowdown, many times over.
public struct AATest: Sendable, Codable {
  /// Comparisons of the kernel with itself.
  public var comparisons = 0
  /// Those that were called faster or slower: false alarms.
  public var different = 0
  /// Those where the known slowdown was called slower.
  public var found = 0
  public var unstable = 0
  /// Ratio of each comparison with itself, and with the slowdown.
  public var ratios: [Double] = []
  public var slowdownRatios: [Double] = []
  /// The slowdown as the call counts made it.
  public var slowdown = 0.0
  /// The share of slices that were clean.
  public var cleanShare = 0.0

  private var slices = 0
  private var cleanSlices = 0

  private enum CodingKeys: String, CodingKey {
    case comparisons, different, found, unstable, ratios, slowdownRatios, slowdown, cleanShare
  }

  public init() {}

  /// The same kernel with more calls than it was asked for.
  private final class Slowed: PreparedCase {
    let base: any PreparedCase
    let share: Double
    var unitsPerCall: Int { base.unitsPerCall }
    private(set) var asked = 0
    private(set) var made = 0

    init(_ base: any PreparedCase, share: Double) {
      self.base = base
      self.share = share
    }

    func run(_ calls: Int) {
      let more = calls + Int((Double(calls) * share).rounded())
      asked += calls
      made += more
      base.run(more)
    }
  }

  /// - Parameters:
  ///   - kernel: prepares the kernel under test; `company` the rows measured beside it.
  ///   - share: the known slowdown, 0.02 for two per cent.
  public mutating func run(
    comparisons count: Int, kernel: @escaping (Int) throws -> any PreparedCase,
    company: [Contestant], share: Double = 0.02, sampler: Sampler,
    progress: (Int) -> Void = { _ in }
  ) throws {
    var asked = 0
    var made = 0
    for index in 0..<count {
      progress(index)
      var slowed: Slowed?
      let contestants =
        [
          Contestant(id: "kernel", prepare: kernel),
          Contestant(id: "again", prepare: kernel),
          Contestant(id: "slowed") { layout in
            let prepared = Slowed(try kernel(layout), share: share)
            slowed = prepared
            return prepared
          },
        ] + company
      let measured = try sampler.measure(contestants)
      asked += slowed?.asked ?? 0
      made += slowed?.made ?? 0
      let same = PairedComparison(measured[0], measured[1])
      let slower = PairedComparison(measured[0], measured[2])
      comparisons += 1
      ratios.append(same.ratio)
      slowdownRatios.append(slower.ratio)
      switch same.verdict() {
      case .faster, .slower: different += 1
      case .unstable: unstable += 1
      case .same: break
      }
      if slower.verdict() == .slower { found += 1 }
      for sample in measured.flatMap(\.samples) {
        slices += sample.slices.count
        cleanSlices += sample.slices.count(where: \.isClean)
      }
    }
    slowdown = asked == 0 ? 0 : Double(made) / Double(asked) - 1
    cleanShare = slices == 0 ? 0 : Double(cleanSlices) / Double(slices)
  }
}
