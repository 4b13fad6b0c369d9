import CSimdJSON

/// simdjson: its DOM, written by its own writer into a buffer that is used again.
struct SimdJSON: JSONEncoding {
  /// simdjson did not take a document.
  struct LoadError: Error, CustomStringConvertible {
    var description: String
  }

  static var version: String { String(cString: csimdjson_version()) }

  var returns: String { "reused buffer" }

  func prepare(_ payload: JSONPayload) throws -> any PreparedEncoding {
    try Prepared(payload)
  }

  private final class Prepared: PreparedEncoding {
    let payload: JSONPayload
    private let loaded: [Document]
    let unitsPerCall: Int
    var tally = WrittenTally()

    var lastDocument: [UInt8]? { loaded.last?.output }

    func forget() { loaded.last?.forget() }

    init(_ payload: JSONPayload) throws {
      self.payload = payload
      loaded = try payload.parts.map { try Document($0.json) }
      unitsPerCall = payload.bytesPerCall(of: loaded.map(\.bytes))
    }

    func run(_ calls: Int) {
      payload.forEachDocument(calls: calls) { index, times in
        let document = loaded[index]
        var bytes = 0
        for _ in 0..<times { bytes &+= document.encode() }
        tally.bytes &+= bytes
      }
    }

    func documents() throws -> [[UInt8]] { loaded.map(\.bytes) }
  }

  /// Owns a `csimdjson_document`.
  private final class Document {
    private let handle: OpaquePointer

    init(_ json: [UInt8]) throws {
      var error = [UInt8](repeating: 0, count: 256)
      let handle = error.withUnsafeMutableBytes {
        csimdjson_load(
          json, json.count, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
      }
      guard let handle else {
        let reason = String(decoding: error.prefix { $0 != 0 }, as: UTF8.self)
        throw LoadError(description: "simdjson does not load this document: \(reason)")
      }
      self.handle = handle
    }

    deinit { csimdjson_unload(handle) }

    @inline(__always)
    func encode() -> Int { csimdjson_encode(handle, nil, 0) }

    var bytes: [UInt8] {
      _ = encode()
      return output ?? []
    }

    /// What the last call wrote; nil after ``forget()``.
    var output: [UInt8]? {
      let count = csimdjson_output_size(handle)
      return count == 0
        ? nil : [UInt8](UnsafeBufferPointer(start: csimdjson_output(handle), count: count))
    }

    func forget() { csimdjson_forget(handle) }
  }
}
