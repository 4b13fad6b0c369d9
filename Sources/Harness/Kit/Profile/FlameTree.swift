/// A call tree with shares of samples, ready to be drawn.
public struct FlameTree: Sendable {
  public struct Node: Sendable {
    public var name: String
    /// 0 to 1: of all samples; of two profiles the mean of both, so that nothing vanishes that only
    /// one of them has.
    public var share: Double
    /// The part of it that was not spent in what it calls.
    public var ownShare: Double
    /// By how much of all samples the second profile's share is greater than the first's, -1 to 1;
    /// nil for a single profile.
    public var change: Double?
    /// The samples, in words.
    public var samples: String
    /// Sorted by name.
    public var children: [Node]

    /// Number of rows that it takes, with all that it calls.
    public var depth: Int { 1 + (children.map(\.depth).max() ?? 0) }
  }

  public var root: Node

  public init(_ stacks: FoldedStacks) {
    let total = max(stacks.total, 1)
    root = Self.build(stacks.counts.map { ($0.key, [$0.value]) }) { counts in
      (Double(counts[0]) / Double(total), nil, "\(counts[0]) samples")
    }
  }

  public init(_ stacks: DifferentialStacks) {
    let (before, after) = (stacks.before, stacks.after)
    let totals = [before, after].map { Double(max($0.total, 1)) }
    let paths = Set(before.counts.keys).union(after.counts.keys)
    root = Self.build(paths.map { ($0, [before.counts[$0] ?? 0, after.counts[$0] ?? 0]) }) {
      counts in
      let shares = zip(counts, totals).map { Double($0) / $1 }
      return (
        (shares[0] + shares[1]) / 2, shares[1] - shares[0], "\(counts[0]) and \(counts[1]) samples"
      )
    }
  }

  private typealias Figures = (share: Double, change: Double?, samples: String)

  private static func build(
    _ paths: [(path: [String], counts: [Int])], figures: ([Int]) -> Figures
  ) -> Node {
    node("all", paths[...].map { ($0.path[...], $0.counts) }, figures)
  }

  private static func node(
    _ name: String, _ paths: [(path: ArraySlice<String>, counts: [Int])],
    _ figures: ([Int]) -> Figures
  ) -> Node {
    let columns = paths.first?.counts.count ?? 1
    func sum(_ paths: [(path: ArraySlice<String>, counts: [Int])]) -> [Int] {
      paths.reduce([Int](repeating: 0, count: columns)) { zip($0, $1.counts).map(+) }
    }
    let all = figures(sum(paths))
    let own = figures(sum(paths.filter(\.path.isEmpty)))
    let called = Dictionary(grouping: paths.filter { !$0.path.isEmpty }) { $0.path.first! }
    return Node(
      name: name, share: all.share, ownShare: own.share, change: all.change, samples: all.samples,
      children: called.sorted { $0.key < $1.key }.map { name, paths in
        node(name, paths.map { ($0.path.dropFirst(), $0.counts) }, figures)
      })
  }
}
