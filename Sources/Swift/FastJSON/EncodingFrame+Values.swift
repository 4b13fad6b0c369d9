// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension EncodingFrame {
  /// Appends `value` to the end of the buffer, as the value of `key` in a container of this frame.
  ///
  /// - Parameters:
  ///   - depth: How many containers there are around it.
  ///   - owner: The frame whose coding path it continues, if not this one.
  @inline(__always)
  func encodeInside<T: Encodable>(
    _ value: T, key: some CodingKey, depth: Int, owner: EncodingFrame? = nil
  ) throws {
    let entry = session.types.find(T.self)
    if entry.pointee.kind == .written, writes(value, entry, depth: depth) { return }
    unowned(unsafe) let top = session.top
    do {
      try encodeNext(value, entry, key: key, depth: depth, owner: owner)
    } catch {
      pop(top, hasFailed: true)
      throw error
    }
    pop(top)
  }

  /// The part of `encodeInside` that refers to the next frame: in a function of its own, so that
  /// none of its references is left when `pop` asks who holds that frame.
  @inline(never)
  private func encodeNext<T: Encodable>(
    _ value: T, _ entry: UnsafePointer<DirectTypes.Entry>, key: some CodingKey, depth: Int,
    owner: EncodingFrame?
  ) throws {
    let child = push(depth: depth)
    child.key = key
    if let owner { child.parent = owner }
    try session.enterValue()
    try child.encodeWhole(value, entry, owner: self)
    if !child.finish() { session.cursor = session.cursor.appending(emptyObject: ()) }
  }

  /// Writes `value` as a whole document.
  ///
  /// - Returns: Whether it encoded anything.
  func encodeDocument<T: Encodable>(_ value: T) throws -> Bool {
    let entry = session.types.find(T.self)
    if entry.pointee.kind == .written, writes(value, entry, depth: 0) { return true }
    return try encodeDocument { try $0.encodeWhole(value, entry, owner: $0) }
  }

  /// Writes the whole document that `encode` encodes.
  func encodeDocument(_ encode: (EncodingFrame) throws -> Void) throws -> Bool {
    do {
      let isWritten = try encodeNext(encode)
      pop(self)
      return isWritten
    } catch {
      pop(self, hasFailed: true)
      throw error
    }
  }

  @inline(never)
  private func encodeNext(_ encode: (EncodingFrame) throws -> Void) throws -> Bool {
    let child = push(depth: 0)
    try session.enterValue()
    try encode(child)
    return child.finish()
  }

  /// Appends a value of a type whose JSON is known, unless something about it needs a closer look.
  @inline(__always)
  private func writes<T>(
    _ value: T, _ entry: UnsafePointer<DirectTypes.Entry>, depth: Int
  ) -> Bool {
    guard depth &+ entry.pointee.depth < Self.depthLimit, !session.isTooDeep else { return false }
    let cursor = session.cursor
    let offset = session.offset
    session.cursor = withUnsafePointer(to: value) { entry.pointee.write($0, cursor) }.checked()
    if session.takeFailure() {
      session.rewind(to: offset)
      return false
    }
    return true
  }

  /// Encodes `value` as this frame's value.
  ///
  /// - Parameter owner: The frame whose container `value` is put in; this one, if in none.
  func encodeWhole<T: Encodable>(
    _ value: T, _ entry: UnsafePointer<DirectTypes.Entry>, owner: EncodingFrame
  ) throws {
    switch entry.pointee.kind {
    case .ordinary:
      if session.convertsKeys, let dictionary = value as? any StringDictionary {
        return try dictionary.encodeMembers(to: self, owner: owner)
      }
    case .written: break
    case .date: return try encode(date: unsafeBitCast(value, to: Date.self))
    case .data: return try encode(data: unsafeBitCast(value, to: Data.self))
    case .url:
      let url = unsafeBitCast(value, to: URL.self)
      return endSingle(beginSingle().appending(url.absoluteString))
    case .decimal:
      let decimal = unsafeBitCast(value, to: Decimal.self)
      return endSingle(beginSingle().appending(unquoted: decimal.description))
    }
    try value.encode(to: FrameEncoder(frame: self))
  }

  /// Encodes `value` through a single-value container: as this frame's own value.
  func encodeSingle<T: Encodable>(_ value: T) throws {
    precondition(
      mode != .closed || isFinished,
      """
      Attempt to encode value through single value container when previously value already encoded.
      """)
    defer { session.level &-= 1 }
    try session.enterValue()
    let entry = session.types.find(T.self)
    if entry.pointee.kind == .written, isDirectSingle {
      let start = beginSingle()
      if writes(value, entry, depth: depth) { return endSingle(session.cursor) }
      session.cursor = start
    }
    try encodeWhole(value, entry, owner: self)
    if !finish() { endSingle(beginSingle().appending(emptyObject: ())) }
  }

  private func encode(date: Date) throws {
    switch session.options.date {
    case .deferredToDate: try date.encode(to: FrameEncoder(frame: self))
    case .secondsSince1970: try encode(seconds: date.timeIntervalSince1970)
    case .millisecondsSince1970: try encode(seconds: 1000 * date.timeIntervalSince1970)
    case .iso8601: endSingle(beginSingle().appending(date.formatted(.iso8601)))
    case .custom(let encode):
      try encode(date, FrameEncoder(frame: self))
      if mode == .empty { endSingle(beginSingle().appending(emptyObject: ())) }
    #if canImport(Darwin)
      case .formatted(let formatter):
        endSingle(beginSingle().appending(formatter.string(from: date)))
    #endif
    }
  }

  /// Dates are not subject to the strategy for other numbers.
  private func encode(seconds: Double) throws {
    guard seconds.isFinite else { throw invalid(seconds, key: nil as PlainKey?) }
    endSingle(beginSingle().appending(seconds))
  }

  private func encode(data: Data) throws {
    switch session.options.data {
    case .deferredToData: try data.encode(to: FrameEncoder(frame: self))
    case .base64: endSingle(beginSingle().appending(data.base64EncodedString()))
    case .custom(let encode):
      try encode(data, FrameEncoder(frame: self))
      if mode == .empty { endSingle(beginSingle().appending(emptyObject: ())) }
    }
  }

  /// The text for an infinity or a NaN.
  @inline(never)
  func text<Number: BinaryFloatingPoint>(
    ofNonFinite value: Number, key: (some CodingKey)?
  ) throws -> String {
    guard
      case .convertToString(let positive, let negative, let nan) =
        session.options.nonConformingFloat
    else { throw invalid(value, key: key) }
    return value.isNaN ? nan : value < 0 ? negative : positive
  }

  private func invalid<Number: BinaryFloatingPoint>(
    _ value: Number, key: (some CodingKey)?
  ) -> EncodingError {
    .invalidValue(
      value,
      .init(
        codingPath: codingPath + (key.map { [$0] } ?? []),
        debugDescription: "Unable to encode \(Number.self).\(value) directly in JSON."))
  }

  /// The name of a member under `key`, as the strategy wants it.
  @inline(__always)
  func name(of key: some CodingKey, in gate: ContainerGate?) -> String {
    session.convertsKeys ? convertedName(of: key, in: gate) : key.stringValue
  }

  @inline(never)
  private func convertedName(of key: some CodingKey, in gate: ContainerGate?) -> String {
    switch session.options.key {
    case .useDefaultKeys: key.stringValue
    case .convertToSnakeCase: key.stringValue.inSnakeCase
    case .custom(let convert): convert(codingPath + (gate?.path ?? []) + [key]).stringValue
    }
  }
}

/// A dictionary with keys that no strategy changes.
private protocol StringDictionary {
  func encodeMembers(to frame: EncodingFrame, owner: EncodingFrame) throws
}

extension Dictionary: StringDictionary where Key == String, Value: Encodable {
  func encodeMembers(to frame: EncodingFrame, owner: EncodingFrame) throws {
    frame.beginObject()
    for (name, value) in self {
      try frame.encodeMember(value, name: name, key: PlainKey(stringValue: name), owner: owner)
    }
  }
}

extension JSONCursor {
  @inline(__always)
  func appending(emptyObject: Void) -> JSONCursor {
    appending(byte: 0x7B).appending(byte: 0x7D).checked()
  }

  /// Writes a number's digits.
  func appending(unquoted text: String) -> JSONCursor {
    var text = text
    return text.withUTF8 { text in
      let cursor = reserving(text.count)
      if let start = text.baseAddress {
        cursor.position.copyMemory(from: start, byteCount: text.count)
      }
      return cursor.advanced(by: text.count)
    }
  }
}
