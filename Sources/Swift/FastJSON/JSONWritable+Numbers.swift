// SPDX-License-Identifier: Apache-2.0

extension JSONWritable where Self: SignedInteger & FixedWidthInteger {
  @inlinable @inline(__always)
  public func write(to json: consuming JSONWriter) -> JSONWritten {
    JSONWritten(json.cursor.appending(Int64(self)))
  }
}

extension JSONWritable where Self: UnsignedInteger & FixedWidthInteger {
  @inlinable @inline(__always)
  public func write(to json: consuming JSONWriter) -> JSONWritten {
    JSONWritten(json.cursor.appending(UInt64(self)))
  }
}

extension Int: JSONWritable {}
extension Int8: JSONWritable {}
extension Int16: JSONWritable {}
extension Int32: JSONWritable {}
extension Int64: JSONWritable {}
extension UInt: JSONWritable {}
extension UInt8: JSONWritable {}
extension UInt16: JSONWritable {}
extension UInt32: JSONWritable {}
extension UInt64: JSONWritable {}

extension Int128: JSONWritable {
  @inlinable
  public func write(to json: consuming JSONWriter) -> JSONWritten {
    JSONWritten(json.cursor.appending(self))
  }
}

extension UInt128: JSONWritable {
  @inlinable
  public func write(to json: consuming JSONWriter) -> JSONWritten {
    JSONWritten(json.cursor.appending(self))
  }
}

/// The shortest digits that read back as the same number, in JSONEncoder's format. A NaN or an
/// infinity makes `JSONBuffer.write(_:)` throw.
extension Double: JSONWritable {
  @inlinable @inline(__always)
  public func write(to json: consuming JSONWriter) -> JSONWritten {
    JSONWritten(json.cursor.appending(self))
  }
}

/// The shortest digits that read back as the same number, in JSONEncoder's format. A NaN or an
/// infinity makes `JSONBuffer.write(_:)` throw.
extension Float: JSONWritable {
  @inlinable @inline(__always)
  public func write(to json: consuming JSONWriter) -> JSONWritten {
    JSONWritten(json.cursor.appending(self))
  }
}

extension Bool: JSONWritable {
  @inlinable @inline(__always)
  public func write(to json: consuming JSONWriter) -> JSONWritten {
    let position = json.cursor.position
    let word: UInt32 = self ? 0x6575_7274 : 0x736C_6166  // true, fals
    position.storeBytes(of: word.littleEndian, as: UInt32.self)
    (position + 4).storeBytes(of: 0x65, as: UInt8.self)
    return JSONWritten(json.cursor.advanced(by: self ? 4 : 5))
  }
}

extension JSONCursor {
  /// Writes `"key":true,` or `"key":false,`.
  @inlinable @inline(__always)
  func appendingMember(_ key: StaticString, _ value: Bool) -> JSONCursor {
    let named = appending(key: key)
    let word: UInt64 = value ? 0x2C_6575_7274 : 0x2C65_736C_6166  // true, and false,
    named.position.storeBytes(of: word.littleEndian, as: UInt64.self)
    return named.advanced(by: value ? 5 : 6).checked()
  }
}
