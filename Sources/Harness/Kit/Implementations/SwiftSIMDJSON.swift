import FastJSON

/// FastJSON's static protocol, into one buffer that is used again for every document.
struct SwiftSIMDJSON: JSONEncoding {
  var returns: String { "reused buffer" }

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
        bytesWritten &+= Self.write(payload.parts[index].value, times, to: &buffer)
      }
    }

    /// The loop has the buffer and the count to itself: as properties they would be checked for
    /// exclusive access each time.
    private static func write(
      _ value: borrowing some JSONModel, _ times: Int, to buffer: inout JSONBuffer
    ) -> Int {
      var bytes = 0
      for _ in 0..<times {
        do {
          try value.rewrite(&buffer)
        } catch {
          preconditionFailure("a value that could be written before cannot be any more: \(error)")
        }
        bytes &+= buffer.count
      }
      return bytes
    }

    func documents() throws -> [[UInt8]] {
      try payload.parts.map {
        try $0.value.rewrite(&buffer)
        return [UInt8](buffer)
      }
    }
  }
}
