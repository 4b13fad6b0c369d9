// SPDX-License-Identifier: Apache-2.0

/// `ByteKeyMembers` for enumerations with one case, whose values take no room.
struct OnlyKeyMembers: KeyedEncodingContainerProtocol {
  private let members: ByteKeyMembers
  private var key: ByteKey { ByteKey(byte: 0) }

  init(gate: ContainerGate, table: KeyTable) {
    members = ByteKeyMembers(gate: gate, table: table)
  }

  var codingPath: [any CodingKey] { members.codingPath }

  func encodeNil(forKey _: OnlyKey) throws { try members.encodeNil(forKey: key) }

  func encode(_ value: Bool, forKey _: OnlyKey) throws {
    try members.encode(value, forKey: key)
  }

  func encode(_ value: String, forKey _: OnlyKey) throws {
    try members.encode(value, forKey: key)
  }

  func encode(_ value: Int, forKey _: OnlyKey) throws {
    try members.encode(value, forKey: key)
  }

  func encode(_ value: Int8, forKey _: OnlyKey) throws {
    try members.encode(value, forKey: key)
  }

  func encode(_ value: Int16, forKey _: OnlyKey) throws {
    try members.encode(value, forKey: key)
  }

  func encode(_ value: Int32, forKey _: OnlyKey) throws {
    try members.encode(value, forKey: key)
  }

  func encode(_ value: Int64, forKey _: OnlyKey) throws {
    try members.encode(value, forKey: key)
  }

  func encode(_ value: Int128, forKey _: OnlyKey) throws {
    try members.encode(value, forKey: key)
  }

  func encode(_ value: UInt, forKey _: OnlyKey) throws {
    try members.encode(value, forKey: key)
  }

  func encode(_ value: UInt8, forKey _: OnlyKey) throws {
    try members.encode(value, forKey: key)
  }

  func encode(_ value: UInt16, forKey _: OnlyKey) throws {
    try members.encode(value, forKey: key)
  }

  func encode(_ value: UInt32, forKey _: OnlyKey) throws {
    try members.encode(value, forKey: key)
  }

  func encode(_ value: UInt64, forKey _: OnlyKey) throws {
    try members.encode(value, forKey: key)
  }

  func encode(_ value: UInt128, forKey _: OnlyKey) throws {
    try members.encode(value, forKey: key)
  }

  func encode(_ value: Double, forKey _: OnlyKey) throws {
    try members.encode(value, forKey: key)
  }

  func encode(_ value: Float, forKey _: OnlyKey) throws {
    try members.encode(value, forKey: key)
  }

  func encode<T: Encodable>(_ value: T, forKey _: OnlyKey) throws {
    try members.encode(value, forKey: key)
  }

  func encodeIfPresent(_ value: Bool?, forKey _: OnlyKey) throws {
    if let value { try members.encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: String?, forKey _: OnlyKey) throws {
    if let value { try members.encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Int?, forKey _: OnlyKey) throws {
    if let value { try members.encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Int8?, forKey _: OnlyKey) throws {
    if let value { try members.encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Int16?, forKey _: OnlyKey) throws {
    if let value { try members.encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Int32?, forKey _: OnlyKey) throws {
    if let value { try members.encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Int64?, forKey _: OnlyKey) throws {
    if let value { try members.encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Int128?, forKey _: OnlyKey) throws {
    if let value { try members.encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: UInt?, forKey _: OnlyKey) throws {
    if let value { try members.encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: UInt8?, forKey _: OnlyKey) throws {
    if let value { try members.encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: UInt16?, forKey _: OnlyKey) throws {
    if let value { try members.encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: UInt32?, forKey _: OnlyKey) throws {
    if let value { try members.encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: UInt64?, forKey _: OnlyKey) throws {
    if let value { try members.encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: UInt128?, forKey _: OnlyKey) throws {
    if let value { try members.encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Double?, forKey _: OnlyKey) throws {
    if let value { try members.encode(value, forKey: key) }
  }

  func encodeIfPresent(_ value: Float?, forKey _: OnlyKey) throws {
    if let value { try members.encode(value, forKey: key) }
  }

  func encodeIfPresent<T: Encodable>(_ value: T?, forKey _: OnlyKey) throws {
    try members.encodeIfPresent(value, forKey: key)
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey _: OnlyKey
  ) -> KeyedEncodingContainer<NestedKey> {
    members.nestedContainer(keyedBy: type, forKey: key)
  }

  func nestedUnkeyedContainer(forKey _: OnlyKey) -> any UnkeyedEncodingContainer {
    members.nestedUnkeyedContainer(forKey: key)
  }

  func superEncoder() -> any Encoder { members.superEncoder() }

  func superEncoder(forKey _: OnlyKey) -> any Encoder { members.superEncoder(forKey: key) }
}
