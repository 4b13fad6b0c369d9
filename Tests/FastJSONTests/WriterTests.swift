import FoundationEssentials
import Testing

@testable import FastJSON

@Suite struct WriterTests {
  struct Point: JSONWritable, Codable {
    var x: Double
    var label: String?
    var tags: [String]

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("x", x)
        .memberIfPresent("label", label)
        .member("tags", tags)
        .endObject()
    }
  }

  @Test func structs() throws {
    #expect(try written(Point(x: 1.5, label: nil, tags: [])) == #"{"x":1.5,"tags":[]}"#)
    let point = Point(x: -2, label: "a\"b", tags: ["", "c"])
    #expect(try written(point) == #"{"x":-2,"label":"a\"b","tags":["","c"]}"#)
    #expect(try written([point, point]) == "[\(try written(point)),\(try written(point))]")
  }

  /// Keys of every class of length, and keys that need escapes.
  struct Keys: JSONWritable {
    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("", 0).member("a", 1).member("ab", 2).member("abc", 3).member("abcd", 4)
        .member("abcdefg", 7).member("abcdefgh", 8).member("abcdefghijklmnop", 16)
        .member("abcdefghijklmnopq", 17).member("abcdefghijklmnopqrstuvwxyz012345", 32)
        .member("abcdefghijklmnopqrstuvwxyz0123456", 33)
        .member("abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789", 72)
        .member("\"", 0).member("a\n", 0).member("\\bc", 0).member("abc\u{1}defg", 0)
        .member("abcdefghijklmno\"pqrst", 0).member("é/", 0).member("\u{0}", 0)
        .endObject()
    }
  }

  @Test func keys() throws {
    let text = try written(Keys())
    let expected = #"""
      {"":0,"a":1,"ab":2,"abc":3,"abcd":4,"abcdefg":7,"abcdefgh":8,"abcdefghijklmnop":16,\#
      "abcdefghijklmnopq":17,"abcdefghijklmnopqrstuvwxyz012345":32,\#
      "abcdefghijklmnopqrstuvwxyz0123456":33,\#
      "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789":72,\#
      "\"":0,"a\n":0,"\\bc":0,"abc\u0001defg":0,"abcdefghijklmno\"pqrst":0,"é/":0,"\u0000":0}
      """#
    #expect(text == expected)
    #expect(
      try written(Keys(), escapingSlashes: true)
        == expected.replacing("é/", with: #"é\/"#))
    #expect(try written(Keys(), readsStringLayout: false) == expected)
  }

  @Test func standardTypes() throws {
    #expect(try written(true) == "true")
    #expect(try written([true, false]) == "[true,false]")
    #expect(try written(Int?.none) == "null")
    #expect(try written([1, nil, 3] as [Int?]) == "[1,null,3]")
    #expect(try written([[Int]]()) == "[]")
    #expect(try written([[], [[]], [[], []]] as [[[Int]]]) == "[[],[[]],[[],[]]]")
    #expect(try written([1, 2, 3, 4][1...2]) == "[2,3]")
    #expect(try written(ContiguousArray(["a"])) == #"["a"]"#)
    #expect(try written(Set([7])) == "[7]")
    #expect(try written([String: Int]()) == "{}")
    #expect(try written(["a/\"b": [1: 2].values.first]) == #"{"a/\"b":2}"#)
    #expect(try written(Character("é")) == "\"é\"")
    let dictionary = Dictionary(uniqueKeysWithValues: (0..<100).map { ("key \($0)", $0) })
    let data = Data(try written(dictionary).utf8)
    #expect(try JSONDecoder().decode([String: Int].self, from: data) == dictionary)
  }

  /// Types that cannot be copied can be written too.
  struct Owner: ~Copyable, JSONWritable {
    let id: Int
    borrowing func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject().member("id", id).endObject()
    }
  }

  @Test func typesThatCannotBeCopied() throws {
    var buffer = JSONBuffer()
    try buffer.write(Owner(id: 7))
    #expect(String(buffer) == #"{"id":7}"#)
  }

  struct Deep: JSONWritable {
    var depth: Int
    func write(to json: consuming JSONWriter) -> JSONWritten {
      depth == 0
        ? json.beginArray().endArray()
        : json.beginArray().element(Deep(depth: depth - 1)).endArray()
    }
  }

  /// Closing brackets alone may not run beyond the buffer.
  @Test func deepNesting() throws {
    let text = try written(Deep(depth: 2000))
    #expect(text == String(repeating: "[", count: 2001) + String(repeating: "]", count: 2001))
  }

  /// Growth at every possible position.
  @Test func growth() throws {
    let value = (0..<300).map {
      Point(x: Double($0) / 8, label: "\($0)\n", tags: ["\u{1}\u{2}", "é"])
    }
    let expected = try written(value, capacity: 1 << 20)
    for capacity in 0..<200 { #expect(try written(value, capacity: capacity) == expected) }
    let controls = (0..<100).map { String(repeating: "\u{1}", count: $0 % 16) }
    let text =
      "[\(controls.map { "\"\(String(repeating: "\\u0001", count: $0.count))\"" }.joined(separator: ","))]"
    for capacity in 0..<100 { #expect(try written(controls, capacity: capacity) == text) }
  }

  @Test func reuse() throws {
    var buffer = JSONBuffer()
    try buffer.write(String(repeating: "x", count: 10_000))
    let capacity = buffer.capacity
    #expect(buffer.count == 10_002)
    buffer.reset()
    #expect(buffer.count == 0)
    try buffer.write(1)
    buffer.append(0x0A)
    try buffer.write([2])
    #expect(String(buffer) == "1\n[2]")
    #expect(buffer.capacity == capacity, "it keeps its memory")
  }

  @Test func outputs() throws {
    var buffer = JSONBuffer()
    try buffer.write(["ä": 1])
    let text = Array("{\"ä\":1}".utf8)
    #expect([UInt8](buffer) == text)
    #expect(Data(buffer) == Data(text))
    #expect(buffer.withUnsafeBytes { $0.elementsEqual(text) })
    buffer.reset()
    #expect([UInt8](buffer).isEmpty && Data(buffer).isEmpty && String(buffer).isEmpty)
  }

  /// Returns for its own place what proves another buffer's value, or writes where that stands.
  struct Exchanging: JSONWritable {
    final class Exchange {
      var written: JSONWritten?
      var writer: JSONWriter?
    }
    struct Other: JSONWritable {
      var exchange: Exchange
      func write(to json: consuming JSONWriter) -> JSONWritten {
        if let writer = exchange.writer.take() {
          exchange.writer = consume json
          return writer.value("of the first")
        }
        let mine = exchange.written.take()!
        exchange.written = json.value("of the second, and longer")
        return mine
      }
    }
    var exchangesWriters: Bool
    func write(to json: consuming JSONWriter) -> JSONWritten {
      let exchange = Exchange()
      if exchangesWriters {
        exchange.writer = consume json
      } else {
        exchange.written = json.null()
      }
      var second = JSONBuffer()
      try? second.write(Other(exchange: exchange))
      if let writer = exchange.writer.take() { return writer.null() }
      return exchange.written.take()!
    }
  }

  @Test(
    arguments: ["alone", "element", "elements", "member", "named", "optional", "streamed"],
    [false, true])
  func exchangedProofs(_ place: String, exchangesWriters: Bool) async {
    await #expect(processExitsWith: .failure) {
      [place = place as String, exchangesWriters = exchangesWriters as Bool] in
      struct Around: JSONWritable {
        var place: String
        var inside: Exchanging
        func write(to json: consuming JSONWriter) -> JSONWritten {
          switch place {
          case "alone": json.value(inside)
          case "element": json.beginArray().element(1).element(inside).endArray()
          case "member": json.beginObject().member("a", 1).member("b", inside).endObject()
          case "named": json.beginObject().member(named: "b", inside).endObject()
          case "optional": json.beginObject().memberIfPresent("b", Optional(inside)).endObject()
          default: json.value([inside, inside])
          }
        }
      }
      let value = Around(place: place, inside: Exchanging(exchangesWriters: exchangesWriters))
      var buffer = JSONBuffer()
      if place == "streamed" {
        try buffer.stream(value) { _ in }
      } else {
        try buffer.write(value)
      }
    }
  }
}
