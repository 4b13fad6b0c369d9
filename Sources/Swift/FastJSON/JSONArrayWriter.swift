// SPDX-License-Identifier: Apache-2.0

/// The inside of an array, to which elements are added.
@frozen
public struct JSONArrayWriter: ~Copyable {
  @usableFromInline let cursor: JSONCursor
  /// As in `JSONObjectWriter`.
  @usableFromInline let isEmpty: Bool

  @inlinable @inline(__always)
  init(_ cursor: JSONCursor, isEmpty: Bool = false) {
    self.cursor = cursor
    self.isEmpty = isEmpty
  }

  @inlinable @inline(__always)
  public consuming func element<Value: JSONWritable & ~Copyable>(
    _ value: borrowing Value
  ) -> JSONArrayWriter {
    let storage = cursor.storage
    let written = value.write(to: JSONWriter(cursor))
    return JSONArrayWriter(written.cursor(in: storage).appending(byte: 0x2C).checked())
  }

  /// Adds all elements of a buffer.
  @inlinable
  public consuming func elements<Value: JSONWritable & ~Copyable>(
    of buffer: UnsafeBufferPointer<Value>
  ) -> JSONArrayWriter {
    guard var next = buffer.baseAddress, !buffer.isEmpty else { return self }
    var cursor = cursor
    let end = next + buffer.count
    while next != end {
      let written =
        MemoryLayout<Value>.size > 256
        ? cursor.appending(large: next.pointee) : cursor.appending(borrowed: next.pointee)
      cursor = written.appending(byte: 0x2C).checked()
      next += 1
    }
    return JSONArrayWriter(cursor)
  }

  @inlinable @inline(__always)
  public consuming func endArray() -> JSONWritten {
    JSONWritten(cursor.closing(with: 0x5D, isEmpty: isEmpty))
  }
}

extension JSONCursor {
  /// Writes a value that stays where it is. A function of its own: inlined, the optimiser would
  /// load the value's parts first, and retain them.
  @inlinable @inline(never)
  func appending<Value: JSONWritable & ~Copyable>(borrowed value: borrowing Value) -> JSONCursor {
    let storage = storage
    return value.write(to: JSONWriter(self)).cursor(in: storage)
  }

  /// The same for a value that is too large to be passed but by its address. Never specialised:
  /// where the optimiser knows the type, it passes the address of a copy.
  @inlinable @inline(never)
  @_semantics("optimize.sil.specialize.generic.never")
  func appending<Value: JSONWritable & ~Copyable>(large value: borrowing Value) -> JSONCursor {
    let storage = storage
    return value.write(to: JSONWriter(self)).cursor(in: storage)
  }
}
