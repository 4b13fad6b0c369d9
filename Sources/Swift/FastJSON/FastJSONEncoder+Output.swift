// SPDX-License-Identifier: Apache-2.0

extension FastJSONEncoder {
  /// The JSON of `value`, in UTF-8, as an array of bytes.
  ///
  /// - Throws: As `encode(_:)`.
  public func bytes<T: Encodable>(of value: T) throws -> [UInt8] {
    try withDocument(of: value) { [UInt8]($0) }
  }

  /// Appends the JSON of `value` to a buffer that its owner keeps and uses again. The buffer's own
  /// options are not asked: the output is that of `encode(_:)`.
  ///
  ///     buffer.reset()
  ///     try encoder.encode(order, to: &buffer)
  ///     buffer.withUnsafeBytes { send($0) }
  ///
  /// - Throws: As `encode(_:)`; the buffer is then as it was before.
  public func encode<T: Encodable>(_ value: T, to buffer: inout JSONBuffer) throws {
    try withDocument(of: value) { buffer.append(copying: $0) }
  }
}

extension JSONBuffer {
  /// Appends bytes that are JSON already.
  mutating func append(copying bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    let cursor = JSONCursor(storage: storage, count: used).reserving(bytes.count)
    cursor.position.copyMemory(from: start, byteCount: bytes.count)
    used = cursor.position - storage.pointee.base + bytes.count
  }
}
