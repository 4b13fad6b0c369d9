/// Samples by call path, as in the text format of the FlameGraph scripts: a line a path, its frames
/// separated by semicolons, outermost first, then a blank and a number.
public struct FoldedStacks: Sendable, Equatable {
  /// A line that is none of the format's.
  public struct SyntaxError: Error, CustomStringConvertible {
    public var line: Int
    public var description: String {
      "line \(line) is no folded stack: frames separated by ';', a blank, a number"
    }
  }

  /// Number of samples of each path.
  public private(set) var counts: [[String]: Int] = [:]

  public init() {}

  public init(_ samples: some Sequence<StackSample>) {
    for sample in samples { add(sample.path) }
  }

  /// - Throws: ``SyntaxError``.
  public init(text: String) throws(SyntaxError) {
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.isEmpty {
      guard let blank = line.lastIndex(of: " "), blank != line.startIndex,
        let count = Int(line[line.index(after: blank)...]), count >= 0
      else { throw SyntaxError(line: index + 1) }
      add(
        line[..<blank].split(separator: ";", omittingEmptySubsequences: false).map(String.init),
        count: count)
    }
  }

  public mutating func add(_ path: [String], count: Int = 1) {
    counts[path.map { $0.replacing(";", with: ":").replacing("\n", with: " ") }, default: 0] +=
      count
  }

  public var total: Int { counts.values.reduce(0, +) }

  /// The format's lines, sorted.
  public var text: String {
    counts.map { "\($0.key.joined(separator: ";")) \($0.value)\n" }.sorted().joined()
  }

  /// The innermost frames with the number of samples found in them, most first.
  public var leaves: [(name: String, count: Int)] {
    var own: [String: Int] = [:]
    for (path, count) in counts { own[path.last ?? "", default: 0] += count }
    return own.map { (name: $0.key, count: $0.value) }
      .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
  }
}

/// Two profiles, path by path.
public struct DifferentialStacks: Sendable {
  public var before: FoldedStacks
  public var after: FoldedStacks

  public init(before: FoldedStacks, after: FoldedStacks) {
    self.before = before
    self.after = after
  }

  /// Lines as in folded stacks, with the two numbers of samples at the end.
  public var text: String {
    Set(before.counts.keys).union(after.counts.keys)
      .map {
        "\($0.joined(separator: ";")) \(before.counts[$0] ?? 0) \(after.counts[$0] ?? 0)\n"
      }
      .sorted().joined()
  }

  /// The innermost frames with the change of their own share in percentage points, the greatest
  /// first, whichever its sign.
  public var changes: [(name: String, points: Double)] {
    func shares(_ stacks: FoldedStacks) -> [String: Double] {
      let total = Double(max(stacks.total, 1))
      return Dictionary(
        uniqueKeysWithValues: stacks.leaves.map { ($0.name, Double($0.count) / total) })
    }
    let (first, second) = (shares(before), shares(after))
    return Set(first.keys).union(second.keys)
      .map { (name: $0, points: 100 * ((second[$0] ?? 0) - (first[$0] ?? 0))) }
      .sorted { (abs($1.points), $0.name) < (abs($0.points), $1.name) }
  }
}
