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
    let payload: JSONPayload
    private(set) var unitsPerCall = 0
    var tally = WrittenTally()
    private var last: Data?

    var lastDocument: [UInt8]? { last.map { [UInt8]($0) } }

    func forget() { last = nil }

    init(_ payload: JSONPayload, _ encoder: Encoder) throws {
      encoder.outputFormatting = .withoutEscapingSlashes
      self.encoder = encoder
      self.payload = payload
      unitsPerCall = payload.bytesPerCall(of: try documents())
    }

    func run(_ calls: Int) {
      payload.forEachDocument(calls: calls) { index, times in
        tally.bytes &+= encode(payload.parts[index].value, times)
      }
    }

    /// The last document is kept, all others are dropped at once.
    private func encode(_ value: some Encodable, _ times: Int) -> Int {
      guard times > 0 else { return 0 }
      var bytes = 0
      for _ in 1..<times { bytes &+= encode(value).count }
      let data = encode(value)
      bytes &+= data.count
      last = data
      return bytes
    }

    @inline(__always)
    private func encode(_ value: some Encodable) -> Data {
      guard let data = try? encoder.encode(value) else {
        preconditionFailure("a value that could be written before cannot be any more")
      }
      return data
    }

    func documents() throws -> [[UInt8]] {
      try payload.parts.map { [UInt8](try encoder.encode($0.value)) }
    }
  }
}
