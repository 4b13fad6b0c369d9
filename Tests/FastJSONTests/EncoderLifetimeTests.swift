import Foundation
import Testing

@testable import FastJSON

/// What outlives what: a buffer that grows under a value that fails, containers without the encoder
/// that they came from, encoders without their containers.
@Suite("What is held, and for how long") struct EncoderLifetimeTests {
  enum Keys: CodingKey { case x, y, z }
  enum Only: CodingKey { case x }

  private func expectSame(
    _ value: some Encodable,
    _ pairs: [EncoderPair] = [
      EncoderPair(), EncoderPair(publicAPIAlone: true), EncoderPair(key: .convertToSnakeCase),
    ],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for pair in pairs {
      for _ in 0..<2 {
        let (ours, theirs) = pair.outcomes(value)
        #expect(ours == theirs, sourceLocation: sourceLocation)
      }
    }
  }

  // MARK: A number fails behind a buffer that has grown

  private static let texts = JSONEncoder.NonConformingFloatEncodingStrategy.convertToString(
    positiveInfinity: "+", negativeInfinity: "-", nan: "?")

  /// With 1000 elements, the buffer has grown several times; with 20 it has not.
  @Test(arguments: [20, 100, 1000, 40_000], [Double.nan, .infinity, -.infinity])
  func notFinite(_ count: Int, last: Double) {
    let doubles = Array(repeating: 1.5, count: count) + [last]
    let floats = doubles.map { Float($0) }
    for pair in [EncoderPair(), EncoderPair(float: Self.texts)] {
      // JSONEncoder's paths leave out the index here; that of the arrays' own encode has it.
      expectSame(doubles, [pair])
      expectSame(doubles as [Double]?, [pair])
      expectSame(floats as [Float]?, [pair])
      expectSame([doubles] as [[Double]?], [pair])
      expectSame([doubles, doubles] as [[Double]]?, [pair])
      expectSame(["a": floats] as [String: [Float]?], [pair])
      expectSame(
        Custom {
          var container = $0.singleValueContainer()
          try container.encode(doubles)
        }, [pair])
      expectSame(
        Custom {
          var container = $0.container(keyedBy: Keys.self)
          try container.encodeIfPresent(doubles, forKey: .x)
          try container.encodeIfPresent([floats] as [[Float]]?, forKey: .y)
        }, [pair])
      expectSame(
        Custom {
          var container = $0.unkeyedContainer()
          // Caught, and the container goes on.
          try? container.encode(doubles as [Double]?)
          try? container.encode([[doubles]] as [[[Double]]]?)
          try container.encode("after")
        }, [pair])
    }
  }

  @Test func pathOfANumberThatIsNotFinite() {
    let values = Array(repeating: 1.5, count: 1000) + [.nan] as [Double]?
    #expect {
      try FastJSONEncoder().encode(values)
    } throws: { error in
      guard case EncodingError.invalidValue(_, let context) = error else { return false }
      return context.codingPath.map(\.stringValue) == ["Index 1000"]
    }
  }

  // MARK: A container outlives its encoder

  @Test func containersOfSuperEncodersAlone() {
    expectSame(
      Custom {
        var list = $0.unkeyedContainer()
        for i in 0..<3 {
          var object = list.superEncoder().container(keyedBy: Keys.self)
          try object.encode(i, forKey: .x)
        }
        for i in 0..<3 {
          var array = list.superEncoder().unkeyedContainer()
          try array.encode(i)
        }
        for i in 0..<3 {
          var only = list.superEncoder().container(keyedBy: Only.self)
          try only.encode([i], forKey: .x)
        }
        for i in 0..<3 {
          var single = list.superEncoder().singleValueContainer()
          try single.encode([i])
        }
      })
    expectSame(
      Custom {
        var members = $0.container(keyedBy: Keys.self)
        for (i, key) in [Keys.z, .x, .y, .x].enumerated() {
          var object = members.superEncoder(forKey: key).container(keyedBy: Keys.self)
          try object.encode(i, forKey: .x)
          try object.encode(["deep": [i]], forKey: .y)
        }
        var own = members.superEncoder().container(keyedBy: Name.self)
        try own.encode(1, forKey: "x")
      })
  }

  /// What a container gives that nobody else holds.
  private func from<Container, Result>(
    _ container: Container, _ body: (inout Container) -> Result
  ) -> Result {
    var container = container
    return body(&container)
  }

  @Test func containersOfContainersOfSuperEncodersAlone() {
    expectSame(
      Custom {
        var list = $0.unkeyedContainer()
        let inner = from(list.superEncoder().container(keyedBy: Keys.self)) {
          $0.superEncoder(forKey: .y).container(keyedBy: Keys.self)
        }
        var deep = from(inner) { $0.nestedUnkeyedContainer(forKey: .z) }
        try deep.encode(1)
        var deeper = deep.superEncoder().container(keyedBy: Keys.self)
        try deeper.encode("a", forKey: .x)
        var nested = from(deep.nestedContainer(keyedBy: Keys.self)) {
          $0.superEncoder().container(keyedBy: Keys.self)
        }
        try nested.encode(["k": 2], forKey: .x)
        try deeper.encode("b", forKey: .y)
      })
  }

  /// Two containers of one super encoder; what counts is when the last one goes.
  @Test func lastOfSeveralContainers() {
    expectSame(
      Custom {
        var list = $0.unkeyedContainer()
        var kept: [KeyedEncodingContainer<Keys>] = []
        do {
          let encoder = list.superEncoder()
          kept = [encoder.container(keyedBy: Keys.self), encoder.container(keyedBy: Keys.self)]
        }
        try list.encode("before")
        try kept[0].encode(0, forKey: .x)
        kept.removeFirst()
        try list.encode("between")
        try kept[0].encode(1, forKey: .y)
        kept.removeFirst()
        try list.encode("after")
      })
  }

  // MARK: A container outlives its value, its call, its encoder

  private final class Keeper: @unchecked Sendable {
    var keyed: [KeyedEncodingContainer<Keys>] = []
    var only: [KeyedEncodingContainer<Only>] = []
    var unkeyed: [any UnkeyedEncodingContainer] = []
    var encoders: [any Encoder] = []

    /// Takes everything that an encoder and its containers can give, and writes to all of it.
    func use() throws {
      for index in keyed.indices {
        try keyed[index].encode("late", forKey: .z)
        try keyed[index].encode([Custom { try 1.encode(to: $0) }], forKey: .x)
        encoders.append(keyed[index].superEncoder())
        _ = keyed[index].nestedContainer(keyedBy: Keys.self, forKey: .y).codingPath
      }
      for index in only.indices { try only[index].encode(["late"], forKey: .x) }
      for index in unkeyed.indices {
        try unkeyed[index].encode(["late": [Double(index)]])
        encoders.append(unkeyed[index].superEncoder())
      }
      for encoder in encoders {
        _ = encoder.codingPath
        // Containers of encoders that are gone before them.
        keyed.append(encoder.container(keyedBy: Keys.self))
        only.append(encoder.container(keyedBy: Only.self))
      }
    }

    func useAgain() throws {
      encoders = []
      try use()
      keyed = []
      only = []
      unkeyed = []
      encoders = []
    }
  }

  @Test(arguments: [false, true]) func whatOutlivesItsValue(publicAPIAlone: Bool) throws {
    let encoder = FastJSONEncoder(publicAPIAlone: publicAPIAlone)
    let keeper = Keeper()
    let value = Custom {
      var outer = $0.container(keyedBy: Keys.self)
      try outer.encode(
        Custom {
          keeper.encoders.append($0)
          keeper.keyed.append($0.container(keyedBy: Keys.self))
          keeper.only.append($0.container(keyedBy: Only.self))
          try keeper.only[0].encode(1, forKey: .x)
        }, forKey: .x)
      // Within the call, after the value; then a value in its place.
      try keeper.use()
      try outer.encode([Custom { keeper.unkeyed.append($0.unkeyedContainer()) }], forKey: .y)
      try keeper.use()
      try outer.encode(2, forKey: .z)
      keeper.encoders.append(outer.superEncoder())
    }
    for _ in 0..<3 {
      #expect(
        String(decoding: try encoder.encode(value), as: UTF8.self)
          == #"{"x":{"x":1},"y":[[]],"z":2}"#)
      try keeper.use()
      #expect(String(decoding: try encoder.encode(["x": 1]), as: UTF8.self) == #"{"x":1}"#)
      try keeper.useAgain()
      #expect(String(decoding: try encoder.encode(["x": 2]), as: UTF8.self) == #"{"x":2}"#)
    }
  }

  @Test func whatOutlivesAFailureAndTheEncoder() throws {
    struct Failure: Error {}
    let keeper = Keeper()
    do {
      let encoder = FastJSONEncoder()
      let value = Custom {
        var list = $0.unkeyedContainer()
        keeper.encoders.append(list.superEncoder())
        try list.encode(
          Custom {
            keeper.encoders.append($0)
            keeper.keyed.append($0.container(keyedBy: Keys.self))
            try keeper.keyed[0].encode(
              Custom {
                keeper.unkeyed.append($0.unkeyedContainer())
                keeper.encoders.append(keeper.unkeyed[0].superEncoder())
                throw Failure()
              }, forKey: .x)
          })
      }
      #expect(throws: Failure.self) { try encoder.encode(value) }
    }
    try keeper.use()
    // Others take the memory that is free by now.
    for _ in 0..<10 { _ = try FastJSONEncoder().encode(Model()) }
    try keeper.use()
    try keeper.useAgain()
  }

  // MARK: Stack

  /// The bytes of stack that `body` takes on a thread of its own.
  private static func stack(of body: @escaping () -> Void) -> Int {
    final class Box {
      var body: () -> Void
      init(_ body: @escaping () -> Void) { self.body = body }
    }
    let size = 1 << 20
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 1 << 16)
    defer { memory.deallocate() }
    memset(memory, 0xA5, size)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstack(&attributes, memory, size)
    var thread = pthread_t()
    pthread_create(
      &thread, &attributes,
      {
        Unmanaged<Box>.fromOpaque($0!).takeRetainedValue().body()
        return nil
      }, Unmanaged.passRetained(Box(body)).toOpaque())
    pthread_join(thread, nil)
    let untouched = UnsafeRawBufferPointer(start: memory, count: size).firstIndex { $0 != 0xA5 }
    return size - (untouched ?? size)
  }

  private struct Small: Encodable {
    var number = 1
    var list = [1.5]
    var names = ["a": "b"]
  }

  /// The first document of a process, on a thread with little stack: JSONEncoder takes 22 KiB.
  @Test func stackOfTheFirstDocument() async {
    await #expect(processExitsWith: .success) {
      // AddressSanitizer makes every function's frame larger.
      if dlsym(nil, "__asan_init") != nil { return }
      let bytes = Self.stack { _ = try? FastJSONEncoder().encode(Small()) }
      precondition(bytes < 36 << 10, "\(bytes) bytes of stack")
    }
  }
}
