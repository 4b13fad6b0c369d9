import Foundation
import Testing

@testable import FastJSON

@Suite("Sinks and layouts of the static writer")
struct StreamingTests {
  private struct Row: JSONWritable, Encodable {
    var id: Int
    var name: String
    var parts: [[Double]]
    var more: [String: Int]

    borrowing func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject().member("name", name).member("id", id).member("parts", parts)
        .member("more", more).endObject()
    }
  }

  private static func rows(_ count: Int) -> [Row] {
    (0..<count).map {
      Row(
        id: $0, name: String(repeating: "ä\"", count: $0 % 50), parts: [[], [1.5, Double($0)]],
        more: ["b": 1])
    }
  }

  @Test("Pieces put together are the whole, whatever their size", arguments: [0, 1, 100, 5000])
  func pieces(_ capacity: Int) throws {
    let rows = Self.rows(300)
    let whole = try written(rows)
    var buffer = JSONBuffer(capacity: capacity)
    buffer.append(0x20)
    var pieces: [[UInt8]] = []
    try buffer.stream(rows) { pieces.append([UInt8]($0)) }
    #expect(String(decoding: pieces.joined(), as: UTF8.self) == " " + whole)
    #expect(pieces.count > 1 && buffer.count == 0)
    // Used again, for a sink and without one.
    try buffer.write(rows)
    #expect(String(buffer) == whole)
  }

  @Test("Output of any size takes the memory of one buffer")
  func constantMemory() throws {
    let rows = Self.rows(20_000)
    var buffer = JSONBuffer(capacity: 4096)
    var bytes = 0
    var largest = 0
    try buffer.stream(rows) {
      bytes += $0.count
      largest = max(largest, $0.count)
    }
    #expect(bytes > 1_000_000)
    #expect(largest < 16_384 && buffer.capacity < 16_384)
  }

  private struct Full: Error, Equatable {}

  @Test("A sink's error ends the output, and the buffer is good again")
  func sinkError() throws {
    let rows = Self.rows(300)
    var buffer = JSONBuffer(capacity: 256)
    var calls = 0
    #expect(throws: Full()) {
      try buffer.stream(rows) { _ in
        calls += 1
        if calls == 3 { throw Full() }
      }
    }
    #expect(calls == 3)
    try buffer.write(1)
    #expect(String(buffer) == "1")
  }

  @Test("A NaN is an error with its place in the whole output")
  func nonFinite() throws {
    var values = [Double](repeating: 0.25, count: 2000)
    values.append(.nan)
    var buffer = JSONBuffer(capacity: 256)
    #expect(throws: JSONWritingError.self) { try buffer.stream(values) { _ in } }
    do {
      try buffer.stream(values) { _ in }
    } catch JSONWritingError.nonFiniteNumber(_, let offset) {
      #expect(offset == 1 + 2000 * 5)
    }
  }

  @Test(
    "Layouts are JSONEncoder's, byte for byte",
    arguments: [
      (JSONFormatting.prettyPrinted, JSONEncoder.OutputFormatting.prettyPrinted),
      (.sortedKeys, .sortedKeys), ([.prettyPrinted, .sortedKeys], [.prettyPrinted, .sortedKeys]),
    ] as [(JSONFormatting, JSONEncoder.OutputFormatting)])
  func layouts(_ ours: JSONFormatting, _ theirs: JSONEncoder.OutputFormatting) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [theirs, .sortedKeys, .withoutEscapingSlashes]
    let rows = Self.rows(20)
    var buffer = JSONBuffer()
    buffer.append(0x20)
    try buffer.write(rows, formatting: ours)
    var text = String(buffer)
    if !ours.contains(.sortedKeys) {
      // JSONEncoder's order is random unless sorted: sort ours too, to compare the layout alone.
      buffer.reset()
      buffer.append(0x20)
      try buffer.write(rows, formatting: [ours, .sortedKeys])
      text = String(buffer)
    }
    #expect(text == " " + String(decoding: try encoder.encode(rows), as: UTF8.self))
  }

  @Test("An indent of another width")
  func indent() throws {
    var buffer = JSONBuffer()
    try buffer.write([["a"]], formatting: .prettyPrinted, indent: 4)
    #expect(String(buffer) == "[\n    [\n        \"a\"\n    ]\n]")
  }
}
