// SPDX-License-Identifier: Apache-2.0

/// The first words of a type's metadata: what kind of type it is, and which generic type it was made
/// of. To ask a cast instead may take a search through all conformances of the process.
///
/// Source: the Swift ABI, docs/ABI/TypeMetadata.rst ("Struct Metadata", "Enum Metadata").
struct TypeMetadata {
  private let words: UnsafePointer<UInt>

  init<Value>(_: Value.Type) {
    words = unsafeBitCast(Value.self as Any.Type, to: UnsafePointer<UInt>.self)
  }

  private static var structure: UInt { 0x200 }
  private static var enumeration: UInt { 0x201 }
  private static var optional: UInt { 0x202 }

  var isEnumeration: Bool { words[0] == Self.enumeration }

  private var isNominal: Bool { words[0] >= Self.structure && words[0] <= Self.optional }

  /// Whether two types come from one generic type.
  func isRelated<Other>(to other: Other.Type) -> Bool {
    let other = TypeMetadata(other)
    return isNominal && words[0] == other.words[0] && words[1] == other.words[1]
  }
}
