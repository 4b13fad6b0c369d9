import FastJSON
import FoundationEssentials

/// FastJSON's static protocol, with a Data of its own for every document, as Foundation's encoders
/// return it.
struct SwiftSIMDData: JSONEncoding {
  var returns: String { "fresh Data" }

  func prepare(_ payload: JSONPayload) throws -> any PreparedEncoding {
    try Prepared(payload)
  }

  private final class Prepared: PreparedEncoding {
    private var buffer = JSONBuffer()
    private let payload: JSONPayload
    private(set) var bytesPerCall = 0
    /// What was written so far, kept so that no call can be left out.
    private(set) var bytesWritten = 0

    init(_ payload: JSONPayload) throws {
      self.payload = payload
      bytesPerCall = payload.bytesPerCall(of: try documents())
    }

    func run(_ calls: Int) {
      payload.forEachDocument(calls: calls) { index, times in
        bytesWritten &+= Self.write(payload.parts[index].value, times, with: &buffer)
      }
    }

    /// The loop has the buffer and the count to itself: as properties they would be checked for
    /// exclusive access each time.
    private static func write(
      _ value: borrowing some JSONModel, _ times: Int, with buffer: inout JSONBuffer
    ) -> Int {
      var bytes = 0
      for _ in 0..<times {
        do {
          try value.rewrite(&buffer)
        } catch {
          preconditionFailure("a value that could be written before cannot be any more: \(error)")
        }
        bytes &+= Data(buffer).count
      }
      return bytes
    }

    func documents() throws -> [[UInt8]] {
      try payload.parts.map {
        try $0.value.rewrite(&buffer)
        return [UInt8](Data(buffer))
      }
    }
  }
}
