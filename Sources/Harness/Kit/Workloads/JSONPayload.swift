/// A JSON case: values to be written, each document so many times in one call.
public struct JSONPayload: Sendable {
  public var id: String
}
