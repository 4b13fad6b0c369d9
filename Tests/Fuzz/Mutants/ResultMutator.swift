import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabJSON
import OptlabLab
import OptlabMeasure
import OptlabReport
import OptlabResults
import OptlabStatistics

/// Makes result files out of one that are no result, or hardly: of the right types, with the checksum
/// that a writer would have given them.
public struct ResultMutator {
  private let document: JSONValue
  /// By what they are: `records[].run.rows[].case` is one kind, however many rows there are.
  private let kinds: [String: [JSONPlace]]
  private let names: [String]
  private let ofRuns: [String]

  /// - Parameter document: a whole result.
  public init(_ document: JSONValue) {
    self.document = document
    kinds = Dictionary(grouping: document.places) { $0.kind }
    names = kinds.keys.sorted()
    ofRuns = names.filter { !$0.contains(".cpuReport") }
  }

  /// Always the same one for a seed.
  ///
  /// - Returns: the document, and what was changed in it.
  public func mutant(_ seed: UInt64) -> (document: JSONValue, changes: [String]) {
    var random = SeededGenerator(seed: seed)
    var mutant = document
    var changes: [String] = []
    for _ in 0...random.below(3) {
      // What the CPU is has more members than all else together, and hardly any of them counts.
      let some = random.below(4) == 0 ? names : ofRuns
      let places = kinds[some[random.below(some.count)]]!
      let place = places[random.below(places.count)]
      guard let old = mutant[place] else { continue }
      let new = other(old, like: places, &random)
      mutant = mutant.with(new, at: place)
      changes.append("\(place): " + (new.map(Self.text) ?? "left out"))
    }
    return (mutant, changes)
  }

  private static func text(_ value: JSONValue) -> String {
    String(decoding: value.text.prefix(60), as: UTF8.self)
  }

  // MARK: Values

  private static let integers: [Int64] = [
    0, 1, -1, 2, 3, 7, .max, .min, 1 << 31, 1 << 32, 1 << 50, 1 << 53, 1_000_000_000, 1_000_000_001,
    1_000_000_000_000, 1_000_000_000_001,
  ]
  private static let doubles = [
    0, -1, 5e-324, 1e-300, 1e-12, 1e-3, 0.5, 1e3, 1e9, 1e12, 1e15, 1e16, 1e300, 1.7e308, -1e308,
  ]
  private static let strings = [
    "", "0B", "1KiB", "16KiB", "9223372036854775807B", "8589934592GiB", "a/b", "..", "\u{0}",
    "\u{1B}[31m", "\u{FFFE}", "=1+1", "<i>&\"'|`\n\r\t]]>", "\u{202E}", "aes-128-ctr",
    "json-encode",
    "memcpy", "swift-table", "foundation", String(repeating: "x", count: 300), "🇫🇷",
    "0-9223372036854775807",
    "0000000000000000", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
  ]

  /// Another value in place of one, mostly of its type; nil leaves it out.
  private func other(
    _ old: JSONValue, like places: [JSONPlace], _ random: inout SeededGenerator
  ) -> JSONValue? {
    switch random.below(20) {
    case 0: return nil
    case 1: return .null
    case 2: return anything(&random)
    // What stands in another place of its kind, such as the samples of another row.
    case 3...5: return document[places[random.below(places.count)]]
    default: break
    }
    switch old {
    case .null: return anything(&random)
    case .bool(let value): return .bool(!value)
    case .integer(let value):
      let near = [value &+ 1, value &- 1, value &* 2, 0 &- value, value &* 1000]
      let all = Self.integers + near
      return .integer(all[random.below(all.count)])
    case .unsigned: return .integer(Self.integers[random.below(Self.integers.count)])
    case .double(let value):
      let near = [value * 1e3, value / 1e3, -value, value * 1e9, value.nextUp]
      let all = Self.doubles + near.filter(\.isFinite)
      return .double(all[random.below(all.count)])
    case .string:
      return .string(Self.strings[random.below(Self.strings.count)])
    case .array(var values):
      guard !values.isEmpty else { return .array([anything(&random)]) }
      let place = random.below(values.count)
      switch random.below(6) {
      case 0: return .array([])
      case 1: values.remove(at: place)
      case 2: values.append(values[place])
      case 3: values.reverse()
      case 4: values = Array(values.prefix(place + 1))
      default: values = Array(repeating: values[place], count: values.count)
      }
      return .array(values)
    case .object(var members):
      guard !members.isEmpty else { return anything(&random) }
      let place = random.below(members.count)
      switch random.below(3) {
      case 0: members.remove(at: place)
      case 1: members[place].value = anything(&random)
      default: members.append(JSONValue.Member("novelty", anything(&random)))
      }
      return .object(members)
    }
  }

  private func anything(_ random: inout SeededGenerator) -> JSONValue {
    switch random.below(7) {
    case 0: .null
    case 1: .bool(true)
    case 2: .integer(Self.integers[random.below(Self.integers.count)])
    case 3: .double(Self.doubles[random.below(Self.doubles.count)])
    case 4: .string(Self.strings[random.below(Self.strings.count)])
    case 5: .array([])
    default: .object([])
    }
  }
}

extension JSONPlace {
  /// Without the numbers of elements.
  fileprivate var kind: String {
    steps.map { if case .member(let name) = $0 { ".\(name)" } else { "[]" } }.joined()
  }
}

extension JSONValue {
  /// A result with fewer rows, samples and slices: many mutants of it can be looked at in a second.
  ///
  /// - Parameter rows: which to keep, by their places.
  public func thinned(rows: [Int], samples: Int, slices: Int) -> JSONValue {
    let run = JSONPlace("records[0].run.rows")
    guard case .array(let all)? = self[run] else { return self }
    let kept = rows.filter(all.indices.contains).map { place -> JSONValue in
      let row = all[place].with(nil, at: JSONPlace("summary"))
      let list = JSONPlace("measurement.samples")
      guard case .array(let taken)? = row[list] else { return row }
      let few = taken.prefix(samples).map { $0.withFewerSlices(slices) }
      return row.with(.array(few), at: list)
        .with(.integer(Int64(few.count)), at: JSONPlace("measurement.planned"))
    }
    return with(.array(kept), at: run)
  }

  private func withFewerSlices(_ count: Int) -> JSONValue {
    guard case .array(let ticks)? = self[JSONPlace("ticks")],
      case .array(let chain)? = self[JSONPlace("chain")], ticks.count > count
    else { return self }
    let probes = chain.count == ticks.count + 1 ? count + 1 : 2 * count
    var sample = self
    for (name, length) in [
      ("ticks", count), ("counted", count), ("chain", probes), ("sentinel", probes),
      ("cpu", probes),
      ("preemptions", probes),
    ] {
      guard case .array(let values)? = sample[JSONPlace(name)] else { continue }
      sample = sample.with(.array(Array(values.prefix(length))), at: JSONPlace(name))
    }
    guard case .object(let flags)? = sample[JSONPlace("dirty")] else { return sample }
    let fewer = flags.map { flag -> Member in
      guard case .array(let places) = flag.value else { return flag }
      return Member(
        flag.key,
        .array(
          places.filter { if case .integer(let place) = $0 { place < Int64(count) } else { false } }
        ))
    }
    return sample.with(.object(fewer), at: JSONPlace("dirty"))
  }
}
