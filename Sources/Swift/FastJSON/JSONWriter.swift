// SPDX-License-Identifier: Apache-2.0

/// A place in the output where exactly one JSON value must be written.
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

/// Proof that a value has been written.
public struct JSONWritten: ~Copyable {
  @usableFromInline let cursor: JSONCursor

  @inlinable @inline(__always)
  init(_ cursor: JSONCursor) { self.cursor = cursor }
}
