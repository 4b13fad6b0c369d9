import OptlabBasics

/// A call tree with shares of samples, ready to be drawn.
///
/// Its nodes lie side by side: call paths can be so deep that nothing may walk them by recursion, not
/// even what frees a tree whose nodes hold one another.
public struct FlameTree: Sendable {
  public struct Node: Sendable {
    public var name: String
    /// How many callers it has; 0 is the root.
    public var level: Int
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
    /// Places in ``FlameTree/nodes``, sorted by name.
    public var children: [Int] = []
  }

  /// The root first.
  public private(set) var nodes: [Node]

  public var root: Node { nodes[0] }

  /// Number of rows that it takes.
  public var depth: Int { 1 + (nodes.map(\.level).max() ?? 0) }

  public init(_ stacks: FoldedStacks) {
    let total = stacks.total > 0 ? stacks.total : 1
    nodes = Self.build(stacks.counts.map { ($0.key, [$0.value]) }) { counts in
      (counts[0] / total, nil, "\(FoldedStacks.text(counts[0])) samples")
    }
  }

  public init(_ stacks: DifferentialStacks) {
    let (before, after) = (stacks.before, stacks.after)
    let totals = [before, after].map { $0.total > 0 ? $0.total : 1 }
    let paths = Set(before.counts.keys).union(after.counts.keys)
    nodes = Self.build(paths.map { ($0, [before.counts[$0] ?? 0, after.counts[$0] ?? 0]) }) {
      counts in
      let shares = zip(counts, totals).map { $0 / $1 }
      let words = counts.map(FoldedStacks.text)
      return (
        (shares[0] + shares[1]) / 2, shares[1] - shares[0], "\(words[0]) and \(words[1]) samples"
      )
    }
  }

  private typealias Figures = (share: Double, change: Double?, samples: String)
  private typealias Path = (path: ArraySlice<String>, counts: [Double])

  private static func build(
    _ paths: [(path: [String], counts: [Double])], figures: ([Double]) -> Figures
  ) -> [Node] {
    let columns = paths.first?.counts.count ?? 1
    func sum(_ paths: [Path]) -> [Double] {
      paths.reduce([Double](repeating: 0, count: columns)) { zip($0, $1.counts).map(+) }
    }
    func node(_ name: String, _ level: Int, _ paths: [Path]) -> Node {
      let all = figures(sum(paths))
      let own = figures(sum(paths.filter(\.path.isEmpty)))
      return Node(
        name: name, level: level, share: all.share, ownShare: own.share, change: all.change,
        samples: all.samples)
    }
    // The order of a sum decides its last bit, and that of a dictionary is another each time.
    let sorted = paths.sorted { $0.path.lexicographicallyPrecedes($1.path) }
    let all = sorted.map { ($0.path[...], $0.counts) }
    var nodes = [node("all", 0, all)]
    var waiting: [(caller: Int, paths: [Path])] = [(0, all)]
    while let (caller, paths) = waiting.popLast() {
      let called = Dictionary(grouping: paths.filter { !$0.path.isEmpty }) { $0.path.first! }
      for (name, paths) in called.sorted(by: { $0.key < $1.key }) {
        let rest = paths.map { ($0.path.dropFirst(), $0.counts) }
        nodes[caller].children.append(nodes.count)
        waiting.append((nodes.count, rest))
        nodes.append(node(name, nodes[caller].level + 1, rest))
      }
    }
    return nodes
  }
}
