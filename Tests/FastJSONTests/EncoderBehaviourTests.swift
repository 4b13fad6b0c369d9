import Foundation
import Testing

@testable import FastJSON

/// Encodes itself by a closure, for shapes that no declared type has.
struct Custom: Encodable {
  var body: (any Encoder) throws -> Void
  init(_ body: @escaping (any Encoder) throws -> Void) { self.body = body }
  func encode(to encoder: any Encoder) throws { try body(encoder) }
}

/// Any key.
struct Name: CodingKey, ExpressibleByStringLiteral {
  var stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init(stringLiteral value: String) { stringValue = value }
  init?(intValue: Int) { nil }
}

struct Model: Encodable {
  enum Kind: String, Encodable, CodingKeyRepresentable { case first, second }
  struct Inner: Encodable {
    var someURLValue: String
    var list: [Int]
    var none: Int?
  }
  var text = "a/b\"\\\u{8}\t\n\u{c}\r\u{1}\u{1f}\u{7f}\u{2028}😀é"
  var number = -12
  var wide = Int128.min
  var unsigned = UInt128.max
  var flag = true
  var fraction = 0.1
  var float: Float = 16_777_216
  var decimal = Decimal(string: "12345678901234567890.123456789")!
  var url = URL(string: "https://example.org/a/b?c=d")!
  var date = Date(timeIntervalSinceReferenceDate: 12345.678)
  var data = Data([0, 1, 2, 250, 251, 255, 63])
  var uuid = UUID(uuidString: "E621E1F8-C36C-495A-93FC-0C247A3E6E5F")!
  var kinds: [Kind: Int] = [.first: 1]
  var ids: [Int: String] = [7: "seven"]
  var names: [String: Inner?] = ["camelCase": .init(someURLValue: "x", list: [1], none: nil)]
  var missing: String?
  var inner = Inner(someURLValue: "y", list: [], none: 3)
  var inners = [Inner(someURLValue: "z", list: [1, 2], none: nil)]
  var matrix: [[Double]] = [[1, 0.5], [], [1e16, 1e-5]]
  var optionals: [Int?] = [1, nil]
  var empty: [String: Int] = [:]
}

@Suite("FastJSONEncoder does as JSONEncoder does") struct EncoderBehaviourTests {
  private func expectSame(
    _ value: some Encodable, _ pair: EncoderPair = EncoderPair(),
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for _ in 0..<2 {
      let (ours, theirs) = pair.outcomes(value)
      #expect(ours == theirs, sourceLocation: sourceLocation)
    }
  }

  @Test(
    arguments: [
      [], .prettyPrinted, .withoutEscapingSlashes, [.prettyPrinted, .withoutEscapingSlashes],
    ] as [JSONEncoder.OutputFormatting])
  func formatting(_ formatting: JSONEncoder.OutputFormatting) {
    expectSame(Model(), EncoderPair(formatting))
    expectSame([[Int]](), EncoderPair(formatting))
    expectSame([[:], ["a": []]] as [[String: [Int]]], EncoderPair(formatting))
  }

  @Test func strategies() {
    let model = Model()
    expectSame(model, EncoderPair(date: .secondsSince1970))
    expectSame(model, EncoderPair(date: .millisecondsSince1970))
    expectSame(model, EncoderPair(date: .iso8601))
    expectSame(model, EncoderPair(date: .custom { try $0.description.encode(to: $1) }))
    expectSame(model, EncoderPair(date: .custom { _, _ in }))
    expectSame(model, EncoderPair(data: .deferredToData))
    expectSame(model, EncoderPair(data: .custom { try $0.count.encode(to: $1) }))
    expectSame(model, EncoderPair(data: .custom { _, _ in }))
    expectSame(model, EncoderPair(key: .convertToSnakeCase))
    expectSame(
      model, EncoderPair(key: .custom { Name(stringValue: $0.map(\.stringValue).joined()) }))
  }

  @Test(arguments: [
    "myProperty", "myURLProperty", "_oneTwo_", "", "A", "aB", "aBC", "URL", "x1Y2", "äÖü", "a_b",
    "someURL", "i18nABCdef", "E\u{301}aE\u{301}b", "__", "AbC",
  ])
  func snakeCase(_ name: String) {
    let value = Custom {
      var container = $0.container(keyedBy: Name.self)
      try container.encode(1, forKey: Name(stringValue: name))
    }
    expectSame(value, EncoderPair(key: .convertToSnakeCase))
  }

  @Test(arguments: [
    Double.nan, .infinity, -.infinity, 0, -0.0, 1e-05, 9.007199254740994e15, 1e16, 123.5,
  ])
  func numbers(_ value: Double) {
    let strings = JSONEncoder.NonConformingFloatEncodingStrategy.convertToString(
      positiveInfinity: "+/", negativeInfinity: "-\"", nan: "?")
    for pair in [EncoderPair(), EncoderPair(float: strings)] {
      expectSame(value, pair)
      expectSame(Float(value), pair)
      expectSame([value], pair)
      expectSame(["a": [[value]]], pair)
      expectSame(["a": Optional(value)], pair)
      expectSame([1: Float(value)], pair)
      expectSame([Date(timeIntervalSinceReferenceDate: value)], pair)
      expectSame(
        Custom {
          var container = $0.container(keyedBy: Name.self)
          var inner = container.nestedContainer(keyedBy: Name.self, forKey: "in")
          var list = inner.nestedUnkeyedContainer(forKey: "list")
          try list.encode(Int8(1))
          try list.encode(value)
        }, pair)
    }
    expectSame(
      [Date(timeIntervalSinceReferenceDate: value)],
      EncoderPair(date: .secondsSince1970, float: strings))
  }

  /// JSONEncoder writes a bare NaN, which is no JSON.
  @Test func decimalsThatAreNotNumbers() throws {
    struct Price: Encodable { var amount = Decimal.nan }
    func failure(_ value: some Encodable) -> String? {
      do {
        return String(decoding: try FastJSONEncoder().encode(value), as: UTF8.self)
      } catch EncodingError.invalidValue(let value, let context) {
        let path = context.codingPath.map(\.stringValue)
        return "\(type(of: value)) at \(path): \(context.debugDescription)"
      } catch {
        return "\(error)"
      }
    }
    let message = "Unable to encode Decimal.NaN directly in JSON."
    #expect(failure(Decimal.nan) == "Decimal at []: \(message)")
    #expect(failure([Decimal(1), .nan]) == #"Decimal at ["Index 1"]: \#(message)"#)
    #expect(failure(Price()) == #"Decimal at ["amount"]: \#(message)"#)
    #expect(failure(["a": [.nan] as [Decimal]?]) == #"Decimal at ["a", "Index 0"]: \#(message)"#)
    #expect(failure(Decimal(1) / 3) == (Decimal(1) / 3).description)
    let encoder = FastJSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "+", negativeInfinity: "-", nan: "?")
    let text = String(decoding: try encoder.encode([Price(), Price(amount: 2)]), as: UTF8.self)
    #expect(text == #"[{"amount":"?"},{"amount":2}]"#)
  }

  @Test func fragments() {
    expectSame(1)
    expectSame("a/b")
    expectSame(nil as Int?)
    expectSame(true)
    expectSame(URL(string: "a/b")!)
    expectSame(Date(timeIntervalSinceReferenceDate: 1))
    expectSame(Data([1]))
    expectSame(Decimal(1))
    expectSame([1, 2])
    expectSame(Custom { _ in })
    expectSame([Custom { _ in }])
    expectSame(["a": Custom { _ in }])
    expectSame(Custom { _ = $0.container(keyedBy: Name.self) })
    expectSame(Custom { _ = $0.unkeyedContainer() })
    expectSame(Custom { try $0.unkeyedContainer().codingPath.count.encode(to: $0) } as Custom?)
  }

  @Test func keysTwiceAndMerging() {
    expectSame(
      Custom {
        var container = $0.container(keyedBy: Name.self)
        try container.encode(1, forKey: "a")
        try container.encode([2], forKey: "b")
        try container.encode("last", forKey: "a")
        try container.encodeNil(forKey: "é")
        try container.encode(3, forKey: "e\u{301}")
        var again = $0.container(keyedBy: Name.self)
        try again.encode(4, forKey: "c")
      })
    expectSame(
      Custom {
        var container = $0.container(keyedBy: Name.self)
        try container.encode(["x": 1, "y": 2], forKey: "a")
        var nested = container.nestedContainer(keyedBy: Name.self, forKey: "a")
        try nested.encode(3, forKey: "x")
        try nested.encode(["p/\"\n": 4], forKey: "z")
        var same = container.nestedContainer(keyedBy: Name.self, forKey: "a")
        try same.encode(5, forKey: "w")
        try container.encode([Custom { try 1.encode(to: $0) }], forKey: "l")
        var list = container.nestedUnkeyedContainer(forKey: "l")
        try list.encode(6)
      })
    expectSame(
      Custom {
        try Custom {
          var container = $0.container(keyedBy: Name.self)
          try container.encode(1, forKey: "a")
        }.encode(to: $0)
        var single = $0.singleValueContainer()
        try single.encode(["b": 2])
        var container = $0.container(keyedBy: Name.self)
        try container.encode(3, forKey: "c")
      })
    let many = Custom {
      var container = $0.container(keyedBy: Name.self)
      for i in 0..<200 { try container.encode(i, forKey: Name(stringValue: "key \(i % 150)")) }
    }
    expectSame(many)
  }

  @Test func outOfOrder() {
    expectSame(
      Custom {
        var container = $0.container(keyedBy: Name.self)
        var first = container.nestedContainer(keyedBy: Name.self, forKey: "first")
        var second = container.nestedUnkeyedContainer(forKey: "second")
        try first.encode(1, forKey: "a")
        try second.encode("x")
        try container.encode(true, forKey: "between")
        try second.encode(["k": [1.5]])
        try first.encode(2, forKey: "b")
        var third = second.nestedContainer(keyedBy: Name.self)
        try second.encodeNil()
        try third.encode([Model.Inner(someURLValue: "", list: [3], none: 1)], forKey: "deep")
        #expect(second.count == 4)
      })
  }

  @Test func superEncoders() {
    expectSame(
      Custom {
        var container = $0.container(keyedBy: Name.self)
        try container.encode(1, forKey: "own")
        try Model.Inner(someURLValue: "", list: [], none: 1).encode(to: container.superEncoder())
        try 7.encode(to: container.superEncoder(forKey: "parent"))
        _ = container.superEncoder(forKey: "nothing")
        let kept = container.superEncoder(forKey: "kept")
        try container.encode(2, forKey: "after")
        var list = kept.unkeyedContainer()
        try list.encode("in kept")
      })
    expectSame(
      Custom {
        var container = $0.unkeyedContainer()
        try container.encode(1)
        try Custom { try "s".encode(to: $0) }.encode(to: container.superEncoder())
        let kept = container.superEncoder()
        try container.encode(3)
        try ["kept": Double(4)].encode(to: kept)
        #expect(container.count >= 3)
      })
  }

  @Test func failures() {
    struct Failure: Error {}
    expectSame([Custom { _ in throw Failure() }])
    expectSame(
      Custom {
        var container = $0.container(keyedBy: Name.self)
        try container.encode(1, forKey: "a")
        try? container.encode(
          Custom {
            var inner = $0.unkeyedContainer()
            try inner.encode(1)
            throw Failure()
          }, forKey: "b")
        try container.encode(2, forKey: "c")
      })
  }

  struct Nested: Encodable {
    var depth: Int
    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      if depth > 1 { try container.encode(Nested(depth: depth - 1)) }
    }
  }

  @Test(arguments: [1, 510, 511, 512, 600]) func depth(_ depth: Int) {
    expectSame(Nested(depth: depth))
    expectSame(
      Custom {
        var container = $0.unkeyedContainer()
        for _ in 1..<depth { container = container.nestedUnkeyedContainer() }
      })
  }

  private static func failure(of value: some Encodable) -> String? {
    do {
      _ = try FastJSONEncoder().encode(value)
      return nil
    } catch {
      guard case EncodingError.invalidValue(_, let context) = error else { return "\(error)" }
      return context.debugDescription
    }
  }

  @Test func nestedWithoutEnd() async {
    struct Single: Encodable {
      var depth: Int
      func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Single(depth: depth - 1))
      }
    }
    let message = "Unable to encode the given top-level value to JSON."
    let results = await withCheckedContinuation { continuation in
      let thread = Thread {
        continuation.resume(
          returning: [
            Self.failure(of: Nested(depth: 100_000)), Self.failure(of: Single(depth: 100_000)),
          ])
      }
      thread.stackSize = 512 << 10
      thread.start()
    }
    #expect(results == [message, message])
    #expect(Self.failure(of: Nested(depth: 100_000)) == message)
  }

  @Test func containersThatAreKept() throws {
    final class Keeper: @unchecked Sendable {
      var keyed: KeyedEncodingContainer<Name>?
      var unkeyed: (any UnkeyedEncodingContainer)?
      var encoder: (any Encoder)?
    }
    let keeper = Keeper()
    let encoder = FastJSONEncoder()
    let value = Custom {
      keeper.keyed = $0.container(keyedBy: Name.self)
      try keeper.keyed?.encode([Custom { keeper.unkeyed = $0.unkeyedContainer() }], forKey: "a")
      keeper.encoder = keeper.keyed?.superEncoder()
    }
    for _ in 0..<3 {
      #expect(String(decoding: try encoder.encode(value), as: UTF8.self) == #"{"a":[[]]}"#)
      try keeper.keyed?.encode(1, forKey: "late")
      try keeper.unkeyed?.encode(["late"])
      _ = keeper.encoder?.container(keyedBy: Name.self)
      #expect(String(decoding: try encoder.encode(["x": 1]), as: UTF8.self) == #"{"x":1}"#)
    }
  }

  @Test func layouts() {
    #expect(ContainerLayout.isAsExpected && FastJSON.readsStringLayout)
  }

  @Test func orderOfEncoding() throws {
    let value = Custom {
      var container = $0.container(keyedBy: Name.self)
      for key in ["z", "a", "m", "z", "b"] as [Name] { try container.encode(1, forKey: key) }
    }
    let data = try FastJSONEncoder().encode(value)
    #expect(String(decoding: data, as: UTF8.self) == #"{"z":1,"a":1,"m":1,"b":1}"#)
  }

  @Test func userInfo() throws {
    let key = try #require(CodingUserInfoKey(rawValue: "key"))
    let encoder = FastJSONEncoder()
    encoder.userInfo[key] = "value"
    let value = Custom { try ($0.userInfo[key] as? String).encode(to: $0) }
    #expect(String(decoding: try encoder.encode([value]), as: UTF8.self) == #"["value"]"#)
  }

  @Test func severalThreads() async throws {
    let encoder = FastJSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let expected = try encoder.encode(Model())
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (0..<50).allSatisfy { _ in (try? encoder.encode(Model())) == expected }
        }
      }
      for await isSame in group { #expect(isSame) }
    }
  }
}
