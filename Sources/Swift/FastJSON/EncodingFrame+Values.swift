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
  func encodeInside<T: Encodable>(
    _ value: T, key: some CodingKey, depth: Int, owner: EncodingFrame? = nil
  ) throws {
    let entry = session.entry(of: T.self)
    if entry.pointee.kind == .written, session.state.writes(value, entry, depth: depth) { return }
    let child = state.prepareNext(depth: depth)
    child.pointee.place = .any
    next?.anyKey = key
    guard let owner else { return try state.encodePrepared(value, entry, in: child) }
    next?.parent = owner
    next?.isMemberOfDictionary = true
    defer {
      next?.parent = self
      next?.isMemberOfDictionary = false
    }
    try state.encodePrepared(value, entry, in: child)
  }

  /// Encodes the elements of an array whose container has begun.
  func encodeElements<Element: Encodable>(_ start: UnsafePointer<Element>, count: Int) throws {
    guard isDirectArray else {
      for index in 0..<count { try encodeElement(start[index], in: nil) }
      return
    }
    let entry = session.entry(of: Element.self)
    for index in 0..<count {
      try withBorrowed(start + index) { (element: borrowing Element) in
        try state.encodeElement(element, entry)
      }
    }
  }

  /// Writes `value` as a whole document.
  ///
  /// - Returns: Whether it encoded anything.
  func encodeDocument<T: Encodable>(_ value: T) throws -> Bool {
    let entry = session.entry(of: T.self)
    if entry.pointee.kind == .written, session.state.writes(value, entry, depth: 0) { return true }
    return try encodeDocument { try $0.encodeWhole(value, entry) }
  }

  /// Writes the whole document that `encode` encodes.
  func encodeDocument(_ encode: (EncodingFrame) throws -> Void) throws -> Bool {
    defer {
      session.state.pointee.level -= 1
      session.state.pointee.top = state
    }
    do {
      let isWritten = try encodeNext(encode)
      leaveNext()
      return isWritten
    } catch {
      leaveNext(hasFailed: true)
      throw error
    }
  }

  @inline(never)
  private func encodeNext(_ encode: (EncodingFrame) throws -> Void) throws -> Bool {
    let child = state.prepareNext(depth: 0)
    child.pointee.place = .none
    session.state.pointee.top = child
    try session.enterValue()
    try child.pointee.frame.unsafelyUnwrapped._withUnsafeGuaranteedRef { try encode($0) }
    return child.finish()
  }

  /// Encodes `value` as this frame's value.
  ///
  /// - Parameter isSingle: Whether it comes through the frame's single-value container.
  func encodeWhole<T: Encodable>(
    _ value: T, _ entry: UnsafePointer<TypeEntry>, isSingle: Bool = false
  ) throws {
    switch entry.pointee.kind {
    case .ordinary, .written: try value.encode(to: FrameEncoder(frame: self))
    case .container:
      try withUnsafePointer(to: value) {
        try entry.pointee.container.unsafelyUnwrapped.encode(at: UnsafeRawPointer($0), as: self)
      }
    case .stringDictionary:
      if let dictionary = value as? any StringDictionary {
        let owner = isSingle || isMemberOfDictionary ? self : parent ?? self
        try dictionary.encodeMembers(to: self, owner: owner)
      }
    case .date: try encode(date: unsafeBitCast(value, to: Date.self))
    case .data: try encode(data: unsafeBitCast(value, to: Data.self))
    case .url:
      let url = unsafeBitCast(value, to: URL.self)
      endSingle(beginSingle().appending(url.absoluteString))
    case .decimal: try encode(decimal: unsafeBitCast(value, to: Decimal.self))
    }
  }

  /// Encodes `value` through a single-value container: as this frame's own value.
  func encodeSingle<T: Encodable>(_ value: T) throws {
    precondition(
      mode != .closed || isFinished,
      """
      Attempt to encode value through single value container when previously value already encoded.
      """)
    defer { session.state.pointee.level -= 1 }
    try session.enterValue()
    let entry = session.entry(of: T.self)
    if entry.pointee.kind == .written, state.isDirectSingle {
      _ = beginSingle()
      // Where it fails, it has gone back to the start by itself, in the buffer that there is then.
      if session.state.writes(value, entry, depth: depth) { return endSingle(session.cursor) }
    }
    try encodeWhole(value, entry, isSingle: true)
    finishWhole()
  }

  private func encode(date: Date) throws {
    switch session.options.date {
    case .deferredToDate: try date.encode(to: FrameEncoder(frame: self))
    case .secondsSince1970: try encode(seconds: date.timeIntervalSince1970)
    case .millisecondsSince1970: try encode(seconds: 1000 * date.timeIntervalSince1970)
    case .iso8601: endSingle(beginSingle().appending(date.formatted(.iso8601)))
    case .custom(let encode):
      try encode(date, FrameEncoder(frame: self))
      if state.pointee.mode == .empty { endSingle(beginSingle().appending(emptyObject: ())) }
    #if canImport(Darwin)
      case .formatted(let formatter):
        endSingle(beginSingle().appending(formatter.string(from: date)))
    #endif
    }
  }

  /// JSONEncoder writes the bare word NaN, which is no JSON.
  private func encode(decimal: Decimal) throws {
    guard decimal.isNaN else {
      return endSingle(beginSingle().appending(unquoted: decimal.description))
    }
    guard case .convertToString(_, _, let nan) = session.options.nonConformingFloat else {
      throw invalid(decimal, key: nil as PlainKey?)
    }
    endSingle(beginSingle().appending(nan))
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
      if state.pointee.mode == .empty { endSingle(beginSingle().appending(emptyObject: ())) }
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

  private func invalid<Number>(
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
protocol StringDictionary {
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
