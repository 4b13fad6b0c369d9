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
  enum Mode {
    /// Nothing is encoded yet.
    case empty
    /// An open container at the end of the buffer.
    case object, array
    /// A container of fragments.
    case fragment
    /// A complete value.
    case closed
  }

  let session: EncodingSession
  @exclusivity(unchecked)
  var mode = Mode.empty
  /// How many containers there are around the value.
  @exclusivity(unchecked)
  var depth = 0
  /// Where the value starts.
  @exclusivity(unchecked)
  private var start = 0
  /// Number of elements in an array.
  @exclusivity(unchecked)
  private(set) var count = 0
  @exclusivity(unchecked)
  var isFinished = false
  /// The container, in mode `fragment`.
  @exclusivity(unchecked)
  private var fragment: EncodedFragment?
  /// What was encoded while a value inside was not complete.
  @exclusivity(unchecked)
  private var late: [(name: String?, value: EncodedFragment.Value)] = []

  /// The key under which the value is encoded.
  @exclusivity(unchecked)
  var key: (any CodingKey)?
  /// The frame whose coding path this one's continues. It outlives this one's time in the chain.
  @exclusivity(unchecked)
  unowned(unsafe) var parent: EncodingFrame?
  /// The coding path, once the frame has left the chain.
  @exclusivity(unchecked)
  private var finalPath: [any CodingKey]?
  /// The frame for values inside this one.
  @exclusivity(unchecked)
  private var next: EncodingFrame?

  /// Who asked for a super encoder.
  @exclusivity(unchecked)
  private var owner: EncodingFrame?

  @exclusivity(unchecked)
  var gates = GateCache()

  /// For super encoders: where the value goes when the encoder is released.
  @exclusivity(unchecked)
  private var destination: Destination?
  @exclusivity(unchecked)
  private var singleValue: Range<Int>?

  /// A bit for each hash that is in `hashes`.
  @exclusivity(unchecked)
  private var seen: UInt64 = 0
  @exclusivity(unchecked)
  private var hashes: UnsafeMutablePointer<UInt64>
  @exclusivity(unchecked)
  private var hashCount = 0
  @exclusivity(unchecked)
  private var manyHashes: Set<UInt64> = []
  private static var fewHashes: Int { 32 }

  init(session: EncodingSession) {
    self.session = session
    hashes = .allocate(capacity: Self.fewHashes)
    session.top = self
  }

  deinit {
    hashes.deallocate()
    if destination != nil { giveBack() }
  }

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

  // MARK: The chain

  /// Begins a value inside this one, at the end of the buffer.
  @inline(__always)
  func push(depth: Int) -> EncodingFrame {
    if next == nil { next = EncodingFrame(session: session) }
    let child = next.unsafelyUnwrapped
    child.parent = self
    child.depth = depth
    child.mode = .empty
    session.top = child
    return child
  }

  /// Ends what `push` began, and makes `top` the top again.
  @inline(__always)
  func pop(_ top: EncodingFrame?, hasFailed: Bool = false) {
    session.level &-= 1
    session.top = top
    if hasFailed { next?.abandon() }
    guard isKnownUniquelyReferenced(&next), next.unsafelyUnwrapped.isReusable else {
      return dismissNext()
    }
  }

  /// Whether nobody holds a container of it. Whether somebody holds the frame is another question.
  @inline(__always)
  var isReusable: Bool { gates.areFree() && superEncodersOfThis == 0 }

  @exclusivity(unchecked)
  private var superEncodersOfThis = 0

  @inline(never)
  private func dismissNext() {
    guard let dismissed = next else { return }
    session.isShared = true
    dismissed.finalPath = dismissed.codingPath
    dismissed.isFinished = true
    dismissed.mode = .closed
    dismissed.parent = nil
    dismissed.gates.keepAlive(dismissed)
    next = dismissed.next
    dismissed.next = nil
  }

  // MARK: Containers

  func beginObject() {
    switch mode {
    case .object: return
    case .empty: beginContainer(.object)
    case .fragment where fragment?.isObject == true: return
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
    case .closed where reopen(0x5B): return
    default:
      preconditionFailure(
        """
        Attempt to push new unkeyed encoding container when already previously encoded at this \
        path.
        """)
    }
  }

  private func beginContainer(_ kind: Mode) {
    count = 0
    if depth + 1 >= Self.depthLimit { session.isTooDeep = true }
    guard destination == nil, session.top === self else {
      fragment = EncodedFragment(isObject: kind == .object, depth: depth + 1)
      mode = .fragment
      return
    }
    seen = 0
    hashCount = 0
    start = session.offset
    mode = kind
    session.cursor = session.cursor.appending(byte: kind == .object ? 0x7B : 0x5B).checked()
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
    guard destination == nil, session.top === self, session.bytes(from: start).first == bracket
    else { return false }
    moveToFragment(isObject: bracket == 0x7B)
    return true
  }

  /// Makes fragments of the complete container at the end of the buffer.
  private func moveToFragment(isObject: Bool) {
    let fragment = EncodedFragment(isObject: isObject, depth: depth + 1)
    fragment.take(session.moveToArena(from: start), of: session.arena)
    self.fragment = fragment
    mode = .fragment
  }

  /// The container as fragments, for what cannot be written directly.
  func fragmentOfRoot() -> EncodedFragment? {
    switch mode {
    case .object, .array:
      guard session.top === self else { return nil }
      let isObject = mode == .object
      session.cursor = session.cursor.closing(with: isObject ? 0x7D : 0x5D).checked()
      moveToFragment(isObject: isObject)
    default: break
    }
    return fragment
  }

  /// Number of elements of the frame's own array.
  var elementCount: Int { mode == .fragment ? fragment?.values.count ?? 0 : count }

  /// Completes the value, at the end of the buffer.
  ///
  /// - Returns: Whether there is one.
  @inline(__always)
  func finish() -> Bool {
    switch mode {
    case .empty: return false
    case .object where late.isEmpty:
      session.cursor = session.cursor.closing(with: 0x7D).checked()
    case .array where late.isEmpty:
      session.cursor = session.cursor.closing(with: 0x5D).checked()
    case .closed: return true
    default: finishFragments()
    }
    mode = .closed
    return true
  }

  @inline(never)
  private func finishFragments() {
    guard let fragment = fragmentOfRoot() else { return }
    for (name, value) in late {
      if let name { fragment.set(value, for: name) } else { fragment.append(value) }
    }
    late = []
    self.fragment = nil
    start = session.offset
    fragment.write(to: session)
    if destination != nil {
      singleValue = session.moveToArena(from: start)
    }
  }

  /// Forgets a value that failed.
  func abandon() {
    fragment = nil
    late = []
    mode = .closed
  }

  // MARK: Members and elements

  @inline(__always)
  var isDirectObject: Bool { mode == .object && session.top === self }

  /// Whether a single value can be written to its place.
  @inline(__always)
  var isDirectSingle: Bool { mode == .empty && destination == nil && session.top === self }

  @inline(__always)
  var isDirectArray: Bool { mode == .array && session.top === self }

  /// Writes a key and its colon, unless the object may have that key already.
  @inline(__always)
  func beginMember(_ name: String) -> Bool {
    let hash = name.keyHash(readsLayout: session.readsStringLayout)
    let bit = 1 &<< (hash &>> 58)
    if seen & bit != 0, isKnown(hash) { return false }
    seen |= bit
    if hashCount < Self.fewHashes { hashes[hashCount] = hash } else { insert(hash) }
    hashCount &+= 1
    session.cursor = session.cursor.appending(name).appending(byte: 0x3A).checked()
    return true
  }

  /// Takes back a member whose value failed.
  func cancelMember(to mark: Int) {
    session.rewind(to: mark)
    hashCount &-= 1
  }

  @inline(never)
  private func isKnown(_ hash: UInt64) -> Bool {
    if hashCount > Self.fewHashes { return manyHashes.contains(hash) }
    for index in 0..<hashCount where hashes[index] == hash { return true }
    return false
  }

  @inline(never)
  private func insert(_ hash: UInt64) {
    if hashCount == Self.fewHashes {
      manyHashes.removeAll(keepingCapacity: manyHashes.capacity < 4096)
      for index in 0..<hashCount { manyHashes.insert(hashes[index]) }
    }
    manyHashes.insert(hash)
  }

  @inline(__always)
  func endMember() {
    session.cursor = session.cursor.appending(byte: 0x2C).checked()
  }

  @inline(__always)
  func endElement() {
    session.cursor = session.cursor.appending(byte: 0x2C).checked()
    count &+= 1
  }

  // MARK: Single values

  /// Begins a value that is neither object nor array.
  @inline(__always)
  func beginSingle() -> JSONCursor {
    if isDirectSingle {
      start = session.offset
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
    let place: PendingFragment.Place =
      mode == .empty && destination != nil && !session.isClosed ? .single : .none
    return beginPending(place, nil)
  }

  @inline(__always)
  func endSingle(_ cursor: JSONCursor) {
    session.cursor = cursor.checked()
    if session.pending == nil { mode = .closed } else { endPending() }
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
      if case .bytes(let range) = value { singleValue = range }
      mode = .closed
      return
    }
    let fragment = fragment ?? fragmentOfRoot()
    guard let fragment else {
      switch (place, mode) {
      case (.member(let name), .object): late.append((name, value))
      case (.element, .array): late.append((nil, value))
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

  // MARK: Super encoders

  enum Place {
    case member(String)
    case element(Int)
  }

  private struct Destination {
    var frame: EncodingFrame
    var fragment: EncodedFragment
    var place: Place
  }

  /// An encoder whose value goes to a place of a container once it is released.
  func superEncoder(_ place: Place, of fragment: EncodedFragment?, key: some CodingKey)
    -> FrameEncoder
  {
    guard let fragment = fragment ?? fragmentOfRoot(), !isFinished else {
      // Its container is complete, or it waits for a value inside.
      let lost = EncodingFrame(detachedFrom: self, key: key)
      lost.isFinished = true
      lost.mode = .closed
      return FrameEncoder(frame: lost)
    }
    let frame = EncodingFrame(detachedFrom: self, key: key)
    frame.depth = fragment.depth
    frame.destination = Destination(frame: self, fragment: fragment, place: place)
    superEncodersOfThis += 1
    session.superEncoders += 1
    return FrameEncoder(frame: frame)
  }

  private init(detachedFrom owner: EncodingFrame, key: some CodingKey) {
    session = owner.session
    hashes = .allocate(capacity: Self.fewHashes)
    self.key = key
    self.owner = owner
    parent = owner
  }

  private func giveBack() {
    guard let destination else { return }
    session.superEncoders -= 1
    destination.frame.superEncodersOfThis -= 1
    guard !session.isClosed else { return }
    if mode == .fragment {
      // Written behind what is there, and taken away again.
      finishFragments()
    } else if singleValue == nil {
      let mark = session.offset
      session.append(byte: 0x7B)
      session.append(byte: 0x7D)
      singleValue = session.moveToArena(from: mark)
    }
    guard let singleValue else { return }
    switch destination.place {
    case .member(let name): destination.fragment.set(.bytes(singleValue), for: name)
    case .element(let index): destination.fragment.insert(.bytes(singleValue), at: index)
    }
  }
}
