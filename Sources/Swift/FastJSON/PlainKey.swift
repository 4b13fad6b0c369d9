// SPDX-License-Identifier: Apache-2.0

/// A key that no type has declared: an index, a dictionary's key, or `super`. Made for every value
/// inside an array, so that its text is not.
enum PlainKey: CodingKey {
  case name(String)
  case index(Int)

  init(stringValue: String) { self = .name(stringValue) }

  init(intValue: Int) { self = .index(intValue) }

  var stringValue: String {
    switch self {
    case .name(let name): name
    case .index(let index): "Index \(index)"
    }
  }

  var intValue: Int? {
    switch self {
    case .name: nil
    case .index(let index): index
    }
  }

  static var `super`: PlainKey { .name("super") }

  /// As JSONEncoder's own keys describe themselves, since errors print them.
  var description: String {
    "_CodingKey(stringValue: \"\(stringValue)\", intValue: \(intValue?.description ?? "nil"))"
  }

  var debugDescription: String { description }
}
