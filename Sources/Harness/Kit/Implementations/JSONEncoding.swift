/// One way to write JSON, as the lab calls it.
public protocol JSONEncoding: Sendable {
  /// What a call hands back: `fresh Data`, or `reused buffer`.
  var returns: String { get }

  /// Makes the encoder and the library's own form of the payload's values, which is not timed.
  func prepare(_ payload: JSONPayload) throws -> any PreparedEncoding
}

/// A payload made ready for one JSON implementation.
public protocol PreparedEncoding: PreparedCase {
  /// What one call writes: one document a part of the payload, whatever the number of its repeats.
  func documents() throws -> [[UInt8]]
}
