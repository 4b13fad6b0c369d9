import Foundation

/// Samples by call path, as in the text format of the FlameGraph scripts: a line a path, its frames
/// separated by semicolons, outermost first, then a blank and a number.
public struct FoldedStacks: Sendable, Equatable {
  /// A line that is none of the format's.
  public struct SyntaxError: Error, CustomStringConvertible {
    public var line: Int
    /// Whether each line has two numbers.
    var isDifference = false
    /// A number that is none of samples.
    var count: Double?

    public var description: String {
      if isDifference {
        return
          "each line ends in two numbers: it is a difference already; give the two profiles that "
          + "it was made of"
      }
      if let count {
        return "line \(line) counts \(count) samples, which is not between 0 and "
          + "\(FoldedStacks.largestCount)"
      }
      return "line \(line) is no folded stack: frames separated by ';', a blank, a number"
    }
  }

  /// Number of samples of each path: above 0, not always whole where a program weighed them.
  public private(set) var counts: [[String]: Double] = [:]

  public init() {}

  public init(_ samples: some Sequence<StackSample>) {
    for sample in samples { add(sample.path) }
  }

  /// What a sum of as many lines as fit into a file does not lose.
  private static let largestCount = 1e15

  /// Lines may end as on any system.
  ///
  /// - Throws: ``SyntaxError``.
  public init(text: String) throws(SyntaxError) {
    var lines = 0
    var differences = 0
    // By scalars: a carriage return and a line feed are one Character.
    for (index, line) in text.unicodeScalars
      .split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let line = Self.trimmed(line)
      guard !line.isEmpty else { continue }
      guard let (path, count) = Self.lastNumber(line) else { throw SyntaxError(line: index + 1) }
      guard (0...Self.largestCount).contains(count) else {
        throw SyntaxError(line: index + 1, count: count)
      }
      lines += 1
      if Self.lastNumber(path) != nil { differences += 1 }
      add(
        path.split(separator: ";", omittingEmptySubsequences: false).map { String($0) },
        count: count)
    }
    // Some lines may be of functions whose names end in a number.
    if lines > 0, differences == lines { throw SyntaxError(line: 1, isDifference: true) }
  }

  private typealias Scalars = Substring.UnicodeScalarView

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\r"
  }

  /// Without the blanks at the end.
  private static func trimmed(_ text: Scalars) -> Scalars {
    text[..<(text.lastIndex { !isBlank($0) }.map(text.index(after:)) ?? text.startIndex)]
  }

  /// What stands before the number at the end, and the number.
  private static func lastNumber(_ line: Scalars) -> (path: Scalars, count: Double)? {
    guard let blank = line.lastIndex(where: isBlank) else { return nil }
    let path = trimmed(line[..<blank])
    let number = line[line.index(after: blank)...]
    // Digits, perhaps with a sign and a point: `nan` and `0x10` are numbers to others alone.
    let digits = number.first == "-" ? number.dropFirst() : number
    guard !path.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) || $0 == "." }),
      let count = Double(String(number))
    else { return nil }
    return (path, count)
  }

  public mutating func add(_ path: [String], count: Double = 1) {
    guard count > 0 else { return }
    counts[path.map(Self.frame), default: 0] += count
  }

  /// A name without what the format gives a meaning.
  private static func frame(_ name: String) -> String {
    guard name.unicodeScalars.contains(where: { $0 == ";" || $0.value < 0x20 }) else { return name }
    var text = String.UnicodeScalarView()
    for scalar in name.unicodeScalars {
      text.append(scalar == ";" ? ":" : scalar.value < 0x20 ? " " : scalar)
    }
    return String(text)
  }

  /// In an order of its own, so that it is the same for the same samples.
  public var total: Double { counts.values.sorted().reduce(0, +) }

  /// The format's lines, sorted.
  public var text: String {
    counts.map { "\($0.key.joined(separator: ";")) \(Self.text($0.value))\n" }.sorted().joined()
  }

  /// A number of samples as people write it: `12`, `0.5`.
  public static func text(_ count: Double) -> String {
    if let whole = Int(exactly: count) { return "\(whole)" }
    return String(format: count < 1 ? "%.6f" : "%.3f", count)
  }

  /// The innermost frames with the number of samples found in them, most first.
  public var leaves: [(name: String, count: Double)] {
    var own: [String: Double] = [:]
    for (path, count) in counts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      own[path.last ?? "", default: 0] += count
    }
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
        "\($0.joined(separator: ";")) \(FoldedStacks.text(before.counts[$0] ?? 0)) "
          + "\(FoldedStacks.text(after.counts[$0] ?? 0))\n"
      }
      .sorted().joined()
  }

  /// The innermost frames with the change of their own share in percentage points, the greatest
  /// first, whichever its sign.
  public var changes: [(name: String, points: Double)] {
    func shares(_ stacks: FoldedStacks) -> [String: Double] {
      let total = stacks.total > 0 ? stacks.total : 1
      return Dictionary(uniqueKeysWithValues: stacks.leaves.map { ($0.name, $0.count / total) })
    }
    let (first, second) = (shares(before), shares(after))
    return Set(first.keys).union(second.keys)
      .map { (name: $0, points: 100 * ((second[$0] ?? 0) - (first[$0] ?? 0))) }
      .sorted { (abs($1.points), $0.name) < (abs($0.points), $1.name) }
  }
}
