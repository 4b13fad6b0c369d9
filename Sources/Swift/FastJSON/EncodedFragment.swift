// SPDX-License-Identifier: Apache-2.0

/// An object or array whose parts are not written one behind the other: a nested container, or any
/// container in which something came out of order. Its values are ranges of the session's arena.
final class EncodedFragment {
  enum Value {
    case bytes(Range<Int>)
    case fragment(EncodedFragment)
  }

  let isObject: Bool
  /// How many containers there are around its values, itself included.
  let depth: Int
  private(set) var values: [Value] = []
  private var names: [String] = []
  /// Keys are the same when they are equal as Strings, as they are for JSONEncoder.
  private var indices: [String: Int] = [:]

  init(isObject: Bool, depth: Int) {
    self.isObject = isObject
    self.depth = depth
  }

  /// Sets a member; one that was there keeps its place and its key.
  func set(_ value: Value, for name: String) {
    if let index = indices[name] {
      values[index] = value
    } else {
      indices[name] = values.count
      names.append(name)
      values.append(value)
    }
  }

  func append(_ value: Value) { values.append(value) }

  func insert(_ value: Value, at index: Int) { values.insert(value, at: min(index, values.count)) }

  /// Adds what was encoded to a container while one of its own values was not complete: in the
  /// order of time, that value came later.
  func add(_ late: [LateValue]) {
    let count = values.count
    var respelled: Set<Int> = []
    for entry in late {
      guard let name = entry.name else {
        insert(entry.value, at: entry.position)
        continue
      }
      // The last one wins, under the key that was there first: keys that are equal may differ in
      // their bytes.
      if let index = indices[name], index >= entry.position, index < count {
        if respelled.insert(index).inserted { names[index] = name }
      } else {
        set(entry.value, for: name)
      }
    }
  }

  /// The container that is or becomes the value of `name`.
  func nested(_ name: String, isObject: Bool, in session: EncodingSession) -> EncodedFragment {
    guard let index = indices[name] else {
      let nested = EncodedFragment(isObject: isObject, depth: depth + 1)
      set(.fragment(nested), for: name)
      return nested
    }
    switch values[index] {
    case .fragment(let fragment) where fragment.isObject == isObject:
      return fragment
    case .bytes(let range) where session.arena[range.lowerBound] == (isObject ? 0x7B : 0x5B):
      let nested = EncodedFragment(isObject: isObject, depth: depth + 1)
      nested.take(range, of: session.arena)
      values[index] = .fragment(nested)
      return nested
    default:
      preconditionFailure(
        """
        Attempt to re-encode into nested \(isObject ? "Keyed" : "Unkeyed")EncodingContainer for \
        key "\(name)" is invalid: another kind of value already encoded for this key
        """)
    }
  }

  /// Takes over the values of a container in the arena.
  func take(_ range: Range<Int>, of arena: [UInt8]) {
    arena.withUnsafeBytes { arena in
      var scan = CompactScan(UnsafeRawBufferPointer(rebasing: arena[..<range.upperBound]))
      scan.position = range.lowerBound + 1
      while scan.position < range.upperBound - 1 {
        if isObject {
          let name = scan.string()
          scan.position += 1
          let start = scan.position
          scan.skipValue()
          set(.bytes(start..<scan.position), for: name)
        } else {
          let start = scan.position
          scan.skipValue()
          append(.bytes(start..<scan.position))
        }
        // The comma, or the closing bracket.
        scan.position += 1
      }
    }
  }

  /// Appends the container to the session's buffer.
  func write(to session: EncodingSession) {
    session.append(byte: isObject ? 0x7B : 0x5B)
    for (index, value) in values.enumerated() {
      if isObject {
        session.cursor = session.cursor.appending(names[index]).appending(byte: 0x3A).checked()
      }
      switch value {
      case .bytes(let range): session.append(fromArena: range)
      case .fragment(let fragment): fragment.write(to: session)
      }
      session.append(byte: 0x2C)
    }
    session.cursor = session.cursor.closing(with: isObject ? 0x7D : 0x5D).checked()
  }
}

/// Where a value goes that is not written to its place at once.
struct PendingFragment {
  enum Place {
    case member(String)
    case element
    /// The value of a super encoder.
    case single
    /// Nowhere: its container is complete.
    case none
  }

  var frame: EncodingFrame
  /// Nil for the frame's own container.
  var fragment: EncodedFragment?
  var place: Place
  /// The offset at which it starts.
  var mark: Int
}

/// A value that was encoded to a frame's own container while a value inside was not complete.
struct LateValue {
  var value: EncodedFragment.Value
  /// Nil in an array.
  var name: String?
  /// Number of members that were complete; in an array, the index.
  var position: Int
}
