import FastJSON
import FoundationEssentials

/// What the lab asks of Foundation's JSONEncoder, and of one in its place.
protocol DocumentEncoder: AnyObject {
  var outputFormatting: JSONEncoder.OutputFormatting { get set }
  func encode<Value: Encodable>(_ value: Value) throws -> Data
}

extension JSONEncoder: DocumentEncoder {}
extension FastJSONEncoder: DocumentEncoder {}

/// Foundation's JSONEncoder, or FastJSONEncoder in its place: made once, with
/// `.withoutEscapingSlashes`, since no other row escapes slashes.
struct EncoderJSON<Encoder: DocumentEncoder>: JSONEncoding {
  var makeEncoder: @Sendable () -> Encoder

  var returns: String { "fresh Data" }

  func prepare(_ payload: JSONPayload) throws -> any PreparedEncoding {
    try Prepared(payload, makeEncoder())
  }

  private final class Prepared: PreparedEncoding {
    private let encoder: Encoder
    private let payload: JSONPayload
    private(set) var bytesPerCall = 0
    /// What was written so far, kept so that no call can be left out.
    private(set) var bytesWritten = 0

    init(_ payload: JSONPayload, _ encoder: Encoder) throws {
      encoder.outputFormatting = .withoutEscapingSlashes
      self.encoder = encoder
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
