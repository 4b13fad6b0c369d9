// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The types that FastJSONEncoder knows from the start.
struct DirectTypes: @unchecked Sendable {
  private var entries: [Int: TypeEntry] = [:]

  static let standard = DirectTypes()

  private init() {
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
    addFamily(Int128.self)
    addFamily(UInt.self)
    addFamily(UInt8.self)
    addFamily(UInt16.self)
    addFamily(UInt32.self)
    addFamily(UInt64.self)
    addFamily(UInt128.self)
    add([[[Double]]].self, depth: 3)
    add([[[Float]]].self, depth: 3)
    add([[[[Double]]]].self, depth: 4)
  }

  /// A type, and what is often made of it.
  private mutating func addFamily<Value: Encodable & JSONWritable>(_: Value.Type) {
    add(Value.self, depth: 0)
    add(Value?.self, depth: 0)
    add([Value].self, depth: 1)
    add([[Value]].self, depth: 2)
  }

  private mutating func add<Value: Encodable & JSONWritable>(_: Value.Type, depth: Int) {
    let type = Int(bitPattern: ObjectIdentifier(Value.self))
    entries[type] = TypeEntry(
      type: type, kind: .written, depth: depth,
      write: { address, cursor in
        address.assumingMemoryBound(to: Value.self).pointee.write(to: JSONWriter(cursor)).cursor
      })
  }

  private mutating func add<Value>(_: Value.Type, _ kind: TypeEntry.Kind) {
    let type = Int(bitPattern: ObjectIdentifier(Value.self))
    entries[type] = TypeEntry(type: type, kind: kind)
  }

  /// What is known of a type, be it from the start or from what it is made of.
  func entry<Value>(of _: Value.Type, convertsKeys: Bool) -> TypeEntry {
    let type = Int(bitPattern: ObjectIdentifier(Value.self))
    if let entry = entries[type] { return entry }
    let metadata = TypeMetadata(Value.self)
    if metadata.isRelated(to: [Int].self) || metadata.isRelated(to: Int?.self),
      let container = Value.self as? any DirectContainer.Type
    {
      return TypeEntry(type: type, kind: .container, container: container)
    }
    if convertsKeys, metadata.isRelated(to: [String: Int].self),
      Value.self is any StringDictionary.Type
    {
      return TypeEntry(type: type, kind: .stringDictionary)
    }
    return TypeEntry(type: type, kind: .ordinary)
  }
}
