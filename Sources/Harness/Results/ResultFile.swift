import Foundation
import OptlabBasics
import OptlabLab

/// One run or several, as they stand in a file: Documentation/Results.md has the format.
public struct ResultFile: Sendable {
  /// The file's own name for its format.
  public static let format = "optlab-result"
  /// Of an older major version, a file is read with what it does not tell filled in; of a newer one, it
  /// is refused; of a newer minor one, it is read without what is new.
  public static let version = (major: 2, minor: 0)
  private static let readable = 1...version.major
  /// Of members that version 1, which knew only bytes and one workload with limits, called otherwise.
  private static let newNames = [
    "bytesPerCall": "unitsPerCall", "costPerByte": "costPerUnit", "leastPerByte": "leastPerUnit",
    "aesLimits": "workloadLimits",
  ]

  /// One, or those that were merged.
  public var records: [RunRecord]

  public init(_ records: [RunRecord]) { self.records = records }

  /// Why a file is of no use, in one line with what to do about it.
  public struct Failure: Error, Equatable, CustomStringConvertible {
    public var path: String
    /// On one line, whatever text of the file is in it.
    public var reason: String

    init(path: String, reason: String) {
      self.path = path
      self.reason = reason.printableOnOneLine
    }

    public var description: String { "cannot read '\(path)': \(reason)" }
  }

  private struct Head: Codable {
    var format: String
    var version: String
  }

  private struct Body: Codable {
    var format = ResultFile.format
    var version = "\(ResultFile.version.major).\(ResultFile.version.minor)"
    var checksum: String?
    var records: [RunRecord]
  }

  // MARK: Writing

  /// The file's bytes: the same for the same records.
  public func bytes() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    var body = Body(records: records)
    body.checksum = try Self.checksum([UInt8](encoder.encode(body)))
    return [UInt8](try encoder.encode(body)) + [UInt8(ascii: "\n")]
  }

  /// Writes the file whole or not at all.
  public func write(to path: String) throws {
    try AtomicFile.write(try bytes(), to: path)
  }

  // MARK: Reading

  /// - Parameter known: what is known here of workloads, for files of old versions, which do not tell.
  public static func read(
    _ path: String, known: [WorkloadFacts] = []
  ) throws(Failure) -> ResultFile {
    func fail(_ reason: String) -> Failure { Failure(path: path, reason: reason) }
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw fail(FileReason.text(error))
    }
    guard !data.isEmpty else { throw fail("it is empty; take the run again") }
    return try read([UInt8](data), as: path, known: known)
  }

  /// Reads a file's bytes.
  ///
  /// - Parameters:
  ///   - path: what messages call it.
  ///   - known: as in ``read(_:known:)``.
  public static func read(
    _ bytes: [UInt8], as path: String, known: [WorkloadFacts] = []
  ) throws(Failure) -> ResultFile {
    try read(bytes, as: path, known: known, isChecked: true)
  }

  /// - Parameter isChecked: false takes what no run gives: for tests of what that would do.
  package static func read(
    _ bytes: [UInt8], as path: String, known: [WorkloadFacts] = [], isChecked: Bool
  ) throws(Failure) -> ResultFile {
    func fail(_ reason: String) -> Failure { Failure(path: path, reason: reason) }
    let data = Data(bytes)
    let document: JSONValue
    do {
      document = try JSONParser.parse(bytes)
    } catch {
      throw fail(
        error.kind == .invalid
          ? "it is no whole JSON document (\(error)): cut off, or no result; take the run again"
          : "it \(error.complaint)")
    }
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    guard let head = try? decoder.decode(Head.self, from: data), head.format == Self.format else {
      throw fail("it is JSON, but no result of Optlab; harness run --output writes one")
    }
    let numbers = head.version.split(separator: ".").map { Int($0) }
    guard numbers.count == 2, let major = numbers[0], numbers[1] != nil else {
      throw fail("its version is '\(head.version)', which Optlab never wrote")
    }
    guard Self.readable.contains(major) else {
      throw fail(
        "its format is version \(head.version), and this program reads "
          + "\(Self.readable.lowerBound).x to \(Self.readable.upperBound).x; "
          + (major > Self.version.major
            ? "take a newer Optlab" : "take the Optlab that wrote it, or the run again"))
    }
    guard document.checksum == (try? checksum(document)) else {
      throw fail(
        "its checksum is wrong: it was changed after it was written; take the file as it was, or "
          + "the run again")
    }
    var records: [RunRecord]
    do {
      let current = major > 1 ? data : Data(document.renamed(by: Self.newNames).text)
      records = try decoder.decode(Body.self, from: current).records
    } catch {
      throw fail("it does not hold what its version promises: \(FileReason.text(error))")
    }
    for index in records.indices { records[index].run.complete(by: known) }
    do throws(ResultCheck.Fault) {
      if isChecked { try ResultCheck.check(records) }
    } catch {
      throw fail("it holds what no run gives: \(error)")
    }
    return ResultFile(records)
  }

  // MARK: Checksum

  /// Of the document without the checksum itself and without its layout, so that a program that only
  /// lays JSON out anew does no harm.
  private static func checksum(_ text: [UInt8]) throws -> String {
    try checksum(JSONParser.parse(text))
  }

  /// A document's bytes with the checksum that its writer would have given it.
  package static func sealed(_ document: JSONValue) throws -> [UInt8] {
    guard case .object(let members) = document else { return document.text }
    let checksum = JSONValue.Member("checksum", .string(try checksum(document)))
    return JSONValue.object(members.filter { $0.key != "checksum" } + [checksum]).text
  }

  private static func checksum(_ document: JSONValue) throws -> String {
    guard case .object(let members) = document else { return "" }
    return "fnv1a64:"
      + Checksum(of: JSONValue.object(members.filter { $0.key != "checksum" }).text).description
  }
}

extension JSONValue {
  fileprivate var checksum: String? {
    guard case .object(let members) = self,
      case .string(let text)? = members.first(where: { $0.key == "checksum" })?.value
    else { return nil }
    return text
  }
}

extension JSONValue {
  /// With other names for some members, at any depth.
  fileprivate func renamed(by names: [String: String]) -> JSONValue {
    switch self {
    case .array(let values): .array(values.map { $0.renamed(by: names) })
    case .object(let members):
      .object(members.map { Member(names[$0.key] ?? $0.key, $0.value.renamed(by: names)) })
    default: self
    }
  }
}
