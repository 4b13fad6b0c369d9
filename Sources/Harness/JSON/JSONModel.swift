import FastJSON
import OptlabBasics

/// The Swift type of a document: written by Codable and by FastJSON's static protocol.
public protocol JSONModel: Encodable, JSONWritable, Sendable {
  /// Replaces what `buffer` holds by this document.
  ///
  /// A requirement, with an implementation for all, so that the compiler makes one of it for each
  /// type, in which all that the type writes is known.
  borrowing func rewrite(_ buffer: inout JSONBuffer) throws(JSONWritingError)
}

extension JSONModel {
  public borrowing func rewrite(_ buffer: inout JSONBuffer) throws(JSONWritingError) {
    buffer.reset()
    try buffer.write(self)
  }
}

extension Array: JSONModel where Element: JSONModel {}
extension JSONValue: JSONModel {}
