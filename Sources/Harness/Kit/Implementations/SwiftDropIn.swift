import FastJSON
import FoundationEssentials

/// FastJSONEncoder in JSONEncoder's place: made once, with the same options.
struct SwiftDropIn: JSONEncoding {
  var returns: String { "fresh Data" }

  func prepare(_ payload: JSONPayload) throws -> any PreparedEncoding {
    try Prepared(payload)
  }

  private final class Prepared: PreparedEncoding {
    private let encoder = FastJSONEncoder()
    private let payload: JSONPayload
    private(set) var bytesPerCall = 0
    /// What was written so far, kept so that no call can be left out.
    private(set) var bytesWritten = 0

    init(_ payload: JSONPayload) throws {
      encoder.outputFormatting = .withoutEscapingSlashes
      self.payload = payload
      bytesPerCall = payload.bytesPerCall(of: try documents())
    }

    func run(_ calls: Int) {
      payload.forEachDocument(calls: calls) { index, times in
        bytesWritten &+= encode(payload.parts[index].value, times)
      }
    }

    private func encode(_ value: some Encodable, _ times: Int) -> Int {
      var bytes = 0
      for _ in 0..<times {
        guard let data = try? encoder.encode(value) else {
          preconditionFailure("a value that could be written before cannot be any more")
        }
        bytes &+= data.count
      }
      return bytes
    }

    func documents() throws -> [[UInt8]] {
      try payload.parts.map { [UInt8](try encoder.encode($0.value)) }
    }
  }
}
