// SPDX-License-Identifier: Apache-2.0

/// A place in the output where exactly one JSON value must be written.
@frozen
public struct JSONWriter: ~Copyable {
  @usableFromInline let cursor: JSONCursor

  @inlinable @inline(__always)
  init(_ cursor: JSONCursor) { self.cursor = cursor }

  /// Begins an object; `endObject()` of what comes back ends it. No check is made for a key that
  /// comes twice.
  @inlinable @inline(__always)
  public consuming func beginObject() -> JSONObjectWriter {
    JSONObjectWriter(cursor.appending(byte: 0x7B).checked(), isEmpty: true)
  }

  /// Begins an array; `endArray()` of what comes back ends it.
  @inlinable @inline(__always)
  public consuming func beginArray() -> JSONArrayWriter {
    JSONArrayWriter(cursor.appending(byte: 0x5B).checked(), isEmpty: true)
  }

  /// Writes what another value writes.
  @inlinable @inline(__always)
  public consuming func value<Value: JSONWritable & ~Copyable>(
    _ value: borrowing Value
  ) -> JSONWritten {
    value.write(to: self)
  }

  @inlinable @inline(__always)
  public consuming func null() -> JSONWritten {
    cursor.position.storeBytes(of: 0x6C6C_756E, as: UInt32.self)
    return JSONWritten(cursor.advanced(by: 4))
  }
}

/// Proof that a value has been written. It belongs to the place of its `JSONWriter`; to return it for
/// another buffer's stops the program.
@frozen
public struct JSONWritten: ~Copyable {
  @usableFromInline let cursor: JSONCursor

  @inlinable @inline(__always)
  init(_ cursor: JSONCursor) { self.cursor = cursor }

  /// The cursor behind a value that was to be written to `buffer`.
  ///
  /// Values are written one inside another, so that at any time there is one writer of a buffer in
  /// its user's hands, or one proof: the buffer tells whether it is the right one.
  @inlinable @inline(__always)
  consuming func cursor(in buffer: UnsafeMutablePointer<JSONStorage>) -> JSONCursor {
    precondition(
      cursor.storage == buffer, "a JSONWritten of one buffer was returned for another's value")
    return cursor
  }
}
