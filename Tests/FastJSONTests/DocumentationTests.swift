import Foundation
import Testing

@testable import FastJSON

/// The articles' examples, as they stand there: that they compile is what this file shows.
@Suite struct DocumentationTests {
  struct Station: JSONWritable {
    var name: String
    var elevation: Int?
    var readings: [Reading]

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("name", name)
        .memberIfPresent("elevation", elevation)
        .member("readings", readings)
        .endObject()
    }
  }

  struct Reading: JSONWritable {
    var celsius: Double
    var isChecked: Bool

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginArray().element(celsius).element(isChecked).endArray()
    }
  }

  private let station = Station(
    name: "Ede", elevation: 25, readings: [Reading(celsius: 8.5, isChecked: true)])

  @Test func hotTypes() throws {
    let stations = [station, Station(name: "De Bilt", elevation: nil, readings: [])]
    var sent: [String] = []
    func send(_ bytes: UnsafeRawBufferPointer) {
      sent.append(String(decoding: bytes, as: UTF8.self))
    }
    var buffer = JSONBuffer()
    for station in stations {
      buffer.reset()
      try buffer.write(station)
      buffer.withUnsafeBytes { send($0) }
    }
    #expect(
      sent == [
        #"{"name":"Ede","elevation":25,"readings":[[8.5,true]]}"#,
        #"{"name":"De Bilt","readings":[]}"#,
      ])
    let whole = "[" + sent.joined(separator: ",") + "]"
    sent = []
    var pieces = JSONBuffer(capacity: 1 << 16)
    try pieces.stream(stations) { piece in send(piece) }
    #expect(sent.joined() == whole)
  }

  @Test func layout() throws {
    var buffer = JSONBuffer()
    try buffer.write(station, formatting: [.prettyPrinted, .sortedKeys], indent: 4)
    #expect(String(buffer).hasPrefix("{\n    \"elevation\" : 25,\n"))
  }

  @Test func documents() throws {
    var buffer = JSONBuffer()
    let text = #"{"name": "Ede", "point": [52.04, 5.67], "none": null}"#
    let document = try JSONDocument(parsing: text)
    let name = document.root["name"]?.string
    let latitude = document.root["point"]?[0]?.double
    let keys = document.root.members.map(\.key)
    try buffer.write(document)
    #expect(name == "Ede" && latitude == 52.04 && keys == ["name", "point", "none"])
    #expect(String(buffer) == #"{"name":"Ede","point":[52.04,5.67],"none":null}"#)
    let place = JSONDocument.build { json in
      json.object { place in
        place.member("name", "Ede")
        place.array("point") { point in
          point.element(52.04)
          point.element(5.67)
        }
      }
    }
    #expect(try written(place) == #"{"name":"Ede","point":[52.04,5.67]}"#)
  }

  @Test func errors() throws {
    let error = try #require(throws: JSONParsingError.self) {
      _ = try JSONDocument(parsing: "{\n  \"a\": 1,\n}")
    }
    let articles = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Swift/FastJSON/FastJSON.docc").standardized
    let article = try String(contentsOf: articles.appending(path: "Documents.md"), encoding: .utf8)
    #expect(article.contains("print(error)  // \(error)\n"))
  }

  /// Every line of the articles' Swift blocks stands in this file, but for how far it is indented.
  @Test(arguments: ["WritingHotTypes.md", "Documents.md"])
  func examplesAreThose(article: String) throws {
    let here = URL(filePath: #filePath)
    func lines(_ text: some StringProtocol) -> [String] {
      text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let compiled = Set(lines(try String(contentsOf: here, encoding: .utf8)))
    let url = here.deletingLastPathComponent().appending(
      path: "../../Sources/Swift/FastJSON/FastJSON.docc/\(article)")
    let blocks = try String(contentsOf: url, encoding: .utf8).split(separator: "```swift\n")
      .dropFirst()
      .compactMap { $0.split(separator: "```").first }
    #expect(blocks.count >= 3)
    for line in blocks.flatMap(lines) where !line.contains("print(error)") {
      #expect(compiled.contains(line) || ["do {", "} catch {", "}"].contains(line), "\(article)")
    }
  }
}
