// SPDX-License-Identifier: Apache-2.0

/// Owns the bytes that are written, and is meant to be kept and used again: after the first few
/// documents it has the right size, and writing allocates nothing.
///
///     var buffer = JSONBuffer()
///     for place in places {
///       buffer.reset()
///       try buffer.write(place)
///       buffer.withUnsafeBytes { send($0) }
///     }
///
/// The output is compact and equals what Foundation's JSONEncoder with `.withoutEscapingSlashes`
/// writes, except that members keep the order in which they are added.
public struct JSONBuffer: ~Copyable {
  @usableFromInline let storage: UnsafeMutablePointer<JSONStorage>

  /// Number of bytes written since the last `reset()`.
  @inlinable public var count: Int { used }
  @usableFromInline var used = 0

  /// - Parameters:
  ///   - capacity: In bytes; it grows as needed.
  ///   - escapingSlashes: Whether `/` is written as `\/`, which JSONEncoder does unless told
  ///     otherwise. RFC 8259, section 7, allows both; it only matters to JSON inside HTML.
  public init(capacity: Int = 4096, escapingSlashes: Bool = false) {
    self.init(
      capacity: capacity, escapingSlashes: escapingSlashes,
      readsStringLayout: StringLayout.isAsExpected)
  }

  /// A buffer that relies on nothing but what the standard library promises, as it would where the
  /// test of a String's layout fails.
  package init(publicAPIAlone: Bool) {
    self.init(
      capacity: 4096, escapingSlashes: false,
      readsStringLayout: !publicAPIAlone && StringLayout.isAsExpected)
  }

  init(capacity: Int, escapingSlashes: Bool, readsStringLayout: Bool) {
    storage = JSONStorage(
      capacity: capacity, escapesSlashes: escapingSlashes, readsStringLayout: readsStringLayout
    ).allocate()
  }

  deinit {
    storage.pointee.base.deallocate()
    storage.deinitialize(count: 1)
    storage.deallocate()
  }

  /// Number of bytes that fit before the buffer grows.
  public var capacity: Int { storage.pointee.capacity - 2 * JSONStorage.slack }

  /// Empties the buffer and keeps its memory.
  @inlinable
  public mutating func reset() { used = 0 }

  /// Appends `value` as one JSON document, with nothing before or behind it.
  ///
  /// - Throws: `JSONWritingError` for what JSON cannot express; the buffer is then as it was
  ///   before.
  @inlinable @inline(__always)
  public mutating func write<Value: JSONWritable & ~Copyable>(
    _ value: borrowing Value
  ) throws(JSONWritingError) {
    try finish(value.write(to: start()))
  }

  @inlinable @inline(__always)
  func start() -> JSONWriter {
    JSONWriter(JSONCursor(storage: storage, count: used).checked())
  }

  @inlinable @inline(__always)
  mutating func finish(_ written: consuming JSONWritten) throws(JSONWritingError) {
    let cursor = written.cursor(in: storage)
    if storage.pointee.hasFailed { try failure() }
    used = cursor.position - storage.pointee.base
  }

  @usableFromInline @inline(never)
  func failure() throws(JSONWritingError) {
    guard let error = storage.pointee.error else { return }
    storage.pointee.error = nil
    storage.pointee.hasFailed = false
    throw error
  }

  /// Appends one byte, such as the line feed between documents.
  public mutating func append(_ byte: UInt8) {
    let cursor = JSONCursor(storage: storage, count: used).checked().appending(byte: byte)
    used = cursor.position - storage.pointee.base
  }

  /// Gives access to what has been written, for as long as `body` runs.
  public borrowing func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: storage.pointee.base, count: used))
  }
}

extension [UInt8] {
  /// A copy of what has been written.
  public init(_ buffer: borrowing JSONBuffer) {
    self = buffer.withUnsafeBytes { [UInt8]($0) }
  }
}

extension String {
  /// A copy of what has been written, which is valid UTF-8.
  public init(_ buffer: borrowing JSONBuffer) {
    self = buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }
}
