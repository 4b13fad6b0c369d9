import Foundation
import Testing

@testable import FastJSON

/// A value of a random shape, which asks for its containers in random ways. The same each time it
/// is encoded.
struct Generated: Encodable {
  var seed: UInt64
  var depth: Int

  private static let names: [Name] = [
    "a", "b", "camelCase", "aURLKey", "a key of more than fifteen bytes", "quote\"/", "é",
    "e\u{301}",
  ]

  func encode(to encoder: any Encoder) throws {
    var random = Sequence64(state: seed)
    func inner() -> Generated { Generated(seed: random.next(), depth: depth - 1) }
    switch depth > 0 ? random.next() % 8 : 7 {
    case 0...2:
      var container = encoder.container(keyedBy: Name.self)
      try members(of: &container, depth: depth, &random)
    case 3...4:
      var container = encoder.unkeyedContainer()
      try elements(of: &container, depth: depth, &random)
    case 5: try ["someKey": inner(), "x/": inner()].encode(to: encoder)
    case 6: try [inner(), nil, inner()].encode(to: encoder)
    default: try leaf(encoder, &random)
    }
  }

  private func members(
    of container: inout KeyedEncodingContainer<Name>, depth: Int, _ random: inout Sequence64
  ) throws {
    // A name has one kind of container alone: another would be a programming error.
    var free = Self.names.shuffled(using: &random)
    for _ in 0..<random.next() % 7 {
      let key = Self.names[Int(random.next() % 4)]
      let kind = random.next() % 10
      if kind < 2, let own = free.popLast(), depth > 1, !own.stringValue.hasSuffix("\u{301}") {
        let name = Name(stringValue: "\(kind)" + own.stringValue)
        if kind == 0 {
          var nested = container.nestedContainer(keyedBy: Name.self, forKey: name)
          try members(of: &nested, depth: depth - 1, &random)
          try container.encode(1, forKey: key)
          try members(of: &nested, depth: depth - 1, &random)
        } else {
          var nested = container.nestedUnkeyedContainer(forKey: name)
          try elements(of: &nested, depth: depth - 1, &random)
        }
        continue
      }
      switch kind {
      case 2: try container.encodeNil(forKey: key)
      case 3: try container.encode(Int(truncatingIfNeeded: random.next()), forKey: key)
      case 4: try container.encode("text \(random.next() % 1000)/", forKey: key)
      case 5: try container.encodeIfPresent(random.next() % 2 == 0 ? 0.5 : nil, forKey: key)
      case 6:
        try Generated(seed: random.next(), depth: depth - 1).encode(to: container.superEncoder())
      default:
        try container.encode(Generated(seed: random.next(), depth: depth - 1), forKey: key)
      }
    }
  }

  private func elements(
    of container: inout any UnkeyedEncodingContainer, depth: Int, _ random: inout Sequence64
  ) throws {
    for _ in 0..<random.next() % 5 {
      switch random.next() % 7 {
      case 0: try container.encodeNil()
      case 1: try container.encode(random.next())
      case 2 where depth > 1:
        var nested = container.nestedUnkeyedContainer()
        try container.encode(true)
        try elements(of: &nested, depth: depth - 1, &random)
      case 3 where depth > 1:
        var nested = container.nestedContainer(keyedBy: Name.self)
        try members(of: &nested, depth: depth - 1, &random)
      case 4:
        try Generated(seed: random.next(), depth: depth - 1).encode(to: container.superEncoder())
      default: try container.encode(Generated(seed: random.next(), depth: depth - 1))
      }
    }
  }

  private func leaf(_ encoder: any Encoder, _ random: inout Sequence64) throws {
    var container = encoder.singleValueContainer()
    let bits = random.next()
    switch random.next() % 10 {
    case 0: try container.encodeNil()
    case 1: try container.encode(Int16(truncatingIfNeeded: bits))
    case 2: try container.encode(Double(bitPattern: bits))
    case 3: try container.encode(bits % 40 == 0 ? Float.infinity : Float(bits % 9999) / 8)
    case 4: try container.encode(Date(timeIntervalSinceReferenceDate: Double(bits % 1_000_000)))
    case 5: try container.encode(Data([UInt8(truncatingIfNeeded: bits), 63, 255]))
    case 6: try container.encode([[bits % 2 == 0], []])
    case 7: try container.encode(Decimal(Int(bits % 100_000)) / 100)
    default: try container.encode("\u{1}é/\(bits)")
    }
  }
}

@Suite("Values of random shapes") struct EncoderGeneratedTests {
  @Test(arguments: 0..<8) func sameAsJSONEncoder(_ options: Int) {
    let strings = JSONEncoder.NonConformingFloatEncodingStrategy.convertToString(
      positiveInfinity: "+", negativeInfinity: "-", nan: "?")
    let pair = EncoderPair(
      [[], .prettyPrinted, .withoutEscapingSlashes][options % 3],
      date: options % 2 == 0 ? .iso8601 : .deferredToDate,
      data: options % 4 == 3 ? .deferredToData : .base64,
      float: options < 4 ? strings : .throw,
      key: options % 4 == 1 ? .convertToSnakeCase : .useDefaultKeys)
    for seed in 0..<400 as Range<UInt64> {
      let (ours, theirs) = pair.outcomes(Generated(seed: seed * 8 + UInt64(options), depth: 5))
      if ours != theirs {
        Issue.record("seed \(seed), options \(options):\n\(ours)\nexpected\n\(theirs)")
        return
      }
    }
  }
}
