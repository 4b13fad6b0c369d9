// SPDX-License-Identifier: Apache-2.0

/// What is known of a type that is encoded, looked up by its metatype: a cast from a generic value
/// would cost more than to write it.
struct TypeEntry {
  enum Kind {
    /// Encodes itself.
    case ordinary
    case date, data, url, decimal
    /// What it encodes is what the static writer writes.
    case written
    /// An array or an optional of any Encodable values.
    case container
    /// A dictionary with keys that no strategy changes.
    case stringDictionary
  }

  /// The metatype's address.
  var type: Int
  var kind: Kind
  /// Written: how many containers there are inside one another at most.
  var depth = 0
  /// Written: writes the value at an address.
  var write: (UnsafeRawPointer, JSONCursor) -> JSONCursor = { _, cursor in cursor }
  /// Container.
  var container: (any DirectContainer.Type)?
}

/// Entries by their type. What it returns stays where it is as long as the table lives.
struct TypeTable: ~Copyable {
  /// A power of two, more than twice as many as are in use.
  private var slots: UnsafeMutablePointer<(type: Int, entry: UnsafeMutablePointer<TypeEntry>?)>
  private var capacity = 64
  private var count = 0

  init() {
    slots = .allocate(capacity: capacity)
    slots.initialize(repeating: (0, nil), count: capacity)
  }

  deinit {
    for index in 0..<capacity {
      slots[index].entry?.deinitialize(count: 1)
      slots[index].entry?.deallocate()
    }
    slots.deallocate()
  }

  @inline(__always)
  private func index(_ type: Int) -> Int {
    (type &>> 4 ^ type &>> 11) & (capacity &- 1)
  }

  /// The entry of a type that has been added.
  @inline(__always)
  func find(_ type: Int) -> UnsafePointer<TypeEntry>? {
    var index = index(type)
    while slots[index].type != type {
      if slots[index].type == 0 { return nil }
      index = (index &+ 1) & (capacity &- 1)
    }
    return slots[index].entry.map { UnsafePointer($0) }
  }

  mutating func add(_ entry: TypeEntry) -> UnsafePointer<TypeEntry> {
    if (count + 1) * 2 > capacity { grow() }
    let memory = UnsafeMutablePointer<TypeEntry>.allocate(capacity: 1)
    memory.initialize(to: entry)
    insert(memory)
    count += 1
    return UnsafePointer(memory)
  }

  private func insert(_ entry: UnsafeMutablePointer<TypeEntry>) {
    var index = index(entry.pointee.type)
    while slots[index].type != 0 { index = (index + 1) & (capacity - 1) }
    slots[index] = (entry.pointee.type, entry)
  }

  private mutating func grow() {
    let (old, oldCapacity) = (slots, capacity)
    capacity *= 2
    slots = .allocate(capacity: capacity)
    slots.initialize(repeating: (0, nil), count: capacity)
    for index in 0..<oldCapacity { if let entry = old[index].entry { insert(entry) } }
    old.deallocate()
  }
}
