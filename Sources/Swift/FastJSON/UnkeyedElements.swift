// SPDX-License-Identifier: Apache-2.0

/// The unkeyed container of an array.
struct UnkeyedElements: UnkeyedEncodingContainer {
  let frame: EncodingFrame
  /// Nil for the frame's own array.
  let gate: ContainerGate?

  private var fragment: EncodedFragment? {
    @inline(__always) get { gate?.fragment }
  }

  var codingPath: [any CodingKey] { gate?.codingPath ?? frame.codingPath }

  var count: Int { fragment?.values.count ?? frame.elementCount }

  @inline(__always)
  private func write(_ value: borrowing some JSONWritable) {
    frame.endElement(value.write(to: JSONWriter(frame.beginElement(in: fragment))).cursor)
  }

  func encodeNil() throws {
    frame.endElement(JSONWriter(frame.beginElement(in: fragment)).null().cursor)
  }

  func encode(_ value: Bool) throws { write(value) }
  func encode(_ value: String) throws { write(value) }
  func encode(_ value: Int) throws { write(value) }
  func encode(_ value: Int8) throws { write(value) }
  func encode(_ value: Int16) throws { write(value) }
  func encode(_ value: Int32) throws { write(value) }
  func encode(_ value: Int64) throws { write(value) }
  func encode(_ value: Int128) throws { write(value) }
  func encode(_ value: UInt) throws { write(value) }
  func encode(_ value: UInt8) throws { write(value) }
  func encode(_ value: UInt16) throws { write(value) }
  func encode(_ value: UInt32) throws { write(value) }
  func encode(_ value: UInt64) throws { write(value) }
  func encode(_ value: UInt128) throws { write(value) }

  func encode(_ value: Double) throws {
    if value.isFinite { return write(value) }
    write(try frame.text(ofNonFinite: value, key: PlainKey.index(count)))
  }

  func encode(_ value: Float) throws {
    if value.isFinite { return write(value) }
    write(try frame.text(ofNonFinite: value, key: PlainKey.index(count)))
  }

  func encode<T: Encodable>(_ value: T) throws {
    try frame.encodeElement(value, in: fragment)
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type
  ) -> KeyedEncodingContainer<NestedKey> {
    KeyedEncodingContainer(KeyedMembers<NestedKey>(gate: nested(isObject: true)))
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    UnkeyedElements(frame: frame, gate: nested(isObject: false))
  }

  private func nested(isObject: Bool) -> ContainerGate {
    let key = PlainKey.index(count)
    let nested = frame.nested(.element, isObject: isObject, in: fragment)
    return ContainerGate(frame, nested, path: (gate?.path ?? []) + [key])
  }

  func superEncoder() -> any Encoder {
    let index = count
    return frame.superEncoder(.element(index), of: fragment, key: PlainKey.index(index))
  }
}
