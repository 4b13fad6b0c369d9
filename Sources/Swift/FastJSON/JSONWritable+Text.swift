// SPDX-License-Identifier: Apache-2.0

/// In quotes; `"`, `\` and what lies below U+0020 are escaped, all else is written as UTF-8.
extension String: JSONWritable {
  @inlinable @inline(__always)
  public borrowing func write(to json: consuming JSONWriter) -> JSONWritten {
    JSONWritten(json.cursor.appending(self))
  }
}

extension Substring: JSONWritable {
  @inlinable
  public func write(to json: consuming JSONWriter) -> JSONWritten {
    JSONWritten(json.cursor.appending(self))
  }
}

extension Character: JSONWritable {
  @inlinable
  public func write(to json: consuming JSONWriter) -> JSONWritten {
    JSONWritten(json.cursor.appending(String(self)))
  }
}
