// SPDX-License-Identifier: Apache-2.0

/// The Encoder that a value is given, and its single-value container.
struct FrameEncoder: Encoder {
  let frame: EncodingFrame

  var codingPath: [any CodingKey] { frame.codingPath }

  var userInfo: [CodingUserInfoKey: Any] { frame.session.options.userInfo }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    let state = frame.state
    let isFirst = state.pointee.mode == .empty
    guard
      let given = state.pointee.given.find(type, isFirst: isFirst)
        ?? state.pointee.given.make(type, of: frame, isFirst: isFirst)
    else { return freshContainer() }
    if state.isDirectSingle, state.pointee.depth &+ 1 < EncodingFrame.depthLimit {
      state.begin(.object, keys: given._withUnsafeGuaranteedRef { $0.keys })
    } else {
      frame.beginObject()
    }
    return given._withUnsafeGuaranteedRef { $0.container(type) }
  }

  /// A container that is not used again.
  private func freshContainer<Key: CodingKey>() -> KeyedEncodingContainer<Key> {
    frame.beginObject()
    return KeyedEncodingContainer(KeyedMembers<Key>(gate: ContainerGate(keepingAlive: frame)))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    frame.beginArray()
    return UnkeyedElements(frame: frame, gate: nil)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

extension FrameEncoder: SingleValueEncodingContainer {
  func encodeNil() throws {
    frame.endSingle(JSONWriter(frame.beginSingle()).null().cursor)
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
    write(try frame.text(ofNonFinite: value, key: nil as PlainKey?))
  }

  func encode(_ value: Float) throws {
    if value.isFinite { return write(value) }
    write(try frame.text(ofNonFinite: value, key: nil as PlainKey?))
  }

  func encode<T: Encodable>(_ value: T) throws {
    try frame.encodeSingle(value)
  }

  @inline(__always)
  private func write(_ value: borrowing some JSONWritable) {
    frame.endSingle(value.write(to: JSONWriter(frame.beginSingle())).cursor)
  }
}
