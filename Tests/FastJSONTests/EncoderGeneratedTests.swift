import Foundation
import Testing

@testable import FastJSON

/// Keys for members of each kind: a name has one kind of container alone, since another would be a
/// programming error.
protocol GeneratedKey: CodingKey {
  static var values: [Self] { get }
  static var objects: [Self] { get }
  static var lists: [Self] { get }
}

extension Name: GeneratedKey {
  static let values: [Name] = ["a", "b", "camelCase", "aURLKey", "é", "e\u{301}", "quote\"/"]
  static let objects: [Name] = ["object", "a key of more than fifteen bytes"]
  static let lists: [Name] = ["list", "anotherList"]
}

/// As synthesized keys are: of one byte.
enum ByteSizedKey: String, GeneratedKey {
  case b, a, camelCase, object
  case accent = "é"
  case same = "e\u{301}"
  case quote = "quote\"/"
  case long = "aKeyOfMoreThanThirtyTwoBytesButLessThanSixtyFour"
  case longer = "a key of more than sixty-four bytes, for which no table has any room"
  case list = "someList"
  static let values: [Self] = [.b, .a, .camelCase, .accent, .same, .quote, .long, .longer]
  static let objects: [Self] = [.object]
  static let lists: [Self] = [.list]
}

/// Takes no room.
enum OnlyGeneratedKey: GeneratedKey {
  case onlyOne
  static let values: [Self] = [.onlyOne]
  static let objects: [Self] = []
  static let lists: [Self] = []
}

/// A value of a random shape, which asks for its containers in random ways. The same each time it
/// is encoded.
struct Generated: Encodable {
  var seed: UInt64
  var depth: Int

  func encode(to encoder: any Encoder) throws {
    var random = Sequence64(state: seed)
    func inner() -> Generated { Generated(seed: random.next(), depth: depth - 1) }
    switch depth > 0 ? random.next() % 12 : 11 {
    case 0...1:
      var container = encoder.container(keyedBy: Name.self)
      try members(of: &container, depth: depth, &random)
    case 2...4:
      var container = encoder.container(keyedBy: ByteSizedKey.self)
      try members(of: &container, depth: depth, &random)
      guard random.next() % 4 == 0 else { return }
      // A second type of keys in the same object, then the first again.
      var other = encoder.container(keyedBy: OnlyGeneratedKey.self)
      try members(of: &other, depth: depth, &random)
      try container.encode(depth, forKey: .a)
    case 5:
      var container = encoder.container(keyedBy: OnlyGeneratedKey.self)
      try members(of: &container, depth: depth, &random)
    case 6...7:
      var container = encoder.unkeyedContainer()
      try elements(of: &container, depth: depth, &random)
    case 8: try ["someKey": inner(), "x/": inner()].encode(to: encoder)
    case 9: try [inner(), nil, inner()].encode(to: encoder)
    case 10: try [[1: inner()], [2: inner(), 10: inner()]].encode(to: encoder)
    default: try leaf(encoder, &random)
    }
  }

  private func members<Key: GeneratedKey>(
    of container: inout KeyedEncodingContainer<Key>, depth: Int, _ random: inout Sequence64
  ) throws {
    for _ in 0..<random.next() % 8 {
      let key = Key.values[Int(random.next() % UInt64(Key.values.count))]
      let kind = random.next() % 14
      if kind < 2, depth > 1, let own = (kind == 0 ? Key.objects : Key.lists).first {
        if kind == 0 {
          var nested = container.nestedContainer(keyedBy: ByteSizedKey.self, forKey: own)
          try members(of: &nested, depth: depth - 1, &random)
          try container.encode(1, forKey: key)
          try members(of: &nested, depth: depth - 1, &random)
        } else {
          var nested = container.nestedUnkeyedContainer(forKey: own)
          try elements(of: &nested, depth: depth - 1, &random)
        }
        continue
      }
      let inside = Generated(seed: random.next(), depth: depth - 1)
      switch kind {
      case 2: try container.encodeNil(forKey: key)
      case 3: try container.encode(Int(truncatingIfNeeded: random.next()), forKey: key)
      case 4: try container.encode("text \(random.next() % 1000)/", forKey: key)
      case 5: try container.encodeIfPresent(random.next() % 2 == 0 ? 0.5 : nil, forKey: key)
      case 6: try inside.encode(to: container.superEncoder())
      case 7: try container.encodeIfPresent(random.next() % 2 == 0 ? inside : nil, forKey: key)
      case 8: try container.encode([inside, inside], forKey: key)
      case 9 where depth > 1:
        // The container is used while one of its own values is being encoded.
        var same = container
        let number = random.next()
        let other = Key.values[Int(random.next() % UInt64(Key.values.count))]
        try container.encode(
          Custom {
            try same.encode(number, forKey: other)
            if number % 3 == 0 { try inside.encode(to: same.superEncoder()) }
            try inside.encode(to: $0)
          }, forKey: key)
      default: try container.encode(inside, forKey: key)
      }
    }
  }

  private func elements(
    of container: inout any UnkeyedEncodingContainer, depth: Int, _ random: inout Sequence64
  ) throws {
    for _ in 0..<random.next() % 5 {
      let inside = Generated(seed: random.next(), depth: depth - 1)
      switch random.next() % 8 {
      case 0: try container.encodeNil()
      case 1: try container.encode(random.next())
      case 2 where depth > 1:
        var nested = container.nestedUnkeyedContainer()
        try container.encode(true)
        try elements(of: &nested, depth: depth - 1, &random)
      case 3 where depth > 1:
        var nested = container.nestedContainer(keyedBy: ByteSizedKey.self)
        try members(of: &nested, depth: depth - 1, &random)
      case 4: try inside.encode(to: container.superEncoder())
      case 5 where depth > 1:
        var same = container
        try container.encode(
          Custom {
            try same.encode("early")
            try inside.encode(to: $0)
          })
      default: try container.encode(inside)
      }
    }
  }

  private func leaf(_ encoder: any Encoder, _ random: inout Sequence64) throws {
    var container = encoder.singleValueContainer()
    let bits = random.next()
    switch random.next() % 14 {
    case 0: try container.encodeNil()
    case 1: try container.encode(Int16(truncatingIfNeeded: bits))
    case 2: try container.encode(Double(bitPattern: bits))
    case 3: try container.encode(bits % 40 == 0 ? Float.infinity : Float(bits % 9999) / 8)
    case 4: try container.encode(Date(timeIntervalSinceReferenceDate: Double(bits % 1_000_000)))
    case 5: try container.encode(Data([UInt8(truncatingIfNeeded: bits), 63, 255]))
    case 6: try container.encode([[bits % 2 == 0], []])
    case 7: try container.encode(Decimal(Int(bits % 100_000)) / 100)
    case 8: try container.encode(Int128(truncatingIfNeeded: bits) << 60)
    case 9: try container.encode(URL(string: "https://example.org/\(bits % 100)"))
    case 10: try container.encode(bits % 2 == 0 ? nil : [Optional(bits), nil])
    case 11: try container.encode(bits % 2 == 0 ? Model.Kind.first : Model.Kind.second)
    default: try container.encode("\u{1}é/\(bits)")
    }
  }
}

@Suite("Values of random shapes") struct EncoderGeneratedTests {
  private static let strings = JSONEncoder.NonConformingFloatEncodingStrategy.convertToString(
    positiveInfinity: "+", negativeInfinity: "-", nan: "?")
  private static let dates: [JSONEncoder.DateEncodingStrategy] = [
    .deferredToDate, .iso8601, .secondsSince1970, .millisecondsSince1970, .custom { _, _ in },
    .custom { date, encoder in
      var container = encoder.container(keyedBy: Name.self)
      try container.encode(date.timeIntervalSinceReferenceDate, forKey: "seconds")
    },
  ]
  private static let datas: [JSONEncoder.DataEncodingStrategy] = [
    .base64, .deferredToData, .custom { data, encoder in try data.count.encode(to: encoder) },
    .custom { _, _ in },
  ]
  private static let keys: [JSONEncoder.KeyEncodingStrategy] = [
    .useDefaultKeys, .convertToSnakeCase,
    .custom { Name(stringValue: $0.map(\.stringValue).joined(separator: ">")) },
  ]
  private static let formats: [JSONEncoder.OutputFormatting] = [
    [], .prettyPrinted, .withoutEscapingSlashes, [.prettyPrinted, .withoutEscapingSlashes],
  ]

  @Test(arguments: 0..<24, [false, true])
  func sameAsJSONEncoder(_ options: Int, publicAPIAlone: Bool) {
    let pair = EncoderPair(
      Self.formats[options % 4], date: Self.dates[options % 6], data: Self.datas[options / 2 % 4],
      float: options % 3 == 0 ? .throw : Self.strings, key: Self.keys[options / 4 % 3],
      publicAPIAlone: publicAPIAlone)
    for seed in 0..<(publicAPIAlone ? 25 : 125) as Range<UInt64> {
      let (ours, theirs) = pair.outcomes(Generated(seed: seed * 24 + UInt64(options), depth: 5))
      if ours != theirs {
        Issue.record("seed \(seed), options \(options):\n\(ours)\nexpected\n\(theirs)")
        return
      }
    }
  }
}
