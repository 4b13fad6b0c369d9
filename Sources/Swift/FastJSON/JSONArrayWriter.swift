// SPDX-License-Identifier: Apache-2.0

/// The inside of an array, to which elements are added.
public struct JSONArrayWriter: ~Copyable {
  @usableFromInline let cursor: JSONCursor

  @inlinable @inline(__always)
  init(_ cursor: JSONCursor) { self.cursor = cursor }

  @inlinable @inline(__always)
  public consuming func element<Value: JSONWritable & ~Copyable>(
    _ value: borrowing Value
  ) -> JSONArrayWriter {
    let written = value.write(to: JSONWriter(cursor))
    return JSONArrayWriter(written.cursor.appending(byte: 0x2C).checked())
  }

  /// Adds all elements of a buffer. Their borrowing, rather than a copy of each, saves the counting
  /// of the references in them.
  @inlinable @inline(__always)
  public consuming func elements<Value: JSONWritable & ~Copyable>(
    of buffer: UnsafeBufferPointer<Value>
  ) -> JSONArrayWriter {
    var cursor = cursor
    guard var next = buffer.baseAddress else { return JSONArrayWriter(cursor) }
    let end = next + buffer.count
    while next != end {
      let written = next.pointee.write(to: JSONWriter(cursor))
      cursor = written.cursor.appending(byte: 0x2C).checked()
      next += 1
    }
    return JSONArrayWriter(cursor)
  }

  @inlinable @inline(__always)
  public consuming func endArray() -> JSONWritten {
    JSONWritten(cursor.closing(with: 0x5D))
  }
}
