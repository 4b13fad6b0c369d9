import Foundation

@testable import FastJSON

/// Random programs against the Encoder protocol: values that keep encoders and containers in slots
/// that all of them share, use those of others, out of order and after their time, fail, and catch
/// what fails. The same program, run against JSONEncoder and FastJSONEncoder, must give the same
/// output, errors, counts and coding paths.
///
/// What JSONEncoder stops the program for is not done: a container of another kind, a second single
/// value. `Node` knows what an encoder has been asked for.
///
/// Used by the tests and, under AddressSanitizer, by .ci/fuzz-json.
final class EncoderScript {
  /// Where decisions come from: bytes, and when they are used up, zeros or a generator.
  struct Source {
    var bytes: [UInt8]
    private var next = 0
    private var state: UInt64?

    init(bytes: [UInt8]) { self.bytes = bytes }

    init(seed: UInt64) {
      bytes = []
      state = seed
    }

    /// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
    private mutating func random() -> UInt8 {
      guard var z = state else { return 0 }
      z &+= 0x9E37_79B9_7F4A_7C15
      state = z
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      return UInt8(truncatingIfNeeded: z ^ z >> 31)
    }

    var isAtEnd: Bool { state == nil && next >= bytes.count }

    mutating func byte() -> UInt8 {
      guard state == nil else { return random() }
      guard next < bytes.count else { return 0 }
      defer { next += 1 }
      return bytes[next]
    }

    mutating func choice(_ count: Int) -> Int { Int(byte()) % count }
  }

  struct Failure: Error {}

  /// What one encoder has been asked for.
  final class Node {
    enum Kind { case empty, object, array, single }
    var kind = Kind.empty
    /// A value of none of the script's types has failed inside: JSONEncoder would give its encoder,
    /// with what is in it, to the next.
    var isPoisoned = false
    /// The encoder of the value around this one.
    private let outer: Node?
    private var isComplete = false

    /// Whether a super encoder is around it.
    let isInSuper: Bool

    init(in outer: Node?, isSuper: Bool = false) {
      self.outer = outer
      isInSuper = isSuper || outer?.isInSuper == true
    }

    /// Its value is taken: it can be asked anew, and what it is given goes nowhere. Counts, and the
    /// paths that come of them, are then not those of JSONEncoder.
    ///
    /// - Parameter kind: What its encoder has all the same: after a failure, and where it encodes a
    ///   value of another one's.
    func complete(leaving kind: Kind = .empty) {
      isComplete = true
      self.kind = kind
    }

    var isLost: Bool { isComplete || outer?.isLost == true }
  }

  class Handle {
    let node: Node
    init(_ node: Node) { self.node = node }
    var path: [any CodingKey] { [] }
    func use(_ script: EncoderScript, _ depth: Int) throws {}
  }

  var source: Source
  /// Whether it runs against JSONEncoder. In version 6.3, JSONEncoder gives the encoder of a value
  /// that has failed to the next value, with what is in it, unless somebody holds it.
  let isReference: Bool
  private var held: [any Encoder] = []
  /// What is kept by somebody.
  private var slots: [Handle?] = Array(repeating: nil, count: 6)
  private(set) var log: [String] = []
  private var budget = 0
  private static var deepest: Int { 4 }

  init(_ source: Source, isReference: Bool) {
    self.source = source
    self.isReference = isReference
  }

  func note(_ what: @autoclosure () -> String) { log.append(what()) }

  /// One document, and what is done with what is left of it.
  func run(_ encode: (Value) throws -> [UInt8]) -> [UInt8]? {
    budget = 40
    var output: [UInt8]?
    do {
      output = try encode(Value(script: self, outer: nil, depth: 0))
      note("written")
    } catch { note("failed: \(Self.describe(error))") }
    for _ in 0..<source.choice(4) { try? step(nil, 1) }
    if source.choice(2) == 0 { slots = Array(repeating: nil, count: slots.count) }
    return output
  }

  func end() {
    slots = []
    held = []
  }

  static func describe(_ error: any Error) -> String {
    guard case EncodingError.invalidValue(let value, let context) = error else { return "\(error)" }
    return
      "\(type(of: value)) at \(context.codingPath.map(\.stringValue)): \(context.debugDescription)"
  }

  // MARK: Values

  /// Encodes itself as the script goes on.
  struct Value: Encodable {
    let script: EncoderScript
    let outer: Node?
    let depth: Int
    /// Whether its encoder is that of the value around it.
    var isSingle = false

    func encode(to encoder: any Encoder) throws {
      let node = Node(in: outer)
      defer { if isSingle, node.isPoisoned { outer?.isPoisoned = true } }
      do {
        try script.encode(to: encoder, node, depth)
      } catch {
        script.hold(encoder, node)
        node.complete(leaving: node.kind)
        throw error
      }
      if node.isPoisoned { script.hold(encoder, node) }
      node.complete(leaving: isSingle ? .single : .empty)
    }
  }

  /// Keeps JSONEncoder from going on with an encoder. What holds one inside of a super encoder also
  /// holds up the value of that, with both.
  private func hold(_ encoder: any Encoder, _ node: Node) {
    if isReference || node.isInSuper { held.append(encoder) }
  }

  private func encode(to encoder: any Encoder, _ node: Node, _ depth: Int) throws {
    for _ in 0..<1 + source.choice(5) {
      guard budget > 0, !source.isAtEnd else { return }
      try step((encoder, node), depth)
    }
  }

  /// Does one thing with a value's own encoder, or with something that is kept.
  private func step(_ own: (encoder: any Encoder, node: Node)?, _ depth: Int) throws {
    budget -= 1
    let slot = source.choice(slots.count)
    switch source.choice(16) {
    case 0: slots[slot] = nil
    case 1: if let own { slots[slot] = EncoderHandle(own.encoder, own.node) }
    case 2: if depth > 0, own != nil { throw Failure() }
    case 3...8:
      guard let handle = slots[slot] else { fallthrough }
      if handle.node.isLost {
        // Used all the same, and whatever comes of it.
        do { try handle.use(self, depth) } catch { note("failed too late") }
      } else {
        note("path \(handle.path.map(\.stringValue))")
        try handle.use(self, depth)
      }
    default:
      guard let own else { return }
      let handle = EncoderHandle(own.encoder, own.node)
      try handle.use(self, depth)
    }
  }

  fileprivate func keep(_ handle: Handle) {
    if source.choice(3) == 0 { slots[source.choice(slots.count)] = handle }
  }

  /// Encodes something through `encode`, and catches what it throws if the script wants that.
  fileprivate func attempt(_ node: Node, _ body: () throws -> Void) throws {
    let catches = source.choice(4) == 0
    do { try body() } catch {
      guard catches, !(error is Uncaught) else { throw error }
      note(node.isLost ? "caught too late" : "caught \(Self.describe(error))")
    }
  }

  /// A failure inside of a value that is none of the script's, after which JSONEncoder is not to be
  /// used as if nothing had been.
  struct Uncaught: Error { var error: any Error }

  /// One of the values that a container can be given.
  fileprivate func value(
    _ node: Node, _ depth: Int, isSingle: Bool = false,
    _ encode: (any Encodable) throws -> Void
  ) throws {
    if node.isPoisoned { return }
    let inner = Value(script: self, outer: node, depth: depth + 1, isSingle: isSingle)
    let mayNest = depth < Self.deepest && budget > 0
    switch source.choice(mayNest ? 20 : 8) {
    case 0: try encode(Int(source.byte()))
    case 1: try encode("text \(source.byte())/")
    case 2: try encode([1.5, 2])
    case 3: try encode(source.choice(4) == 0 ? Double.nan : 0.25)
    case 4:
      let numbers = Array(repeating: 1.5, count: source.choice(300))
      let all = source.choice(4) == 0 ? numbers + [.infinity] : numbers
      do { try encode(all as [Double]?) } catch {
        node.isPoisoned = true
        throw error
      }
    case 5: try encode(source.choice(2) == 0 ? nil : Float(7) as Float?)
    case 6: try encode(["k": Int(source.byte())])
    case 7: try encode(String(repeating: "long ", count: source.choice(200)))
    case 8: try encode([inner, inner])
    case 9: try encode(inner as Value?)
    case 10: try encode(["someKey": inner])
    case 11: try encode([[inner]] as [[Value]?])
    default: try encode(inner)
    }
  }

  // MARK: Handles

  private final class EncoderHandle: Handle {
    let encoder: any Encoder
    init(_ encoder: any Encoder, _ node: Node) {
      self.encoder = encoder
      super.init(node)
    }

    override var path: [any CodingKey] { encoder.codingPath }

    override func use(_ script: EncoderScript, _ depth: Int) throws {
      let encoder = encoder
      let operation = script.source.choice(8)
      switch (operation, node.kind) {
      case (0...1, .empty), (0...3, .object):
        node.kind = .object
        try script.use(encoder.container(keyedBy: ScriptName.self), node, depth)
      case (2...3, .empty), (4...7, .object):
        node.kind = .object
        if script.source.choice(4) == 0 {
          try script.use(encoder.container(keyedBy: ScriptOnlyKey.self), node, depth)
        } else {
          try script.use(encoder.container(keyedBy: ScriptKey.self), node, depth)
        }
      case (4...5, .empty), (_, .array):
        node.kind = .array
        let handle = UnkeyedHandle(encoder.unkeyedContainer(), node)
        script.keep(handle)
        for _ in 0..<1 + script.source.choice(3) { try handle.use(script, depth) }
      case (_, .empty):
        try single(script, depth)
      default: break
      }
    }

    /// The value that is encoded gets this same encoder.
    private func single(_ script: EncoderScript, _ depth: Int) throws {
      var container = encoder.singleValueContainer()
      node.kind = .single
      switch script.source.choice(6) {
      case 0: try container.encodeNil()
      case 1: try container.encode(Int(script.source.byte()))
      case 2: try container.encode("text")
      default:
        do {
          try script.value(node, depth, isSingle: true) { try container.encode($0) }
        } catch {
          // What it has left in the encoder is not known.
          throw Uncaught(error: error)
        }
      }
    }
  }

  fileprivate func use<Key: ScriptCodingKey>(
    _ container: KeyedEncodingContainer<Key>, _ node: Node, _ depth: Int
  ) throws {
    let handle = KeyedHandle(container, node)
    keep(handle)
    for _ in 0..<1 + source.choice(3) { try handle.use(self, depth) }
  }

  private final class KeyedHandle<Key: ScriptCodingKey>: Handle {
    let container: KeyedEncodingContainer<Key>
    init(_ container: KeyedEncodingContainer<Key>, _ node: Node) {
      self.container = container
      super.init(node)
    }

    override var path: [any CodingKey] { container.codingPath }

    override func use(_ script: EncoderScript, _ depth: Int) throws {
      var container = container
      func key(_ keys: [Key]) -> Key { keys[script.source.choice(keys.count)] }
      switch script.source.choice(12) {
      case 0: try container.encodeNil(forKey: key(Key.values))
      case 1: try container.encode(Int(script.source.byte()), forKey: key(Key.values))
      case 2: try container.encodeIfPresent("text" as String?, forKey: key(Key.values))
      case 3 where !Key.objects.isEmpty:
        let own = key(Key.objects)
        if script.source.choice(4) == 0, !node.isPoisoned {
          try container.encode(["p": 1], forKey: own)
        }
        try script.use(
          container.nestedContainer(keyedBy: ScriptName.self, forKey: own), node, depth)
      case 4 where !Key.objects.isEmpty:
        try script.use(
          container.nestedContainer(keyedBy: ScriptKey.self, forKey: key(Key.objects)), node, depth)
      case 5 where !Key.lists.isEmpty:
        let handle = UnkeyedHandle(
          container.nestedUnkeyedContainer(forKey: key(Key.lists)), node)
        script.keep(handle)
        for _ in 0..<script.source.choice(3) { try handle.use(script, depth) }
      case 6:
        try script.superEncoder(
          script.source.choice(2) == 0
            ? container.superEncoder() : container.superEncoder(forKey: key(Key.values)), node,
          depth)
      default:
        let key = key(Key.values)
        try script.attempt(node) {
          try script.value(node, depth) { try container.encode($0, forKey: key) }
        }
      }
    }
  }

  private final class UnkeyedHandle: Handle {
    let container: any UnkeyedEncodingContainer
    init(_ container: any UnkeyedEncodingContainer, _ node: Node) {
      self.container = container
      super.init(node)
    }

    override var path: [any CodingKey] { container.codingPath }

    override func use(_ script: EncoderScript, _ depth: Int) throws {
      var container = container
      switch script.source.choice(10) {
      case 0: try container.encodeNil()
      case 1: try container.encode(Int(script.source.byte()))
      case 2: try script.use(container.nestedContainer(keyedBy: ScriptKey.self), node, depth)
      case 3:
        let handle = UnkeyedHandle(container.nestedUnkeyedContainer(), node)
        script.keep(handle)
        for _ in 0..<script.source.choice(3) { try handle.use(script, depth) }
      case 4: try script.superEncoder(container.superEncoder(), node, depth)
      case 5: if !node.isLost { script.note("count \(container.count)") }
      default:
        try script.attempt(node) {
          try script.value(node, depth) { try container.encode($0) }
        }
      }
    }
  }

  fileprivate func superEncoder(_ encoder: any Encoder, _ outer: Node, _ depth: Int) throws {
    let handle = EncoderHandle(encoder, Node(in: outer, isSuper: true))
    keep(handle)
    for _ in 0..<source.choice(3) {
      guard budget > 0, depth < Self.deepest else { return }
      budget -= 1
      try handle.use(self, depth + 1)
    }
  }
}

/// Keys by what is encoded under them: another kind of container under a key would be a programming
/// error.
protocol ScriptCodingKey: CodingKey {
  static var values: [Self] { get }
  static var objects: [Self] { get }
  static var lists: [Self] { get }
}

/// Keys of one byte, as synthesized ones are.
enum ScriptKey: String, ScriptCodingKey {
  case b, a, camelCase, object
  case accent = "é"
  case same = "e\u{301}"
  case kelvin = "\u{212A}"
  case k = "K"
  case long = "aKeyOfMoreThanThirtyTwoBytesButLessThanSixtyFour"
  case longer = "a key of more than sixty-four bytes, for which no table has any room"
  case list = "someList"
  static let values: [Self] = [.b, .a, .camelCase, .accent, .same, .kelvin, .k, .long, .longer]
  static let objects: [Self] = [.object]
  static let lists: [Self] = [.list]
}

/// A key that takes no room.
enum ScriptOnlyKey: ScriptCodingKey {
  case a
  static let values: [Self] = [.a]
  static let objects: [Self] = []
  static let lists: [Self] = []
}

/// A key that no table holds.
struct ScriptName: ScriptCodingKey {
  var stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }

  static let values = ["a", "z", "é", "e\u{301}", "K", "\u{212A}", "quote\"/", "super"]
    .map(ScriptName.init(stringValue:))
  static let objects = ["object", "a key of more than fifteen bytes"]
    .map(ScriptName.init(stringValue:))
  static let lists = ["someList"].map(ScriptName.init(stringValue:))
}

extension EncoderScript {
  /// Runs a script against both encoders.
  ///
  /// - Returns: What differs, in words; nil where nothing does.
  static func difference(_ source: Source) -> String? {
    var source = source
    let theirs = JSONEncoder()
    let ours = FastJSONEncoder(publicAPIAlone: source.choice(8) == 0)
    let isPretty = source.choice(6) == 0
    let isSorted = source.choice(2) == 0 || isPretty
    theirs.outputFormatting = isPretty ? [.sortedKeys, .prettyPrinted] : .sortedKeys
    // Where members come in the order of encoding, they are compared when they are sorted.
    ours.outputFormatting = isSorted ? theirs.outputFormatting : []
    let strategies: [JSONEncoder.KeyEncodingStrategy] = [
      .useDefaultKeys, .useDefaultKeys, .convertToSnakeCase,
      .custom { ScriptName(stringValue: $0.map(\.stringValue).joined(separator: ">")) },
    ]
    let strategy = strategies[source.choice(strategies.count)]
    (ours.keyEncodingStrategy, theirs.keyEncodingStrategy) = (strategy, strategy)
    if source.choice(4) == 0 {
      let texts = JSONEncoder.NonConformingFloatEncodingStrategy.convertToString(
        positiveInfinity: "+", negativeInfinity: "-", nan: "?")
      ours.nonConformingFloatEncodingStrategy = texts
      theirs.nonConformingFloatEncodingStrategy = texts
    }
    // Each encoder twice, the second time with what is kept of the first.
    let reference = EncoderScript(source, isReference: true)
    let expected = (0..<2).map { _ in reference.run { try [UInt8](theirs.encode($0)) } }
    reference.end()
    let script = EncoderScript(source, isReference: false)
    let actual = (0..<2).map { _ in
      script.run {
        let bytes = try ours.bytes(of: $0)
        return isSorted ? bytes : bytes.withUnsafeBytes { SortedMembers.sorting($0) }
      }
    }
    script.end()
    for (index, line) in reference.log.enumerated()
    where index >= script.log.count || script.log[index] != line {
      return "\(index < script.log.count ? script.log[index] : "nothing") instead of \(line)"
    }
    if script.log.count > reference.log.count {
      return "\(script.log[reference.log.count]) instead of nothing"
    }
    for case (let ours, let theirs) in zip(actual, expected) where ours != theirs {
      let (ours, theirs) = (ours ?? [], theirs ?? [])
      let same = zip(ours, theirs).prefix { $0 == $1 }.count
      func end(_ bytes: [UInt8]) -> String {
        String(decoding: bytes[max(0, same - 100)...].prefix(200), as: UTF8.self)
      }
      return "from byte \(same) on: \(end(ours))\nexpected: \(end(theirs))"
    }
    return nil
  }
}
