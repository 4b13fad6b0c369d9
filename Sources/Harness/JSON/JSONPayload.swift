import FastJSON
import FoundationEssentials
import OptlabBasics

/// A JSON case: values to be written, each document so many times in one call.
public struct JSONPayload: Sendable {
  /// A document of the payload.
  public struct Part: Sendable {
    /// The document's value in its Swift type, built from `json` by a decoder: values that stand in
    /// the program as literals would be folded into its code.
    public var value: any JSONModel
    /// The document as compact JSON, its members in the type's order: what implementations that
    /// have an in-memory form of their own load.
    public var json: [UInt8]
    /// How often it is written in one call.
    public var repeats: Int
  }

  /// Where its type comes from.
  enum Origin: String, Sendable, Codable {
    /// One of the lab's own.
    case standard
    /// A file of the corpus, in the type of that name.
    case corpus
    /// Any document, in the type that holds all of them.
    case document
  }

  public var id: String
  public var parts: [Part]
  private(set) var origin: Origin

  /// Size of `json` over all parts and repeats. What an implementation writes in one call can
  /// differ a little, in how it formats numbers: `PreparedCase.unitsPerCall` is what counts.
  public var byteCount: Int { parts.reduce(0) { $0 + $1.json.count * $1.repeats } }

  /// Goes through the documents of `calls` calls in their order. One that comes several times in a
  /// row is given once, with that number: the loop over them then need not find its type each time.
  ///
  /// - Parameter body: Is given the document's index in `parts`.
  func forEachDocument(calls: Int, _ body: (_ index: Int, _ times: Int) -> Void) {
    if parts.count == 1 { return body(0, parts[0].repeats * calls) }
    for _ in 0..<calls {
      for index in parts.indices { body(index, parts[index].repeats) }
    }
  }

  /// The size of one call in which each part is written as the document of the same index.
  func bytesPerCall(of documents: [[UInt8]]) -> Int {
    zip(documents, parts).reduce(0) { $0 + $1.0.count * $1.1.repeats }
  }

  init(id: String, parts: [Part], origin: Origin = .standard) {
    self.id = id
    self.parts = parts
    self.origin = origin
  }

  /// A payload of one document of any kind, for the implementations that have no type for it.
  ///
  /// - Throws: `JSONSyntaxError` with line and column, for bytes that are not one JSON document.
  public init(document: [UInt8], id: String) throws(JSONSyntaxError) {
    let value = try JSONParser.parse(document)
    self.init(id: id, value: value)
  }

  /// A payload of one value.
  init(id: String, value: JSONValue) {
    self.init(
      id: id, parts: [Part(value: value, json: value.text, repeats: 1)], origin: .document)
  }

  /// All documents of several payloads in one.
  init(id: String, _ payloads: [(JSONPayload, repeats: Int)]) {
    self.init(
      id: id,
      parts: payloads.flatMap { payload, repeats in
        payload.parts.map { Part(value: $0.value, json: $0.json, repeats: $0.repeats * repeats) }
      })
  }

  /// A payload of one document, decoded as `Model`, whose members come in the order of `document`.
  init<Model: JSONModel & Decodable>(id: String, _ document: JSONValue, as: Model.Type) {
    let json = document.text
    do {
      let model = try JSONDecoder().decode(Model.self, from: Data(json))
      self.init(id: id, parts: [Part(value: model, json: json, repeats: 1)])
    } catch {
      preconditionFailure("payload \(id) is not a \(Model.self): \(error)")
    }
  }
}

extension JSONPayload {
  /// How each of the lab's payloads is made, in the order of the tables: made only where it is needed,
  /// since decoding them takes a tenth of a second.
  private static let makers: [(id: String, make: @Sendable () -> JSONPayload)] = [
    ("EMPTY", { JSONPayload(id: "EMPTY", Empty.document, as: Empty.self) }),
    ("SIMPLE", { JSONPayload(id: "SIMPLE", Simple.document, as: Simple.self) }),
    ("NESTED", { JSONPayload(id: "NESTED", Nested.document, as: Nested.self) }),
    ("HUGE", { JSONPayload(id: "HUGE", Nested.manyDocument, as: [Nested].self) }),
    (
      // What one run of the Python benchmark suite's json_dumps encodes.
      "json_dumps",
      {
        let parts = [("EMPTY", 2000), ("SIMPLE", 1000), ("NESTED", 1000), ("HUGE", 1)]
        return JSONPayload(id: "json_dumps", parts.map { (standard($0.0)!, repeats: $0.1) })
      }
    ),
    ("feed", { JSONPayload(id: "feed", Timeline.document(), as: Timeline.self) }),
    ("catalog", { JSONPayload(id: "catalog", Catalog.document(), as: Catalog.self) }),
    ("geo", { JSONPayload(id: "geo", FeatureCollection.document(), as: FeatureCollection.self) }),
    ("doubles", { JSONPayload(id: "doubles", Double.manyDocument(), as: [Double].self) }),
  ]

  /// One of the lab's own payloads; nil where none has that name.
  static func standard(_ id: String) -> JSONPayload? {
    makers.first { $0.id == id }?.make()
  }

  static var standardNames: [String] { makers.map(\.id) }

  /// The lab's JSON payloads, the same on every machine.
  public static let standard: [JSONPayload] = makers.map { $0.make() }
}
