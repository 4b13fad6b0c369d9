import FastJSON

/// FastJSON's own in-memory document, into one buffer that is used again.
struct SwiftDocument: JSONEncoding {
  var returns: String { "reused buffer" }

  func prepare(_ payload: JSONPayload) throws -> any PreparedEncoding {
    try Prepared(payload)
  }

  private final class Prepared: PreparedEncoding {
    private var buffer = JSONBuffer()
    let payload: JSONPayload
    private let loaded: [JSONDocument]
    private(set) var unitsPerCall = 0
    var tally = WrittenTally()

    var lastDocument: [UInt8]? { buffer.count == 0 ? nil : [UInt8](buffer) }

    func forget() { buffer.reset() }

    init(_ payload: JSONPayload) throws {
      self.payload = payload
      loaded = try payload.parts.map { try JSONDocument(parsing: $0.json) }
      unitsPerCall = payload.bytesPerCall(of: try documents())
    }

    func run(_ calls: Int) {
      payload.forEachDocument(calls: calls) { index, times in
        tally.bytes &+= Self.write(loaded[index], times, to: &buffer)
      }
    }

    /// The loop has the buffer and the count to itself: as properties they would be checked for
    /// exclusive access each time.
    private static func write(
      _ document: JSONDocument, _ times: Int, to buffer: inout JSONBuffer
    ) -> Int {
      var bytes = 0
      for _ in 0..<times {
        buffer.reset()
        do {
          try buffer.write(document)
        } catch {
          preconditionFailure("a document holds finite numbers alone: \(error)")
        }
        bytes &+= buffer.count
      }
      return bytes
    }

    func documents() throws -> [[UInt8]] {
      try loaded.map {
        buffer.reset()
        try buffer.write($0)
        return [UInt8](buffer)
      }
    }
  }
}
