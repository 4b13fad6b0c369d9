// SPDX-License-Identifier: Apache-2.0

/// The keyed container of an object whose keys have a `KeyTable`: the same code for all of them,
/// which knows how large a key is, and needs no call to find its name.
///
/// It stands behind the user's `KeyedEncodingContainer<Key>` (`GivenContainer`), so that a key that
/// it is given is one of the user's, and its byte is to be looked up in the table.
struct ByteKeyMembers: KeyedEncodingContainerProtocol {
  private let gate: ContainerGate
  private let table: KeyTable
  private let frame: UnsafeMutablePointer<FrameState>
  private let keys: UnsafeMutablePointer<KeyTable.State>

  init(gate: ContainerGate, table: KeyTable) {
    self.gate = gate
    self.table = table
    frame = gate.frame.state
    keys = table.state
  }

  var codingPath: [any CodingKey] { gate.codingPath }

  @inline(__always)
  private func write(_ value: borrowing some JSONWritable, _ key: ByteKey) {
    guard let slot = frame.beginMember(key.byte, of: keys) else { return writeAside(value, key) }
    let session = frame.session
    let written = value.write(to: JSONWriter(session.pointee.cursor.appending(slot)))
    session.pointee.cursor = written.cursor.appending(byte: 0x2C).checked()
  }

  @inline(never)
  private func writeAside(_ value: borrowing some JSONWritable, _ key: ByteKey) {
    let frame = gate.frame
    let name = table.name(key.byte, in: frame.session)
    let cursor = frame.beginMember(name, in: nil)
    frame.endMember(value.write(to: JSONWriter(cursor)).cursor)
  }

  func encodeNil(forKey key: ByteKey) throws { write(JSONNull(), key) }

  func encode(_ value: Bool, forKey key: ByteKey) throws { write(value, key) }
  func encode(_ value: String, forKey key: ByteKey) throws { write(value, key) }
  func encode(_ value: Int, forKey key: ByteKey) throws { write(value, key) }
  func encode(_ value: Int8, forKey key: ByteKey) throws { write(value, key) }
  func encode(_ value: Int16, forKey key: ByteKey) throws { write(value, key) }
  func encode(_ value: Int32, forKey key: ByteKey) throws { write(value, key) }
  func encode(_ value: Int64, forKey key: ByteKey) throws { write(value, key) }
  func encode(_ value: Int128, forKey key: ByteKey) throws { write(value, key) }
  func encode(_ value: UInt, forKey key: ByteKey) throws { write(value, key) }
  func encode(_ value: UInt8, forKey key: ByteKey) throws { write(value, key) }
  func encode(_ value: UInt16, forKey key: ByteKey) throws { write(value, key) }
  func encode(_ value: UInt32, forKey key: ByteKey) throws { write(value, key) }
  func encode(_ value: UInt64, forKey key: ByteKey) throws { write(value, key) }
  func encode(_ value: UInt128, forKey key: ByteKey) throws { write(value, key) }

  func encode(_ value: Double, forKey key: ByteKey) throws {
    if value.isFinite { return write(value, key) }
    write(try gate.frame.text(ofNonFinite: value, key: table.key(key.byte)), key)
  }

  func encode(_ value: Float, forKey key: ByteKey) throws {
    if value.isFinite { return write(value, key) }
    write(try gate.frame.text(ofNonFinite: value, key: table.key(key.byte)), key)
  }

  func encode<T: Encodable>(_ value: T, forKey key: ByteKey) throws {
    guard let slot = frame.beginMember(key.byte, of: keys) else {
      return try encodeAside(value, key)
    }
    let session = frame.session
    let mark = session.offset
    let bit = slot.pointee.bit
    session.pointee.cursor = session.pointee.cursor.appending(slot)
    let type = Int(bitPattern: ObjectIdentifier(T.self))
    let entry =
      slot.pointee.type == type
      ? slot.pointee.entry.unsafelyUnwrapped : newEntry(of: T.self, for: slot)
    do {
      try frame.encodeInside(value, entry, key.byte, of: keys)
    } catch {
      frame.cancelMember(to: mark, bit: bit)
      throw error
    }
    session.append(byte: 0x2C)
  }

  /// What is known of a type, kept for the next value under the same key.
  @inline(never)
  private func newEntry<T>(
    of _: T.Type, for slot: UnsafeMutablePointer<KeyTable.Slot>
  ) -> UnsafePointer<TypeEntry> {
    let entry = gate.frame.session.entry(of: T.self)
    slot.pointee.type = Int(bitPattern: ObjectIdentifier(T.self))
    slot.pointee.entry = entry
    return entry
  }

  @inline(never)
  private func encodeAside<T: Encodable>(_ value: T, _ key: ByteKey) throws {
    let frame = gate.frame
    let name = table.name(key.byte, in: frame.session)
    try frame.encodeMember(value, name: name, key: table.key(key.byte))
  }

  // The protocol's own versions of these would find their way back here through more calls.

  func encodeIfPresent(_ value: Bool?, forKey key: ByteKey) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: String?, forKey key: ByteKey) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Int?, forKey key: ByteKey) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Int8?, forKey key: ByteKey) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Int16?, forKey key: ByteKey) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Int32?, forKey key: ByteKey) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Int64?, forKey key: ByteKey) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Int128?, forKey key: ByteKey) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: UInt?, forKey key: ByteKey) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: UInt8?, forKey key: ByteKey) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: UInt16?, forKey key: ByteKey) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: UInt32?, forKey key: ByteKey) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: UInt64?, forKey key: ByteKey) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: UInt128?, forKey key: ByteKey) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Double?, forKey key: ByteKey) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Float?, forKey key: ByteKey) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: ByteKey) throws {
    try withWrapped(value) { (wrapped: borrowing T) in try encode(wrapped, forKey: key) }
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: ByteKey
  ) -> KeyedEncodingContainer<NestedKey> {
    KeyedEncodingContainer(KeyedMembers<NestedKey>(gate: nested(isObject: true, key)))
  }

  func nestedUnkeyedContainer(forKey key: ByteKey) -> any UnkeyedEncodingContainer {
    UnkeyedElements(frame: gate.frame, gate: nested(isObject: false, key))
  }

  private func nested(isObject: Bool, _ key: ByteKey) -> ContainerGate {
    let name = table.name(key.byte, in: gate.frame.session)
    let fragment = gate.frame.nested(.member(name), isObject: isObject, in: nil)
    return ContainerGate(gate.frame, fragment, path: [table.key(key.byte)])
  }

  func superEncoder() -> any Encoder {
    let key = PlainKey.super
    let name = gate.frame.name(of: key, in: gate)
    return gate.frame.superEncoder(.member(name), of: nil, key: key)
  }

  func superEncoder(forKey key: ByteKey) -> any Encoder {
    let name = table.name(key.byte, in: gate.frame.session)
    return gate.frame.superEncoder(.member(name), of: nil, key: table.key(key.byte))
  }
}

/// Written as null.
struct JSONNull: JSONWritable {
  @inline(__always)
  func write(to json: consuming JSONWriter) -> JSONWritten { json.null() }
}
