// SPDX-License-Identifier: Apache-2.0

/// How JSON is laid out, other than compact and in the order in which members are added.
public struct JSONFormatting: OptionSet, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }

  /// As JSONEncoder's `.prettyPrinted`: a line for each member and element, ` : ` behind keys.
  public static let prettyPrinted = JSONFormatting(rawValue: 1)
  /// As JSONEncoder's `.sortedKeys`: the members of every object by the UTF-8 bytes of their keys.
  public static let sortedKeys = JSONFormatting(rawValue: 2)
}

extension JSONBuffer {
  /// Appends `value` as one JSON document in another layout. It is written compact first, then sorted
  /// and spread over lines, each in one pass that allocates.
  ///
  /// - Parameter indent: spaces a level, for `.prettyPrinted`.
  /// - Throws: `JSONWritingError` for what JSON cannot express; the buffer is then as it was before.
  public mutating func write<Value: JSONWritable & ~Copyable>(
    _ value: borrowing Value, formatting: JSONFormatting, indent: Int = 2
  ) throws(JSONWritingError) {
    precondition(indent >= 0, "an indent of \(indent) spaces")
    let before = used
    try write(value)
    if formatting.contains(.sortedKeys) {
      replace(from: before, with: SortedMembers.sorting(bytes(from: before)))
    }
    if formatting.contains(.prettyPrinted) {
      replace(from: before, with: Indentation(width: indent).indenting(bytes(from: before)))
    }
  }

  private func bytes(from start: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: storage.pointee.base + start, count: used - start)
  }

  private mutating func replace(from start: Int, with bytes: [UInt8]) {
    used = start
    let cursor = JSONCursor(storage: storage, count: start).reserving(bytes.count)
    bytes.withUnsafeBytes { cursor.position.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    used = start + bytes.count
  }
}
