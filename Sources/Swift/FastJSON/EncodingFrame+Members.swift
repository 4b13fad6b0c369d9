// SPDX-License-Identifier: Apache-2.0

extension EncodingFrame {
  /// Encodes a member of the frame's own object, or of a nested one.
  ///
  /// - Parameters:
  ///   - key: What the value's coding path ends with.
  ///   - owner: The frame whose coding path it continues, if not this one.
  @inline(__always)
  func encodeMember<T: Encodable>(
    _ value: T, name: String, key: some CodingKey, in fragment: EncodedFragment? = nil,
    owner: EncodingFrame? = nil
  ) throws {
    let mark = session.offset
    guard fragment == nil, isDirectObject, beginMember(name) else {
      return try encodeAside(value, .member(name), key: key, in: fragment, owner: owner)
    }
    do {
      try encodeInside(value, key: key, depth: depth &+ 1, owner: owner)
    } catch {
      cancelMember(to: mark)
      throw error
    }
    endMember()
  }

  /// Encodes an element of the frame's own array, or of a nested one.
  @inline(__always)
  func encodeElement<T: Encodable>(_ value: T, in fragment: EncodedFragment?) throws {
    guard fragment == nil, isDirectArray else {
      let index = fragment?.values.count ?? elementCount
      return try encodeAside(value, .element, key: PlainKey.index(index), in: fragment, owner: nil)
    }
    try state.encodeElement(value, session.entry(of: T.self))
  }

  /// Encodes a value to the end of the buffer, and moves it to its fragment.
  @inline(never)
  private func encodeAside<T: Encodable>(
    _ value: T, _ place: PendingFragment.Place, key: some CodingKey, in fragment: EncodedFragment?,
    owner: EncodingFrame?
  ) throws {
    // Where the container's value is complete, this one is asked all the same, and goes nowhere.
    let mark = session.offset
    let inside = fragment?.depth ?? depth + 1
    do {
      if state.isTop {
        try encodeInside(value, key: key, depth: inside, owner: owner)
      } else {
        try withNewNext { try encodeInside(value, key: key, depth: inside, owner: owner) }
      }
    } catch {
      session.rewind(to: mark)
      throw error
    }
    add(.bytes(session.moveToArena(from: mark)), place, to: fragment)
  }

  /// Begins a member whose value cannot have values inside.
  @inline(__always)
  func beginMember(_ name: String, in fragment: EncodedFragment?) -> JSONCursor {
    if fragment == nil, isDirectObject, beginMember(name) { return session.cursor }
    return beginPending(.member(name), fragment)
  }

  @inline(__always)
  func endMember(_ cursor: JSONCursor) {
    session.cursor = cursor
    if session.pending == nil { endMember() } else { endPending() }
  }

  /// Begins an element that cannot have values inside.
  @inline(__always)
  func beginElement(in fragment: EncodedFragment?) -> JSONCursor {
    if fragment == nil, isDirectArray { return session.cursor }
    return beginPending(.element, fragment)
  }

  @inline(__always)
  func endElement(_ cursor: JSONCursor) {
    session.cursor = cursor
    if session.pending == nil { endElement() } else { endPending() }
  }

  /// A container inside the frame's own, or inside a nested one.
  func nested(
    _ place: PendingFragment.Place, isObject: Bool, in fragment: EncodedFragment?
  ) -> EncodedFragment {
    let lost = EncodedFragment(isObject: isObject, depth: (fragment?.depth ?? depth + 1) + 1)
    if isFinished || session.isClosed { return lost }
    if lost.depth >= Self.depthLimit {
      session.isTooDeep = true
      return lost
    }
    guard let parent = fragment ?? fragmentOfRoot() else {
      if case .member(let name) = place, mode == .object {
        return lateContainer(name, isObject: isObject)
      }
      add(.fragment(lost), place, to: nil)
      return lost
    }
    if case .member(let name) = place {
      return parent.nested(name, isObject: isObject, in: session)
    }
    add(.fragment(lost), place, to: parent)
    return lost
  }
}
