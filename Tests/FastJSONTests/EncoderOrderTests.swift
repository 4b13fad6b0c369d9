import Foundation
import Testing

@testable import FastJSON

/// What happens to a container while one of its own values is being encoded, and other things that
/// come out of their order.
@Suite("Containers in any order") struct EncoderOrderTests {
  private func expectSame(
    _ value: some Encodable, _ pair: EncoderPair = EncoderPair(),
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for _ in 0..<2 {
      let (ours, theirs) = pair.outcomes(value)
      #expect(ours == theirs, sourceLocation: sourceLocation)
    }
  }

  enum Keys: CodingKey { case a, b, c, d }

  @Test func memberOfParentInsideMember() {
    expectSame(
      Custom {
        var outer = $0.container(keyedBy: Keys.self)
        var parent = outer
        try outer.encode(1, forKey: .a)
        try outer.encode(
          Custom {
            var inner = $0.container(keyedBy: Keys.self)
            try inner.encode(1, forKey: .a)
            try parent.encode("early", forKey: .b)
            try parent.encode("new", forKey: .c)
            try parent.encode(["x": [2]], forKey: .a)
            try parent.encode(Model.Inner(someURLValue: "u", list: [1], none: 2), forKey: .d)
            try inner.encode(true, forKey: .b)
          }, forKey: .b)
        try outer.encode("after", forKey: .c)
      })
  }

  @Test func elementOfParentInsideElement() {
    expectSame(
      Custom {
        var outer = $0.unkeyedContainer()
        var parent = outer
        try outer.encode(1)
        try outer.encode(
          Custom {
            var inner = $0.unkeyedContainer()
            try inner.encode(2)
            try parent.encode("early")
            try parent.encode(["x": 1])
            try inner.encode(3)
            #expect(parent.count == 3)
          })
        try outer.encode("after")
        #expect(outer.count == 5)
      })
  }

  @Test func nestedContainerOfParentInsideMember() {
    expectSame(
      Custom {
        var outer = $0.container(keyedBy: Keys.self)
        var parent = outer
        try outer.encode(
          Custom {
            var nested = parent.nestedContainer(keyedBy: Keys.self, forKey: .c)
            try nested.encode(1, forKey: .a)
            var single = $0.singleValueContainer()
            try single.encode("value")
            var again = parent.nestedContainer(keyedBy: Keys.self, forKey: .c)
            try again.encode(2, forKey: .b)
          }, forKey: .b)
        try outer.encode("after", forKey: .a)
      })
  }

  @Test func superEncoderInsideMember() {
    expectSame(
      Custom {
        var outer = $0.container(keyedBy: Keys.self)
        var parent = outer
        try outer.encode(1, forKey: .a)
        try outer.encode(
          Custom {
            var inner = $0.container(keyedBy: Keys.self)
            try inner.encode(1, forKey: .a)
            try ["in": "super"].encode(to: parent.superEncoder())
            try Model.Inner(someURLValue: "", list: [7], none: nil)
              .encode(to: parent.superEncoder(forKey: .d))
            try inner.encode(2, forKey: .b)
          }, forKey: .b)
        try outer.encode(3, forKey: .c)
      })
    expectSame(
      Custom {
        var outer = $0.unkeyedContainer()
        var parent = outer
        try outer.encode(1)
        var kept: (any Encoder)?
        try outer.encode(
          Custom {
            var inner = $0.unkeyedContainer()
            kept = parent.superEncoder()
            try "super".encode(to: parent.superEncoder())
            try inner.encode(2)
          })
        try outer.encode(3)
        try kept.map { try "kept".encode(to: $0) }
        kept = nil
        try outer.encode(4)
      })
  }

  @Test func superEncoderInEveryPosition() {
    for position in 0..<3 {
      expectSame(
        Custom {
          var members = $0.container(keyedBy: Keys.self)
          for (index, key) in [Keys.a, .b, .c].enumerated() {
            if index == position { try [index].encode(to: members.superEncoder()) }
            try members.encode(index, forKey: key)
          }
          var list = members.nestedUnkeyedContainer(forKey: .d)
          for index in 0..<3 {
            if index == position { try [index].encode(to: list.superEncoder()) }
            try list.encode(index)
          }
          var nested = list.nestedContainer(keyedBy: Keys.self)
          try ["deep": 1].encode(to: nested.superEncoder(forKey: .c))
          try ["deeper": 1].encode(to: nested.superEncoder())
        })
    }
    expectSame(
      Custom {
        var members = $0.container(keyedBy: Keys.self)
        let encoder = members.superEncoder()
        var inside = encoder.container(keyedBy: Keys.self)
        try Custom { try $0.codingPath.count.encode(to: $0) }.encode(to: inside.superEncoder())
        try inside.encode(encoder.codingPath.map(\.stringValue), forKey: .a)
      })
  }

  /// Two types of keys in one object, as with a class and its superclass in one container.
  @Test func severalTypesOfKeys() {
    enum Others: String, CodingKey {
      case a, e
      case long = "a key of more than sixty-four bytes, which no table holds, at all, ever"
    }
    enum Only: CodingKey { case only }
    enum Escaped: String, CodingKey {
      case slash = "a/b"
      case quote = "\"\\\n\u{1}"
      case accent = "é"
      case split = "e\u{301}"
    }
    let value = Custom {
      var first = $0.container(keyedBy: Keys.self)
      try first.encode(1, forKey: .c)
      try first.encode(1, forKey: .a)
      var second = $0.container(keyedBy: Others.self)
      try second.encode(2, forKey: .a)
      try second.encode([2], forKey: .long)
      try second.encode(2, forKey: .e)
      var third = $0.container(keyedBy: Only.self)
      try third.encode(Custom { _ in }, forKey: .only)
      var fourth = $0.container(keyedBy: Escaped.self)
      try fourth.encode("1", forKey: .slash)
      try fourth.encode("2", forKey: .quote)
      try fourth.encode("3", forKey: .accent)
      try fourth.encodeNil(forKey: .split)
      try first.encode(3, forKey: .b)
      try first.encodeIfPresent(4 as Int?, forKey: .d)
    }
    expectSame(value)
    expectSame([value, value], EncoderPair(.withoutEscapingSlashes, key: .convertToSnakeCase))
    expectSame(
      Custom {
        var members = $0.container(keyedBy: Escaped.self)
        try members.encode("1", forKey: .slash)
        try members.encode("3", forKey: .accent)
        try members.encode("2", forKey: .quote)
        try members.encode("4", forKey: .split)
      })
    expectSame(
      Custom {
        var members = $0.container(keyedBy: Only.self)
        try members.encode(Model(), forKey: .only)
        try members.encode("again", forKey: .only)
      })
  }

  /// More keys than a table has bits for.
  @Test func manyCases() {
    let value = Custom {
      var members = $0.container(keyedBy: Many.self)
      for key in Many.all.reversed() { try members.encode(key.rawValue, forKey: key) }
      for key in Many.all where key.rawValue % 7 == 0 { try members.encode("x", forKey: key) }
    }
    expectSame(value)
    expectSame([value, value])
  }

  /// More than the 64 that a table has bits for, in another order than that of their names.
  enum Many: UInt8, CodingKey {
    case
      k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, k12, k13, k14, k15, k16, k17, k18, k19,
      k20, k21, k22, k23, k24, k25, k26, k27, k28, k29, k30, k31, k32, k33, k34, k35, k36, k37,
      k38, k39, k40, k41, k42, k43, k44, k45, k46, k47, k48, k49, k50, k51, k52, k53, k54, k55,
      k56, k57, k58, k59, k60, k61, k62, k63, k64, k65, k66, k67, k68, k69, k70, k71, k72, k73,
      k74, k75, k76, k77, k78, k79, k80, k81, k82, k83, k84, k85, k86, k87, k88, k89, k90, k91,
      k92, k93, k94, k95, k96, k97, k98, k99, k100, k101, k102, k103, k104, k105, k106, k107,
      k108, k109, k110, k111, k112, k113, k114, k115, k116, k117, k118, k119, k120, k121, k122,
      k123, k124, k125, k126, k127, k128, k129, k130, k131, k132, k133, k134, k135, k136, k137,
      k138, k139, k140, k141, k142, k143, k144, k145, k146, k147, k148, k149, k150, k151, k152,
      k153, k154, k155, k156, k157, k158, k159, k160, k161, k162, k163, k164, k165, k166, k167,
      k168, k169, k170, k171, k172, k173, k174, k175, k176, k177, k178, k179, k180, k181, k182,
      k183, k184, k185, k186, k187, k188, k189, k190, k191, k192, k193, k194, k195, k196, k197,
      k198, k199

    static let all = (0..<200).compactMap { Many(rawValue: $0) }

    var stringValue: String { "key \(rawValue % 190)" }
    var intValue: Int? { nil }
    init?(stringValue: String) { nil }
    init?(intValue: Int) { nil }
  }

  /// A member whose value fails and is left out can be encoded again.
  @Test func failedMember() {
    struct Failure: Error {}
    expectSame(
      Custom {
        var members = $0.container(keyedBy: Keys.self)
        try members.encode(1, forKey: .c)
        try? members.encode(
          Custom {
            var inner = $0.container(keyedBy: Keys.self)
            try inner.encode(1, forKey: .b)
            try inner.encode([Double.nan], forKey: .a)
          }, forKey: .b)
        try? members.encode(Double.infinity, forKey: .d)
        try members.encode(2, forKey: .a)
        // No container: JSONEncoder would trap, since it goes on with the one that failed.
        try members.encode("again", forKey: .b)
      })
  }

  /// Dictionaries inside one another, with a strategy for keys that they are not subject to.
  @Test func codingPathsInDictionaries() {
    let failing = Custom {
      var members = $0.container(keyedBy: Keys.self)
      try members.encode(Double.nan, forKey: .a)
    }
    for key in [JSONEncoder.KeyEncodingStrategy.useDefaultKeys, .convertToSnakeCase] {
      let pair = EncoderPair(key: key)
      expectSame(["oneTwo": failing], pair)
      expectSame(["oneTwo": ["threeFour": failing]], pair)
      expectSame(["oneTwo": [["threeFour": failing]]], pair)
      expectSame([["oneTwo": failing]], pair)
      expectSame([1: ["oneTwo": failing]], pair)
      expectSame(["oneTwo": ["threeFour": ["five": failing]]], pair)
      expectSame(
        Custom {
          var members = $0.container(keyedBy: Keys.self)
          try members.encode(["oneTwo": ["threeFour": failing]], forKey: .c)
        }, pair)
      expectSame(Optional(["oneTwo": Optional(failing)]), pair)
    }
    let joined = JSONEncoder.KeyEncodingStrategy.custom {
      Name(stringValue: $0.map(\.stringValue).joined(separator: ">"))
    }
    let inner = Model.Inner(someURLValue: "", list: [1], none: 1)
    expectSame(["a": ["b": inner]], EncoderPair(key: joined))
    expectSame([["a": [inner]]], EncoderPair(key: joined))
    expectSame(
      Custom {
        var members = $0.container(keyedBy: Keys.self)
        try members.encode(["a": ["b": inner]], forKey: .c)
        try members.encode(inner, forKey: .d)
      }, EncoderPair(key: joined))
  }

  @Test func codingPathsOfErrors() {
    let failing = Custom {
      var list = $0.unkeyedContainer()
      try list.encode(1)
      var nested = list.nestedContainer(keyedBy: Keys.self)
      try nested.encode(Float.infinity, forKey: .a)
    }
    expectSame([[failing]])
    expectSame([1: [Optional(failing)]])
    expectSame(
      Custom {
        var members = $0.container(keyedBy: Keys.self)
        try members.encode([failing], forKey: .b)
      })
    expectSame(
      Custom {
        var members = $0.container(keyedBy: Keys.self)
        try failing.encode(to: members.superEncoder())
      })
    expectSame([Date(timeIntervalSince1970: .infinity)], EncoderPair(date: .millisecondsSince1970))
    expectSame([[Double.nan]])
    expectSame(["a": [[1], [Float.nan]]])
    expectSame(Custom { try Double.nan.encode(to: $0) })
    expectSame([Optional(Double.nan)])
  }

  /// The characters outside of ASCII that are equal to one inside, alone and in longer keys, of a
  /// table and of none.
  @Test func keysThatAreEqualToASCII() {
    enum Table: String, CodingKey {
      case kelvin = "\u{212A}"
      case k = "K"
      case between = "k"
      case question = "\u{37E}"
      case semicolon = ";"
      case varia = "\u{1FEF}"
      case grave = "`"
    }
    let pairs = [EncoderPair(), EncoderPair(publicAPIAlone: true)]
    let order: [[Table]] = [
      [.k, .between, .kelvin], [.kelvin, .between, .k], [.semicolon, .question],
      [.question, .semicolon], [.grave, .varia], [.varia, .grave],
      [.kelvin, .question, .varia, .k, .semicolon, .grave],
    ]
    for pair in pairs {
      for keys in order {
        expectSame(
          Custom {
            var members = $0.container(keyedBy: Table.self)
            for (index, key) in keys.enumerated() { try members.encode(index, forKey: key) }
          }, pair)
        for suffix in ["", " of 9", " of more than fifteen bytes", "\u{37E}", " and é", "\u{301}"] {
          expectSame(
            Custom {
              var members = $0.container(keyedBy: Name.self)
              for (index, key) in keys.enumerated() {
                try members.encode(index, forKey: Name(stringValue: key.rawValue + suffix))
                try members.encode(index, forKey: Name(stringValue: suffix + key.rawValue))
              }
              // A table's keys in an object that has others already.
              var second = $0.container(keyedBy: Table.self)
              for (index, key) in keys.enumerated() { try second.encode([index], forKey: key) }
            }, pair)
        }
      }
    }
  }

  /// Equal texts have equal hashes: each Unicode scalar, against its canonical decomposition as
  /// Swift's own comparison sees it.
  @Test func hashesOfEqualKeys() {
    let ascii = (0..<128).map { String(Unicode.Scalar(UInt8($0))) }
    var equal = 0
    for value in 0x80...0x10FFFF as ClosedRange<UInt32> {
      // Characters that are equal to one in ASCII decompose, and never come back from it.
      guard let scalar = Unicode.Scalar(value), scalar.properties.isFullCompositionExclusion else {
        continue
      }
      let text = String(scalar)
      for other in ascii where other == text {
        equal += 1
        #expect(other.keyHash(readsLayout: true) == text.keyHash(readsLayout: true))
      }
    }
    #expect(equal == 3)
  }

  /// Keys that are equal as Strings and differ in their bytes: the first one's bytes are written,
  /// and decide the place among sorted members.
  @Test func spellingsOfOneKey() {
    enum Accents: String, CodingKey {
      case split = "e\u{301}"
      case whole = "é"
      case between = "f"
    }
    for keys in [
      [Accents.split, .between, .whole], [.whole, .between, .split], [.whole, .between],
    ] {
      expectSame(
        Custom {
          var members = $0.container(keyedBy: Accents.self)
          for (index, key) in keys.enumerated() { try members.encode(index, forKey: key) }
        })
    }
    for (first, second) in [(Accents.split, Accents.whole), (.whole, .split)] {
      expectSame(
        Custom {
          var members = $0.container(keyedBy: Accents.self)
          var same = members
          try members.encode(0, forKey: .between)
          try members.encode(
            Custom {
              try same.encode("early", forKey: second)
              try same.encode("again", forKey: first)
              try 1.encode(to: $0)
            }, forKey: first)
        })
    }
  }
}
