// SPDX-License-Identifier: Apache-2.0

/// The keys of one enumeration, each with the bytes that its members begin with.
///
/// Synthesized coding keys are enumerations without payloads. A value of theirs is a single byte, so
/// that all that is known of a key can be looked up by that byte, and `stringValue`, which makes a
/// String by a call that nobody can inline, is asked but once.
final class KeyTable {
  /// What is known of one key.
  struct Slot {
    /// The key in quotes, with its escapes and its colon.
    fileprivate var text = (SIMD32<UInt8>(), SIMD32<UInt8>())
    /// Number of bytes in `text`; 0 for a key that is too long for it, or not known.
    fileprivate(set) var count = 0
    /// One bit, the same for keys of the same name alone; none when there are too many.
    fileprivate(set) var bit: UInt64 = 0
    /// Its place among the table's names in the order of their UTF-8 bytes. Changes when another key
    /// is learnt.
    fileprivate(set) var rank = 0
    /// The type of the value that was encoded last under this key.
    var type = 0
    var entry: UnsafePointer<TypeEntry>?
  }

  /// What is needed for each member.
  struct State {
    var slots: UnsafeMutablePointer<Slot>
    var capacity: Int
    var table: Unmanaged<KeyTable>
  }

  let state: UnsafeMutablePointer<State>
  private let makeKey: (UInt8) -> any CodingKey
  /// The names of the keys that are known, by their byte.
  private var names: [UInt8: String] = [:]
  private var bits: [String: UInt64] = [:]

  /// - Precondition: `Key` is an enumeration of at most one byte (`KeyKind`).
  init<Key: CodingKey>(_: Key.Type) {
    makeKey = { byte in
      withUnsafePointer(to: byte) { UnsafeRawPointer($0).load(as: Key.self) }
    }
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: 16)
    slots.initialize(repeating: Slot(), count: 16)
    state = .allocate(capacity: 1)
    state.initialize(to: State(slots: slots, capacity: 16, table: .passUnretained(self)))
  }

  deinit {
    state.pointee.slots.deallocate()
    state.deallocate()
  }

  /// The key that a byte stands for.
  func key(_ byte: UInt8) -> any CodingKey { makeKey(byte) }

  /// The name of a key, under the session's strategy, which must not depend on the place of the key.
  func name(_ byte: UInt8, in session: EncodingSession) -> String {
    if let name = names[byte] { return name }
    learn(byte, in: session)
    return names[byte] ?? ""
  }

  /// Fills the slot of a key. A key has a bit of its own as long as there are some left.
  @inline(never)
  private func learn(_ byte: UInt8, in session: EncodingSession) {
    while Int(byte) >= state.pointee.capacity { grow() }
    let key = makeKey(byte)
    var name = key.stringValue
    if case .convertToSnakeCase = session.options.key { name = name.inSnakeCase }
    names[byte] = name
    let bit = bits[name] ?? (bits.count < UInt64.bitWidth ? 1 << UInt64(bits.count) : 0)
    bits[name] = bit
    let slot = state.pointee.slots + Int(byte)
    slot.pointee.bit = bit
    session.withText(ofKey: name) { text in
      guard text.count <= 64, bit != 0 else { return }
      withUnsafeMutableBytes(of: &slot.pointee.text) { $0.copyBytes(from: text) }
      slot.pointee.count = text.count
    }
    rankNames()
  }

  /// Names that are equal as Strings may differ in their bytes, but no object has two of them.
  private func rankNames() {
    let sorted = names.sorted { $0.value.utf8.lexicographicallyPrecedes($1.value.utf8) }
    for (rank, entry) in sorted.enumerated() { state.pointee.slots[Int(entry.key)].rank = rank }
  }

  private func grow() {
    let capacity = state.pointee.capacity
    let grown = UnsafeMutablePointer<Slot>.allocate(capacity: capacity * 4)
    grown.moveInitialize(from: state.pointee.slots, count: capacity)
    (grown + capacity).initialize(repeating: Slot(), count: capacity * 3)
    state.pointee.slots.deallocate()
    state.pointee.slots = grown
    state.pointee.capacity = capacity * 4
  }

  /// The names of the keys with these bits.
  func names(_ seen: UInt64) -> [String] {
    bits.filter { seen & $0.value != 0 }.map(\.key)
  }
}

extension UnsafeMutablePointer<KeyTable.State> {
  /// Valid until a key is learnt.
  @inline(__always)
  func slot(_ byte: UInt8) -> UnsafeMutablePointer<KeyTable.Slot>? {
    Int(byte) < pointee.capacity ? pointee.slots + Int(byte) : nil
  }
}

extension JSONCursor {
  /// Writes a key with its colon.
  @inline(__always)
  func appending(_ slot: UnsafeMutablePointer<KeyTable.Slot>) -> JSONCursor {
    let text = UnsafeRawPointer(slot)
    position.copyMemory(from: text, byteCount: 32)
    if slot.pointee.count > 32 { (position + 32).copyMemory(from: text + 32, byteCount: 32) }
    return advanced(by: slot.pointee.count)
  }
}

/// A key of any enumeration, as the byte that it is.
struct ByteKey: CodingKey {
  let byte: UInt8

  // A container that is asked by its user is always asked with the user's type of key.
  init?(stringValue: String) { nil }
  init?(intValue: Int) { nil }
  var stringValue: String { "\(byte)" }
  var intValue: Int? { nil }

  init(byte: UInt8) { self.byte = byte }
}

/// The key of an enumeration with one case, which takes no room.
struct OnlyKey: CodingKey {
  init() {}
  init?(stringValue: String) { nil }
  init?(intValue: Int) { nil }
  var stringValue: String { "0" }
  var intValue: Int? { nil }
}

/// Which keys a `KeyTable` can hold.
enum KeyKind {
  /// One byte; none; anything else.
  case byte, only, other

  /// For an enumeration that has no pointers in it, a value's byte tells all: two equal bytes are
  /// equal keys.
  static func of<Key: CodingKey>(_: Key.Type) -> KeyKind {
    guard MemoryLayout<Key>.size <= 1, _isPOD(Key.self), TypeMetadata(Key.self).isEnumeration else {
      return .other
    }
    return MemoryLayout<Key>.size == 1 ? .byte : .only
  }
}
