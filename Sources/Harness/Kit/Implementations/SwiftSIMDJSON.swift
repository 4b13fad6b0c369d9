import FastJSON
import FoundationEssentials

/// FastJSON's static protocol, into one buffer that is used again for every document.
struct SwiftSIMDJSON: JSONEncoding {
  /// Whether each document becomes a Data of its own, as Foundation's encoders return it.
  var makesData = false
  /// Whether it relies on nothing but what the standard library promises, as it would where the test
  /// of a String's layout fails.
  var publicAPIAlone = false

  var returns: String { makesData ? "fresh Data" : "reused buffer" }

  func prepare(_ payload: JSONPayload) throws -> any PreparedEncoding {
    try Prepared(payload, self)
  }

  private final class Prepared: PreparedEncoding {
    private var buffer: JSONBuffer
    private let payload: JSONPayload
    private let makesData: Bool
    private(set) var bytesPerCall = 0
    /// What was written so far, kept so that no call can be left out.
    private(set) var bytesWritten = 0

    init(_ payload: JSONPayload, _ row: SwiftSIMDJSON) throws {
      buffer = JSONBuffer(publicAPIAlone: row.publicAPIAlone)
      makesData = row.makesData
      self.payload = payload
      bytesPerCall = payload.bytesPerCall(of: try documents())
    }

    func run(_ calls: Int) {
      payload.forEachDocument(calls: calls) { index, times in
        let value = payload.parts[index].value
        bytesWritten &+=
          makesData
          ? Self.writeData(value, times, with: &buffer) : Self.write(value, times, to: &buffer)
      }
    }

    /// The loop has the buffer and the count to itself: as properties they would be checked for
    /// exclusive access each time.
    private static func write(
      _ value: borrowing some JSONModel, _ times: Int, to buffer: inout JSONBuffer
    ) -> Int {
      var bytes = 0
      for _ in 0..<times {
        rewrite(value, &buffer)
        bytes &+= buffer.count
      }
      return bytes
    }

    private static func writeData(
      _ value: borrowing some JSONModel, _ times: Int, with buffer: inout JSONBuffer
    ) -> Int {
      var bytes = 0
      for _ in 0..<times {
        rewrite(value, &buffer)
        bytes &+= Data(buffer).count
      }
      return bytes
    }

    @inline(__always)
    private static func rewrite(_ value: borrowing some JSONModel, _ buffer: inout JSONBuffer) {
      do {
        try value.rewrite(&buffer)
      } catch {
        preconditionFailure("a value that could be written before cannot be any more: \(error)")
      }
    }

    func documents() throws -> [[UInt8]] {
      try payload.parts.map {
        try $0.value.rewrite(&buffer)
        return [UInt8](buffer)
      }
    }
  }
}
