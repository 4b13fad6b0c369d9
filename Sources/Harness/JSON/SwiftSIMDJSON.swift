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
    let payload: JSONPayload
    private let makesData: Bool
    private(set) var unitsPerCall = 0
    var tally = WrittenTally()
    private var last: Data?

    var lastDocument: [UInt8]? {
      makesData ? last.map { [UInt8]($0) } : buffer.count == 0 ? nil : [UInt8](buffer)
    }

    func forget() {
      last = nil
      buffer.reset()
    }

    init(_ payload: JSONPayload, _ row: SwiftSIMDJSON) throws {
      buffer = JSONBuffer(publicAPIAlone: row.publicAPIAlone)
      makesData = row.makesData
      self.payload = payload
      unitsPerCall = payload.bytesPerCall(of: try documents())
    }

    func run(_ calls: Int) {
      payload.forEachDocument(calls: calls) { index, times in
        let value = payload.parts[index].value
        tally.bytes &+=
          makesData
          ? writeData(value, times) : Self.write(value, times, to: &buffer)
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

    /// The last document is kept, all others are dropped at once.
    private func writeData(_ value: borrowing some JSONModel, _ times: Int) -> Int {
      guard times > 0 else { return 0 }
      let (bytes, data) = Self.writeData(value, times, with: &buffer)
      last = data
      return bytes
    }

    private static func writeData(
      _ value: borrowing some JSONModel, _ times: Int, with buffer: inout JSONBuffer
    ) -> (bytes: Int, last: Data) {
      var bytes = 0
      for _ in 1..<times {
        rewrite(value, &buffer)
        bytes &+= Data(buffer).count
      }
      rewrite(value, &buffer)
      let data = Data(buffer)
      return (bytes &+ data.count, data)
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
