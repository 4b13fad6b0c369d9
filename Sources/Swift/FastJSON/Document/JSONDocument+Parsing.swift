// SPDX-License-Identifier: Apache-2.0

extension JSONDocument {
  /// Levels of nesting that are read unless told otherwise, as many as JSONDecoder reads.
  public static let defaultDepth = 512

  /// Reads JSON text, strictly as RFC 8259 has it: UTF-8 without a byte order mark, no comments, no
  /// trailing commas, no lone surrogates.
  ///
  /// - Parameters:
  ///   - text: one JSON value, with white space around it if need be.
  ///   - depth: the most containers inside of each other. Reading does not recurse, so that a deep
  ///     document costs memory and no stack.
  public init(
    parsing text: RawSpan, depth: Int = defaultDepth
  ) throws(JSONParsingError) {
    let tape: JSONTape
    do {
      tape = try text.withUnsafeBytes { bytes throws in try Self.parse(bytes, depth: depth) }
    } catch let error as JSONParsingError {
      throw error
    } catch {
      preconditionFailure("parsing throws nothing else: \(error)")
    }
    self.init(tape)
  }

  /// Reads JSON text.
  ///
  /// - Parameters: as of ``init(parsing:depth:)-(RawSpan,_)``.
  public init(parsing text: [UInt8], depth: Int = defaultDepth) throws(JSONParsingError) {
    try self.init(parsing: text.span.bytes, depth: depth)
  }

  /// Reads JSON text.
  ///
  /// - Parameters: as of ``init(parsing:depth:)-(RawSpan,_)``.
  public init(parsing text: String, depth: Int = defaultDepth) throws(JSONParsingError) {
    try self.init(parsing: text.utf8.span.bytes, depth: depth)
  }

  private static func parse(
    _ bytes: UnsafeRawBufferPointer, depth: Int
  ) throws(JSONParsingError) -> JSONTape {
    let characters = UnsafeBufferPointer(
      start: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), count: bytes.count)
    do {
      _ = try UTF8Span(validating: characters.span)
    } catch {
      throw JSONParsingError(.invalidUTF8, offset: error.byteOffsets.lowerBound, in: bytes)
    }
    return try JSONDocumentParser(bytes, deepest: depth).parsed()
  }
}
