// SPDX-License-Identifier: Apache-2.0

/// A JSON document in memory, made of JSON text or in code, compact and fast to write.
///
///     let document = try JSONDocument(parsing: bytes)
///     print(document.root["name"]?.string ?? "nameless")
///     try buffer.write(document)
///
/// Members keep their order, and a key that comes twice is kept twice. Integers of up to 64 bits are
/// exact; a number with a fraction or an exponent is the nearest double, and one that neither can
/// hold keeps its text. A document cannot be changed, so that threads may share it.
public struct JSONDocument: Sendable {
  let tape: JSONTape

  init(_ tape: consuming JSONTape) { self.tape = tape }

  /// The value that the document is.
  public var root: Value { Value(tape: tape, index: 0) }

  /// Bytes of memory that it takes.
  public var byteCount: Int { (tape.count + 1 + JSONTape.padding) * 8 }
}

extension JSONDocument: JSONWritable {
  public borrowing func write(to json: consuming JSONWriter) -> JSONWritten {
    JSONWritten(json.cursor.appending(tape, from: 0, to: tape.count))
  }
}
