// SPDX-License-Identifier: Apache-2.0

extension JSONBuffer {
  /// Writes `value` as one JSON document to a sink, piece by piece: output of any size takes the
  /// memory of this buffer, whose capacity is the size of the pieces.
  ///
  /// What is in the buffer goes first, and nothing is in it afterwards. A single string of more bytes
  /// than the buffer has makes it grow, up to about 400 KiB.
  ///
  /// - Parameter sink: takes bytes that are valid until it returns, in their order.
  /// - Throws: what the sink throws, which gets no more bytes then; `JSONWritingError` for what JSON
  ///   cannot express: the sink has had the part before by then.
  public mutating func stream<Value: JSONWritable & ~Copyable>(
    _ value: borrowing Value, to sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    defer { used = 0 }
    try withoutActuallyEscaping(sink) { sink in
      storage.pointee.sink = sink
      storage.pointee.flushed = 0
      defer {
        storage.pointee.sink = nil
        storage.pointee.sinkError = nil
        storage.pointee.flushed = 0
      }
      try finish(value.write(to: start()))
      storage.pointee.flush(used)
      if let error = storage.pointee.sinkError { throw error }
    }
  }
}
