/// The valid name that somebody may have meant.
public enum NearMiss {
  /// - Returns: one that differs by case or by a letter in three at most, the nearest and the first of
  ///   equally near ones; else the first that has it in it. nil where none is near.
  public static func of(_ name: String, among valid: [String]) -> String? {
    let letters = Array(name.lowercased())
    guard !letters.isEmpty, letters.count <= longest else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in valid where candidate != name {
      let others = Array(candidate.lowercased())
      let distance = distance(letters, others)
      let most = max(1, min(letters.count, others.count) / 3)
      guard distance <= most, distance < min(letters.count, others.count) else { continue }
      if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
    }
    guard best == nil, letters.count >= 3 else { return best?.name }
    return valid.first { $0 != name && $0.lowercased().contains(name.lowercased()) }
  }

  /// ` (did you mean 'c-aesni'?)`, or nothing.
  public static func question(_ name: String, among valid: [String]) -> String {
    of(name, among: valid).map { " (did you mean '\($0)'?)" } ?? ""
  }

  /// Names are shorter.
  private static let longest = 100

  /// How many letters have to be put in, taken out, exchanged for others or for their neighbour.
  ///
  /// Source: optimal string alignment, after Damerau, CACM 7 (3), 1964.
  static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var least = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          least = min(least, beforeLast[j - 1] + 1)
        }
        row.append(least)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
