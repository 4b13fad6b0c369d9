// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The types that FastJSONEncoder knows, found by their metatype: a cast from a generic value would
/// cost more than to write it.
struct DirectTypes: @unchecked Sendable {
  enum Kind {
    /// Encodes itself.
    case ordinary
    case date, data, url, decimal
    /// What it encodes is what the static writer writes.
    case written
  }

  struct Entry {
    var type: Int
    var kind: Kind
    /// How many containers there are inside one another at most.
    var depth: Int
    /// Writes the value at an address.
    var write: (UnsafeRawPointer, JSONCursor) -> JSONCursor
  }

  /// A power of two entries, at most half of them in use. Never freed.
  private let entries: UnsafeMutablePointer<Entry>
  private static var capacity: Int { 256 }

  static let standard = DirectTypes()

  private init() {
    entries = .allocate(capacity: Self.capacity)
    entries.initialize(
      repeating: Entry(type: 0, kind: .ordinary, depth: 0) { _, cursor in cursor },
      count: Self.capacity)
    add(Date.self, .date)
    add(Data.self, .data)
    add(URL.self, .url)
    add(Decimal.self, .decimal)
    addFamily(Int.self)
    addFamily(Double.self)
    addFamily(String.self)
    addFamily(Bool.self)
    addFamily(Float.self)
    addFamily(Int8.self)
    addFamily(Int16.self)
    addFamily(Int32.self)
    addFamily(Int64.self)
    addFamily(UInt.self)
    addFamily(UInt8.self)
    addFamily(UInt16.self)
    addFamily(UInt32.self)
    addFamily(UInt64.self)
    add([[[Double]]].self, depth: 3)
    add([[[Float]]].self, depth: 3)
    add([[[[Double]]]].self, depth: 4)
  }

  /// A type, and what is often made of it.
  private func addFamily<Value: Encodable & JSONWritable>(_: Value.Type) {
    add(Value.self, depth: 0)
    add(Value?.self, depth: 0)
    add([Value].self, depth: 1)
    add([[Value]].self, depth: 2)
  }

  private func add<Value: Encodable & JSONWritable>(_: Value.Type, depth: Int) {
    add(Value.self, .written, depth: depth) { address, cursor in
      address.assumingMemoryBound(to: Value.self).pointee.write(to: JSONWriter(cursor)).cursor
    }
  }

  private func add<Value>(
    _: Value.Type, _ kind: Kind, depth: Int = 0,
    write: @escaping (UnsafeRawPointer, JSONCursor) -> JSONCursor = { _, cursor in cursor }
  ) {
    let type = Int(bitPattern: ObjectIdentifier(Value.self))
    var index = Self.index(type)
    while entries[index].type != 0 { index = (index + 1) & (Self.capacity - 1) }
    entries[index] = Entry(type: type, kind: kind, depth: depth, write: write)
  }

  @inline(__always)
  private static func index(_ type: Int) -> Int {
    (type &>> 4 ^ type &>> 11) & (capacity &- 1)
  }

  /// The entry of a type, or one of no type for those that are not known.
  @inline(__always)
  func find<Value>(_: Value.Type) -> UnsafePointer<Entry> {
    let type = Int(bitPattern: ObjectIdentifier(Value.self))
    var index = Self.index(type)
    while entries[index].type != type, entries[index].type != 0 {
      index = (index &+ 1) & (Self.capacity &- 1)
    }
    return UnsafePointer(entries + index)
  }
}
