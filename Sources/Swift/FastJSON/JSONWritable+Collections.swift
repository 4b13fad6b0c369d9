// SPDX-License-Identifier: Apache-2.0

/// The value, or null.
extension Optional: JSONWritable where Wrapped: JSONWritable & ~Copyable {
  @inlinable @inline(__always)
  public borrowing func write(to json: consuming JSONWriter) -> JSONWritten {
    switch self {
    case .some(let value): value.write(to: json)
    case .none: json.null()
    }
  }
}

extension Array: JSONWritable where Element: JSONWritable {
  @inlinable
  public func write(to json: consuming JSONWriter) -> JSONWritten {
    let cursor = json.cursor
    return JSONWritten(withUnsafeBufferPointer { cursor.appending(elements: $0) })
  }
}

extension ArraySlice: JSONWritable where Element: JSONWritable {
  @inlinable
  public func write(to json: consuming JSONWriter) -> JSONWritten {
    let cursor = json.cursor
    return JSONWritten(withUnsafeBufferPointer { cursor.appending(elements: $0) })
  }
}

extension ContiguousArray: JSONWritable where Element: JSONWritable {
  @inlinable
  public func write(to json: consuming JSONWriter) -> JSONWritten {
    let cursor = json.cursor
    return JSONWritten(withUnsafeBufferPointer { cursor.appending(elements: $0) })
  }
}

extension Set: JSONWritable where Element: JSONWritable {
  /// In the set's order, which differs from run to run.
  @inlinable
  public func write(to json: consuming JSONWriter) -> JSONWritten {
    var array = json.beginArray()
    for element in self { array = array.element(element) }
    return array.endArray()
  }
}

extension Dictionary: JSONWritable where Key == String, Value: JSONWritable {
  /// In the dictionary's order, which differs from run to run.
  @inlinable
  public func write(to json: consuming JSONWriter) -> JSONWritten {
    var object = json.beginObject()
    for (key, value) in self { object = object.member(named: key, value) }
    return object.endObject()
  }
}

extension JSONCursor {
  @inlinable @inline(__always)
  func appending<Element: JSONWritable & ~Copyable>(
    elements: UnsafeBufferPointer<Element>
  ) -> JSONCursor {
    JSONWriter(self).beginArray().elements(of: elements).endArray().cursor
  }
}
