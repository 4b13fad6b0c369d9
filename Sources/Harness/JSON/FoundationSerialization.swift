import Foundation
import OptlabBasics

/// Foundation's JSONSerialization, from a tree of dictionaries, arrays, strings and numbers that it
/// has read itself. With `.withoutEscapingSlashes`, since no other row escapes slashes.
struct FoundationSerialization: JSONEncoding {
  var returns: String { "fresh Data" }

  func prepare(_ payload: JSONPayload) throws -> any PreparedEncoding {
    try Prepared(payload)
  }

  private final class Prepared: PreparedEncoding {
    private static let options: JSONSerialization.WritingOptions = [
      .withoutEscapingSlashes, .fragmentsAllowed,
    ]
    let payload: JSONPayload
    private let trees: [Any]
    private(set) var unitsPerCall = 0
    var tally = WrittenTally()
    private var last: Data?

    var lastDocument: [UInt8]? { last.map { [UInt8]($0) } }

    func forget() { last = nil }

    init(_ payload: JSONPayload) throws {
      self.payload = payload
      trees = try payload.parts.map { Self.tree(try JSONParser.parse($0.json)) }
      unitsPerCall = payload.bytesPerCall(of: try documents())
    }

    /// Built from the lab's own parser, since JSONSerialization's makes decimal numbers of long
    /// doubles, and writes them with other digits.
    private static func tree(_ value: JSONValue) -> Any {
      switch value {
      case .null: NSNull()
      case .bool(let value): value
      case .integer(let value): value
      case .unsigned(let value): value
      case .double(let value): value
      case .string(let value): value
      case .array(let values): values.map { tree($0) }
      case .object(let members):
        [String: Any](members.map { ($0.key, tree($0.value)) }) { $1 }
      }
    }

    func run(_ calls: Int) {
      payload.forEachDocument(calls: calls) { index, times in
        guard times > 0 else { return }
        var bytes = 0
        for _ in 1..<times { bytes &+= encode(trees[index]).count }
        let data = encode(trees[index])
        last = data
        tally.bytes &+= bytes &+ data.count
      }
    }

    @inline(__always)
    private func encode(_ tree: Any) -> Data {
      guard let data = try? write(tree) else {
        preconditionFailure("a value that could be written before cannot be any more")
      }
      return data
    }

    private func write(_ tree: Any) throws -> Data {
      try JSONSerialization.data(withJSONObject: tree, options: Self.options)
    }

    func documents() throws -> [[UInt8]] {
      try trees.map { [UInt8](try write($0)) }
    }
  }
}
