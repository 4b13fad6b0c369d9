import Foundation
import OptlabBasics

extension JSONPayload {
  /// Why a file of the corpus cannot be a payload.
  public struct CorpusError: Error, CustomStringConvertible {
    public var description: String
  }

  /// The names of the files that `corpus(in:)` reads, without `.json`.
  public static let corpusNames = ["twitter", "citm_catalog", "canada"]

  /// The three documents of the nativejson-benchmark collection in their Swift types, from the
  /// files in a folder.
  ///
  /// Members that are null in a file are left out of the payload's documents as well, since
  /// synthesized Codable leaves them out: they are smaller than the files.
  ///
  /// - Throws: `CorpusError`, naming the file.
  public static func corpus(in folder: URL) throws(CorpusError) -> [JSONPayload] {
    [
      try file("twitter", in: folder, as: SearchResult.self),
      try file("citm_catalog", in: folder, as: Programme.self),
      try file("canada", in: folder, as: FeatureCollection.self),
    ]
  }

  /// One of the three from its compact document.
  static func corpus(_ name: String, json: [UInt8]) throws -> JSONPayload? {
    switch name {
    case "twitter": try decoded(name, json, as: SearchResult.self)
    case "citm_catalog": try decoded(name, json, as: Programme.self)
    case "canada": try decoded(name, json, as: FeatureCollection.self)
    default: nil
    }
  }

  private static func decoded<Model: JSONModel & Decodable>(
    _ name: String, _ json: [UInt8], as _: Model.Type
  ) throws -> JSONPayload {
    let model = try JSONDecoder().decode(Model.self, from: Data(json))
    return JSONPayload(
      id: name, parts: [Part(value: model, json: json, repeats: 1)], origin: .corpus)
  }

  private static func file<Model: JSONModel & Decodable>(
    _ name: String, in folder: URL, as _: Model.Type
  ) throws(CorpusError) -> JSONPayload {
    let url = folder.appending(component: "\(name).json")
    do {
      let bytes = try Data(contentsOf: url)
      return try decoded(
        name, try JSONParser.parse([UInt8](bytes)).withoutNullMembers.text, as: Model.self)
    } catch let error as JSONSyntaxError {
      throw CorpusError(description: "'\(url.relativePath)' \(error.complaint)")
    } catch let error as DecodingError {
      throw CorpusError(
        description: "'\(url.relativePath)' is not the \(name).json of the nativejson-benchmark "
          + "collection: \(error)")
    } catch {
      throw CorpusError(
        description: "cannot read '\(url.relativePath)': --data names a folder with "
          + corpusNames.map { "\($0).json" }.joined(separator: ", "))
    }
  }
}

extension JSONValue {
  /// This value without the members that are null, at any depth. Null elements stay.
  fileprivate var withoutNullMembers: JSONValue {
    switch self {
    case .array(let values): .array(values.map(\.withoutNullMembers))
    case .object(let members):
      .object(
        members.filter { $0.value != .null }.map { Member($0.key, $0.value.withoutNullMembers) })
    default: self
    }
  }
}
