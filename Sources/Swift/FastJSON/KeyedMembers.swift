// SPDX-License-Identifier: Apache-2.0

/// The keyed container of an object.
///
/// Its methods are called through Codable's own dispatch, a call a member, and are not specialised
/// for the type of key: they do no more than to find the name, and leave the rest to the frame.
struct KeyedMembers<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let gate: ContainerGate

  var codingPath: [any CodingKey] { gate.codingPath }

  @inline(__always)
  private func write(_ value: borrowing some JSONWritable, _ key: Key) {
    let frame = gate.frame
    let cursor = frame.beginMember(frame.name(of: key, in: gate), in: gate.fragment)
    frame.endMember(value.write(to: JSONWriter(cursor)).cursor)
  }

  func encodeNil(forKey key: Key) throws {
    let frame = gate.frame
    let cursor = frame.beginMember(frame.name(of: key, in: gate), in: gate.fragment)
    frame.endMember(JSONWriter(cursor).null().cursor)
  }

  func encode(_ value: Bool, forKey key: Key) throws { write(value, key) }
  func encode(_ value: String, forKey key: Key) throws { write(value, key) }
  func encode(_ value: Int, forKey key: Key) throws { write(value, key) }
  func encode(_ value: Int8, forKey key: Key) throws { write(value, key) }
  func encode(_ value: Int16, forKey key: Key) throws { write(value, key) }
  func encode(_ value: Int32, forKey key: Key) throws { write(value, key) }
  func encode(_ value: Int64, forKey key: Key) throws { write(value, key) }
  func encode(_ value: Int128, forKey key: Key) throws { write(value, key) }
  func encode(_ value: UInt, forKey key: Key) throws { write(value, key) }
  func encode(_ value: UInt8, forKey key: Key) throws { write(value, key) }
  func encode(_ value: UInt16, forKey key: Key) throws { write(value, key) }
  func encode(_ value: UInt32, forKey key: Key) throws { write(value, key) }
  func encode(_ value: UInt64, forKey key: Key) throws { write(value, key) }
  func encode(_ value: UInt128, forKey key: Key) throws { write(value, key) }

  func encode(_ value: Double, forKey key: Key) throws {
    if value.isFinite { return write(value, key) }
    write(try gate.frame.text(ofNonFinite: value, key: key), key)
  }

  func encode(_ value: Float, forKey key: Key) throws {
    if value.isFinite { return write(value, key) }
    write(try gate.frame.text(ofNonFinite: value, key: key), key)
  }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    let frame = gate.frame
    try frame.encodeMember(
      value, name: frame.name(of: key, in: gate), key: key, in: gate.fragment)
  }

  // The protocol's own versions of these would find their way back here through more calls.

  func encodeIfPresent(_ value: Bool?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: String?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Int?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Int8?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Int16?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Int32?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Int64?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Int128?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: UInt?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: UInt128?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Double?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Float?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) }
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) -> KeyedEncodingContainer<NestedKey> {
    KeyedEncodingContainer(KeyedMembers<NestedKey>(gate: nested(isObject: true, key)))
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    UnkeyedElements(frame: gate.frame, gate: nested(isObject: false, key))
  }

  private func nested(isObject: Bool, _ key: Key) -> ContainerGate {
    let name = gate.frame.name(of: key, in: gate)
    let fragment = gate.frame.nested(.member(name), isObject: isObject, in: gate.fragment)
    return ContainerGate(gate.frame, fragment, path: gate.path + [key])
  }

  func superEncoder() -> any Encoder {
    let key = PlainKey.super
    let name = gate.frame.name(of: key, in: gate)
    return gate.frame.superEncoder(.member(name), of: gate.fragment, key: key)
  }

  func superEncoder(forKey key: Key) -> any Encoder {
    let name = gate.frame.name(of: key, in: gate)
    return gate.frame.superEncoder(.member(name), of: gate.fragment, key: key)
  }
}
