import FastJSON
import Foundation
import OptlabBasics
import OptlabLab
import OptlabMeasure

/// Values in memory to JSON text (RFC 8259).
public struct JSONWorkload: Workload {
  public init() {}

  public var facts: WorkloadFacts {
    WorkloadFacts(
      id: "json-encode", baseline: "foundation", yardsticks: [Memcpy.id],
      about: """
        Values in memory to JSON text (RFC 8259), the same values for every implementation. The \
        naive row is Foundation's JSONEncoder, `foundation`. `foundation`, \
        `foundation-serialization`, `swift-dropin` and `swift-simd-data` return fresh memory for \
        each document, the others fill a buffer that is kept.
        """,
      charts: [.throughput], limitLoops: "loops that store the bytes and do nothing else")
  }

  public var family: String? { "json" }
  public var implementations: [Implementation] { Self.rows }

  public var libraries: [String: String] { ["simdjson": SimdJSON.version] }

  private static let rows: [Implementation] = [
    Implementation(
      id: "foundation", language: "Swift",
      technique: "Foundation's JSONEncoder, withoutEscapingSlashes",
      work: JSONWork(EncoderJSON { JSONEncoder() })),
    Implementation(
      id: "foundation-serialization", language: "Swift",
      technique: "Foundation's JSONSerialization, from a tree of dictionaries and arrays",
      work: JSONWork(FoundationSerialization())),
    Implementation(
      id: "swift-dropin", language: "Swift",
      technique: "FastJSONEncoder: any Encodable, written straight to bytes",
      work: JSONWork(EncoderJSON { FastJSONEncoder() })),
    Implementation(
      id: "swift-simd", language: "Swift",
      technique: "FastJSON: a static protocol, strings scanned 16 bytes at a time",
      work: JSONWork(SwiftSIMDJSON())),
    Implementation(
      id: "swift-simd-data", language: "Swift",
      technique: "FastJSON: as swift-simd, with a new Data for each document",
      work: JSONWork(SwiftSIMDJSON(makesData: true))),
    Implementation(
      id: "swift-simd-public", language: "Swift",
      technique: "FastJSON: as swift-simd, where a String's layout is not what it knows",
      work: JSONWork(SwiftSIMDJSON(publicAPIAlone: true))),
    Implementation(
      id: "swift-document", language: "Swift",
      technique: "FastJSON: its own document, in memory in the order in which it is written",
      work: JSONWork(SwiftDocument())),
    Implementation(
      id: "simdjson", language: "simdjson",
      technique: "simdjson \(SimdJSON.version): its DOM, written by its minifying writer",
      remarks: Implementation.unmasked("simdjson"),
      work: JSONWork(SimdJSON())),
    .memcpy,
  ]

  // MARK: Cases

  public var options: [CaseOption] { [Self.payload, Self.data] }

  private static let payload = CaseOption(
    name: "payload", help: "JSON payloads: names, or a file of your own, separated by commas.",
    valueName: "names|file", isForVerification: true)
  private static let data = CaseOption(
    name: "data",
    help: "Typed payloads from a folder with twitter.json, citm_catalog.json and canada.json.",
    valueName: "folder", isForVerification: true)

  public func cases(_ given: [String: String], scope: CaseScope) throws -> [Case] {
    if given[Self.data.name] != nil, let payload = given[Self.payload.name] {
      guard Selection.split(payload).contains(where: JSONPayload.corpusNames.contains) else {
        throw Selection.Failure(
          description: "--data does nothing where --payload names none of its documents, which are "
            + JSONPayload.corpusNames.joined(separator: ", "))
      }
    }
    let corpus = try given[Self.data.name].map(Self.readCorpus)
    if let names = given[Self.payload.name] {
      return try Selection.split(names).map { .payload(try Self.read($0, also: corpus ?? [])) }
    }
    if let corpus { return corpus.map(Case.payload) }
    // Made only where they are needed: decoding them takes its time.
    switch scope {
    case .standard: return JSONPayload.standard.map(Case.payload)
    case .quick: return ["SIMPLE", "HUGE"].compactMap(JSONPayload.standard).map(Case.payload)
    case .single: return ["HUGE"].compactMap(JSONPayload.standard).map(Case.payload)
    }
  }

  public func `case`(named id: String, content: [UInt8]?) throws -> Case? {
    if let content { return .payload(try JSONPayload(content: content, id: id)) }
    return JSONPayload.standard(id).map(Case.payload)
  }

  private static func readCorpus(_ folder: String) throws -> [JSONPayload] {
    do {
      return try JSONPayload.corpus(in: URL(filePath: folder, directoryHint: .isDirectory))
    } catch {
      throw UnreadableInput(description: error.description)
    }
  }

  private static func read(_ name: String, also corpus: [JSONPayload]) throws -> JSONPayload {
    if let one = corpus.first(where: { $0.id == name }) ?? JSONPayload.standard(name) { return one }
    let url = URL(filePath: name)
    let bytes: Data
    do {
      bytes = try Data(contentsOf: url)
    } catch {
      let names = JSONPayload.standardNames + corpus.map(\.id)
      guard !name.contains("/"), !name.contains(".") else {
        throw UnreadableInput(
          description: "cannot read the payload '\(name)': \(FileReason.text(error))")
      }
      throw Selection.Failure(
        description: "unknown payload '\(name)'\(NearMiss.question(name, among: names)); valid: "
          + "\(names.joined(separator: ", ")), or the path of a JSON file"
          + (JSONPayload.corpusNames.contains(name) ? " (this one comes with --data)" : ""))
    }
    do throws(JSONSyntaxError) {
      return try JSONPayload(
        document: [UInt8](bytes), id: url.deletingPathExtension().lastPathComponent)
    } catch {
      throw UnreadableInput(description: "the payload '\(name)' \(error.complaint)")
    }
  }

  // MARK: Limits

  public func caseLoops(_ one: Case, units: Int) -> [LimitLoop] {
    MoveLoop.bounds(.store, bytes: units)
  }
}

extension Case {
  public static func payload(_ payload: JSONPayload) -> Case {
    Case(id: payload.id, input: payload)
  }

  /// nil for a case of another workload.
  var payload: JSONPayload? { input as? JSONPayload }
}

extension JSONPayload: CaseInput {
  public var copiedBytes: Int? { byteCount }

  /// Of the documents.
  public var digest: String? {
    let parts = parts.map { part in
      "\(part.repeats) \(part.json.count) \(Checksum(of: part.json))"
    }
    return Checksum(of: parts.joined(separator: "\n").utf8).description
  }

  /// The origin's name on a line, and the document behind it; nil of the lab's own. Documents travel
  /// with a block's task, since a file can change between two blocks.
  public var content: [UInt8]? {
    origin == .standard ? nil : [UInt8]("\(origin.rawValue)\n".utf8) + parts[0].json
  }

  /// What ``content`` says.
  init(content: [UInt8], id: String) throws {
    let line = content.prefix { $0 != UInt8(ascii: "\n") }
    let json = [UInt8](content.dropFirst(line.count + 1))
    switch Origin(rawValue: String(decoding: line, as: UTF8.self)) {
    case .document: self = try JSONPayload(document: json, id: id)
    case .corpus:
      guard let one = try JSONPayload.corpus(id, json: json) else { fallthrough }
      self = one
    case .standard, nil: throw UnreadableInput(description: "no payload '\(id)'")
    }
  }
}

/// A way to write JSON, as an implementation's work.
struct JSONWork: Work {
  let encoding: any JSONEncoding

  init(_ encoding: any JSONEncoding) { self.encoding = encoding }

  func does(_ workload: any Workload) -> Bool { workload is JSONWorkload }

  func verify(
    _ workload: any Workload, cases: [Case], seed: UInt64, exhaustively: Bool
  ) -> Verdict {
    verifyJSON(encoding, seed: seed, payloads: cases.compactMap(\.payload))
  }

  func prepare(
    _ workload: any Workload, _ one: Case, seed: UInt64, layout: Int
  ) throws -> any PreparedCase {
    guard let payload = one.payload else {
      preconditionFailure("\(one.id) is no case of \(workload.id)")
    }
    return try encoding.prepare(payload)
  }
}

extension Implementation {
  /// The encoder that does its work; nil for one of another kind.
  package var jsonEncoding: (any JSONEncoding)? { (work as? JSONWork)?.encoding }
}
