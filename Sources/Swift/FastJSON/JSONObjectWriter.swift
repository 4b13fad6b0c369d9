// SPDX-License-Identifier: Apache-2.0

/// The inside of an object, to which members are added.
@frozen
public struct JSONObjectWriter: ~Copyable {
  @usableFromInline let cursor: JSONCursor
  /// Whether no comma waits for the bracket to take its place. Carried along because it is known
  /// when the program is compiled, wherever a member is written unconditionally: the bytes that were
  /// written would have to be read again.
  @usableFromInline let isEmpty: Bool

  @inlinable @inline(__always)
  init(_ cursor: JSONCursor, isEmpty: Bool = false) {
    self.cursor = cursor
    self.isEmpty = isEmpty
  }

  /// Adds `"key":value`. The key's quotes, escapes and colon are made when the program is compiled.
  @inlinable @inline(__always)
  public consuming func member<Value: JSONWritable & ~Copyable>(
    _ key: StaticString, _ value: borrowing Value
  ) -> JSONObjectWriter {
    let storage = cursor.storage
    let written = value.write(to: JSONWriter(cursor.appending(key: key)))
    return JSONObjectWriter(written.cursor(in: storage).appending(byte: 0x2C).checked())
  }

  /// Adds `"key":"value"`.
  @inlinable @inline(__always)
  public consuming func member(
    _ key: StaticString, _ value: borrowing String
  ) -> JSONObjectWriter {
    JSONObjectWriter(cursor.appendingMember(key, value))
  }

  /// Adds `"key":true` or `"key":false`.
  @inlinable @inline(__always)
  public consuming func member(_ key: StaticString, _ value: Bool) -> JSONObjectWriter {
    JSONObjectWriter(cursor.appendingMember(key, value))
  }

  /// Adds `"key":"value"`, or nothing for nil.
  @inlinable @inline(__always)
  public consuming func memberIfPresent(
    _ key: StaticString, _ value: borrowing String?
  ) -> JSONObjectWriter {
    switch value {
    case .some(let value): member(key, value)
    case .none: self
    }
  }

  /// Adds `"key":value`, or nothing for nil.
  @inlinable @inline(__always)
  public consuming func memberIfPresent<Value: JSONWritable & ~Copyable>(
    _ key: StaticString, _ value: borrowing Value?
  ) -> JSONObjectWriter {
    switch value {
    case .some(let value): member(key, value)
    case .none: self
    }
  }

  /// Adds `"key":value` with a key that is only known when the program runs.
  @inlinable @inline(__always)
  public consuming func member<Value: JSONWritable & ~Copyable>(
    named key: borrowing String, _ value: borrowing Value
  ) -> JSONObjectWriter {
    let storage = cursor.storage
    let named = cursor.appending(key).appending(byte: 0x3A).checked()
    let written = value.write(to: JSONWriter(named))
    return JSONObjectWriter(written.cursor(in: storage).appending(byte: 0x2C).checked())
  }

  @inlinable @inline(__always)
  public consuming func endObject() -> JSONWritten {
    JSONWritten(cursor.closing(with: 0x7D, isEmpty: isEmpty))
  }
}
