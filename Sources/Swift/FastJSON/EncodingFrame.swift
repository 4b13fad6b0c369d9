// SPDX-License-Identifier: Apache-2.0

/// One value that is being encoded: what stands behind the Encoder it is given, and behind the
/// containers it asks for.
///
/// Frames form a chain, a frame for each value inside another, and are used again. One that
/// somebody still holds when its value is complete leaves the chain, and what is written to it
/// later goes nowhere.
///
/// Its properties go without run-time checks for exclusive access, which would take a third of the
/// time: no access to one of them lasts while foreign code runs.
///
/// Sendable in that it may go from thread to thread between calls; one call uses it at a time.
final class EncodingFrame: @unchecked Sendable {
  let session: EncodingSession
  let state: UnsafeMutablePointer<FrameState>
  @exclusivity(unchecked)
  var isFinished = false
  /// The container, in mode `fragment`.
  @exclusivity(unchecked)
  private var fragment: EncodedFragment?
  /// What was encoded while a value inside was not complete.
  @exclusivity(unchecked)
  private var late: [LateValue] = []

  /// The key under which the value is encoded, in place `any`.
  @exclusivity(unchecked)
  var anyKey: (any CodingKey)?
  /// The frame whose coding path this one's continues. It outlives this one's time in the chain.
  @exclusivity(unchecked)
  unowned(unsafe) var parent: EncodingFrame?
  /// Whether it is a member of a dictionary whose coding path leaves out the dictionary's own key.
  @exclusivity(unchecked)
  var isMemberOfDictionary = false
  /// The coding path, once the frame has left the chain.
  @exclusivity(unchecked)
  private var finalPath: [any CodingKey]?
  /// The frame for values inside this one.
  @exclusivity(unchecked)
  var next: EncodingFrame?

  /// Of a super encoder, the frame that it was asked of. Of a frame that has left the chain, the super
  /// encoder around it: as with JSONEncoder, that one's value is not complete before everything that
  /// came from it is released.
  @exclusivity(unchecked)
  var owner: EncodingFrame?

  /// For super encoders: where the value goes when the encoder is released.
  @exclusivity(unchecked)
  var destination: Destination?
  /// The value, where it could not be written to its place: of a super encoder, or of a frame whose
  /// single value was encoded while other frames were at the end of the buffer.
  @exclusivity(unchecked)
  var singleValue: Range<Int>?

  @exclusivity(unchecked)
  var hashes: UnsafeMutablePointer<UInt64>
  @exclusivity(unchecked)
  var manyHashes: Set<UInt64> = []
  static var fewHashes: Int { 32 }

  init(session: EncodingSession) {
    self.session = session
    state = .allocate(capacity: 1)
    state.initialize(to: FrameState(session: session.state))
    hashes = .allocate(capacity: Self.fewHashes)
    state.pointee.frame = .passUnretained(self)
  }

  deinit {
    if destination != nil { giveBack() }
    hashes.deallocate()
    state.pointee.given.removeAll()
    state.pointee.startsRoom?.deallocate()
    state.deallocate()
  }

  var mode: FrameState.Mode {
    @inline(__always) get { state.pointee.mode }
    @inline(__always) set { state.pointee.mode = newValue }
  }

  /// How many containers there are around the value.
  var depth: Int { state.pointee.depth }

  /// The keys of the values around, as JSONEncoder gives them: without the keys of nested
  /// containers, and from the last value without a key on.
  var codingPath: [any CodingKey] {
    if let finalPath { return finalPath }
    var path: [any CodingKey] = []
    if let key { path.append(key) }
    var frame = parent
    while let owner = frame, let key = owner.key {
      if let finalPath = owner.finalPath { return finalPath + path.reversed() }
      path.append(key)
      frame = owner.parent
    }
    return path.reversed()
  }

  /// The key under which the value is encoded.
  private var key: (any CodingKey)? {
    switch state.pointee.place {
    case .none: nil
    case .index: PlainKey.index(state.pointee.index)
    case .table:
      state.pointee.placeTable?.pointee.table.takeUnretainedValue()
        .key(UInt8(truncatingIfNeeded: state.pointee.index))
    case .any: anyKey
    }
  }

  // MARK: The chain

  /// Makes a frame for values inside this one.
  func makeNext() -> UnsafeMutablePointer<FrameState> {
    let child = EncodingFrame(session: session)
    child.parent = self
    next = child
    state.pointee.next = child.state
    return child.state
  }

  /// Ends a value inside this one.
  @inline(__always)
  func leaveNext(hasFailed: Bool = false) {
    if hasFailed { next?.abandon() }
    guard isKnownUniquelyReferenced(&next), let state = state.pointee.next,
      state.pointee.superEncoders == 0, state.pointee.given.areFree()
    else { return dismissNext() }
  }

  @inline(never)
  private func dismissNext() {
    guard let dismissed = next else { return }
    session.isShared = true
    dismissed.finalPath = dismissed.codingPath
    dismissed.isFinished = true
    dismissed.mode = .closed
    dismissed.state.pointee.openKeys = nil
    dismissed.parent = nil
    dismissed.owner = superEncoder
    dismissed.state.pointee.given.keepAlive(dismissed)
    next = nil
    state.pointee.next = nil
    guard let after = dismissed.next else { return }
    dismissed.next = nil
    dismissed.state.pointee.next = nil
    after.parent = self
    next = after
    state.pointee.next = after.state
  }

  /// The frame itself or the nearest around it that belongs to a super encoder.
  private var superEncoder: EncodingFrame? {
    var frame: EncodingFrame? = self
    while let one = frame, !one.state.pointee.isDetached { frame = one.parent ?? one.owner }
    return frame
  }

  // MARK: Containers

  func beginObject() {
    switch mode {
    case .object: return
    case .empty: beginContainer(.object)
    case .fragment where fragment?.isObject == true: return
    case .fragment where fragment == nil && reopen(0x7B): return
    case .closed where reopen(0x7B): return
    default:
      preconditionFailure(
        """
        Attempt to push new keyed encoding container when already previously encoded at this path.
        """)
    }
  }

  func beginArray() {
    switch mode {
    case .array: return
    case .empty: beginContainer(.array)
    case .fragment where fragment?.isObject == false: return
    case .fragment where fragment == nil && reopen(0x5B): return
    case .closed where reopen(0x5B): return
    default:
      preconditionFailure(
        """
        Attempt to push new unkeyed encoding container when already previously encoded at this \
        path.
        """)
    }
  }

  private func beginContainer(_ kind: FrameState.Mode) {
    state.pointee.count = 0
    if depth + 1 >= Self.depthLimit { session.isTooDeep = true }
    guard destination == nil, state.isTop else {
      fragment = EncodedFragment(isObject: kind == .object, depth: depth + 1)
      mode = .fragment
      return
    }
    state.begin(kind, keys: nil)
  }

  /// Containers may be nested one less deep than this.
  static var depthLimit: Int { 512 }

  /// Opens a container again that was complete.
  private func reopen(_ bracket: UInt8) -> Bool {
    if isFinished { return true }
    if let singleValue {
      guard session.arena[singleValue.lowerBound] == bracket else { return false }
      let fragment = EncodedFragment(isObject: bracket == 0x7B, depth: depth + 1)
      fragment.take(singleValue, of: session.arena)
      self.fragment = fragment
      self.singleValue = nil
      mode = .fragment
      return true
    }
    guard destination == nil, state.isTop, session.bytes(from: state.pointee.start).first == bracket
    else { return false }
    moveToFragment(isObject: bracket == 0x7B)
    return true
  }

  /// Makes fragments of the complete container at the end of the buffer.
  private func moveToFragment(isObject: Bool) {
    session.state.pointee.isSorted = false
    state.pointee.starts = nil
    let fragment = EncodedFragment(isObject: isObject, depth: depth + 1)
    fragment.take(session.moveToArena(from: state.pointee.start), of: session.arena)
    if state.pointee.hasLate {
      fragment.add(late)
      late = []
      state.pointee.hasLate = false
    }
    self.fragment = fragment
    mode = .fragment
    state.pointee.openKeys = nil
  }

  /// The container as fragments, for what cannot be written directly.
  func fragmentOfRoot() -> EncodedFragment? {
    switch mode {
    case .object, .array:
      guard state.isTop else { return nil }
      let isObject = mode == .object
      session.cursor = session.cursor.closing(with: isObject ? 0x7D : 0x5D).checked()
      moveToFragment(isObject: isObject)
    default: break
    }
    return fragment
  }

  /// Number of elements of the frame's own array.
  var elementCount: Int {
    mode == .fragment ? fragment?.values.count ?? 0 : state.pointee.count + late.count
  }

  /// Completes a value that consists of fragments, or will.
  @inline(never)
  func finishFragments() {
    guard let fragment = fragmentOfRoot() else { return finishSingle() }
    self.fragment = nil
    state.pointee.start = session.offset
    session.state.pointee.isSorted = false
    fragment.write(to: session)
    if !state.isTop { singleValue = session.moveToArena(from: state.pointee.start) }
  }

  /// Writes a single value that was kept.
  private func finishSingle() {
    guard let singleValue, state.isTop else { return }
    self.singleValue = nil
    state.pointee.start = session.offset
    session.state.pointee.isSorted = false
    session.append(fromArena: singleValue)
  }

  /// Forgets a value that failed.
  func abandon() {
    fragment = nil
    singleValue = nil
    late = []
    state.pointee.hasLate = false
    mode = .closed
    state.pointee.openKeys = nil
  }

  // MARK: Members and elements

  @inline(__always)
  var isDirectObject: Bool { mode == .object && state.isTop }

  @inline(__always)
  var isDirectArray: Bool { mode == .array && state.isTop && !state.pointee.hasLate }

  @inline(__always)
  func endMember() {
    session.cursor = session.cursor.appending(byte: 0x2C).checked()
  }

  @inline(__always)
  func endElement() {
    session.cursor = session.cursor.appending(byte: 0x2C).checked()
    state.pointee.count &+= 1
  }

  // MARK: Single values

  /// Begins a value that is neither object nor array.
  @inline(__always)
  func beginSingle() -> JSONCursor {
    if state.isDirectSingle {
      state.pointee.start = session.offset
      return session.cursor
    }
    return beginRareSingle()
  }

  @inline(never)
  private func beginRareSingle() -> JSONCursor {
    precondition(
      mode != .closed || isFinished,
      """
      Attempt to encode value through single value container when previously value already encoded.
      """)
    // A container that was begun before is what counts.
    return beginPending(mode == .empty ? .single : .none, nil)
  }

  @inline(__always)
  func endSingle(_ cursor: JSONCursor) {
    session.cursor = cursor.checked()
    if session.pending == nil { mode = .closed } else { endPending() }
  }

  /// Keeps a value whose place comes later.
  private func keep(singleValue range: Range<Int>) {
    singleValue = range
    // What is not a super encoder's has its place when its frame is finished.
    mode = destination == nil ? .fragment : .closed
  }

  /// Completes the value that was encoded as a single one.
  func finishWhole() {
    guard state.isTop || mode == .empty || mode == .fragment else {
      // Of a frame that is not at the end of the buffer, an open container goes on.
      if mode == .object || mode == .array { return }
      _ = state.finish()
      return
    }
    if !state.finish() {
      endSingle(beginSingle().appending(emptyObject: ()))
    } else if let singleValue, destination == nil {
      keep(singleValue: singleValue)
    }
  }

  // MARK: What is not written to its place at once

  func beginPending(_ place: PendingFragment.Place, _ fragment: EncodedFragment?) -> JSONCursor {
    let isDropped = isFinished || session.isClosed
    session.pending = PendingFragment(
      frame: self, fragment: fragment, place: isDropped ? .none : place, mark: session.offset)
    return session.cursor
  }

  func endPending() {
    guard let pending = session.pending else { return }
    session.pending = nil
    let range = session.moveToArena(from: pending.mark)
    pending.frame.add(.bytes(range), pending.place, to: pending.fragment)
  }

  /// Puts a value at its place in a container, or in the frame's own.
  func add(
    _ value: EncodedFragment.Value, _ place: PendingFragment.Place, to fragment: EncodedFragment?
  ) {
    if case .none = place { return }
    if case .single = place {
      if case .bytes(let range) = value { keep(singleValue: range) }
      return
    }
    let fragment = fragment ?? fragmentOfRoot()
    guard let fragment else {
      switch (place, mode) {
      case (.member(let name), .object): addLate(value, name: name, at: completeMembers)
      case (.element, .array): addLate(value, name: nil, at: elementCount)
      default: break
      }
      return
    }
    switch place {
    case .member(let name) where fragment.isObject: fragment.set(value, for: name)
    case .element where !fragment.isObject: fragment.append(value)
    default: break
    }
  }

  // MARK: What is encoded while a value inside is not complete

  func addLate(_ value: EncodedFragment.Value, name: String?, at position: Int) {
    late.append(LateValue(value: value, name: name, position: position))
    state.pointee.hasLate = true
  }

  /// Number of members of the open object that are complete, while another one is not.
  private var completeMembers: Int {
    CompactScan.members(in: session.bytes(from: state.pointee.start))
  }

  /// A container under this name, which goes on with what there is while a value inside is not
  /// complete.
  func lateContainer(_ name: String, isObject: Bool) -> EncodedFragment {
    let bracket: UInt8 = isObject ? 0x7B : 0x5B
    let fragment = EncodedFragment(isObject: isObject, depth: depth + 2)
    if let index = late.lastIndex(where: { $0.name == name }) {
      switch late[index].value {
      case .fragment(let known) where known.isObject == isObject: return known
      case .bytes(let range) where session.arena[range.lowerBound] == bracket:
        fragment.take(range, of: session.arena)
        late[index].value = .fragment(fragment)
        return fragment
      default: break
      }
    } else if let value = CompactScan.value(
      of: name, in: session.bytes(from: state.pointee.start)), value.first == bracket
    {
      fragment.take(session.copyToArena(value), of: session.arena)
    }
    addLate(.fragment(fragment), name: name, at: completeMembers)
    return fragment
  }

  /// Runs `body` with a next frame of its own, since the one that there is may be in use.
  func withNewNext(_ body: () throws -> Void) rethrows {
    let top = session.state.pointee.top
    let open = top?.pointee.openKeys
    let busy = next
    top?.pointee.openKeys = nil
    next = nil
    state.pointee.next = nil
    defer {
      next = busy
      state.pointee.next = busy?.state
      if top?.pointee.mode == .object { top?.pointee.openKeys = open }
    }
    try body()
  }
}
