// SPDX-License-Identifier: Apache-2.0

/// What an `EncodingFrame` needs for each member: behind a pointer, without references, so that to
/// read it takes neither reference counts nor checks for exclusive access.
struct FrameState {
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

  enum KeyPlace {
    case none, index, table, any
  }

  let session: UnsafeMutablePointer<SessionState>
  /// The frame that this belongs to.
  var frame: Unmanaged<EncodingFrame>?
  /// The state of the frame for values inside this one.
  var next: UnsafeMutablePointer<FrameState>?

  var mode = Mode.empty
  /// The form of the key under which the value is encoded.
  var place = KeyPlace.none
  /// Where there is only the future of a released encoder for the value: a super encoder.
  var isDetached = false
  /// Something was encoded while a value inside was not complete.
  var hasLate = false
  /// A super encoder of a container is waiting for its value.
  var superEncoders = 0
  /// How many containers there are around the value.
  var depth = 0
  /// Where the value starts.
  var start = 0
  /// Number of elements in an array.
  var count = 0

  /// The keys that members can be written with, straight to the end of the buffer; nil when they
  /// cannot.
  var openKeys: UnsafeMutablePointer<KeyTable.State>?
  /// The table of all keys that the object has so far, if they come from one table.
  var keys: UnsafeMutablePointer<KeyTable.State>?
  /// The bits of the keys that the object has; without a table, a bit for each of their hashes.
  var seen: UInt64 = 0
  var hashCount = 0

  /// The index or the byte of the key under which the value is encoded.
  var index = 0
  var placeTable: UnsafeMutablePointer<KeyTable.State>?

  var given = GivenContainers()

  /// Where the members of the object begin, if they are to be sorted.
  var starts: UnsafeMutablePointer<MemberStart>?
  var memberCount = 0
  var startsRoom: UnsafeMutablePointer<MemberStart>?

  init(session: UnsafeMutablePointer<SessionState>) { self.session = session }
}

/// What all frames of a session need for each member.
struct SessionState {
  /// Where the next byte goes.
  var cursor: JSONCursor
  /// The frame whose value is at the end of the buffer.
  var top: UnsafeMutablePointer<FrameState>?
  /// How many values are being encoded inside one another, containers or not.
  var level = 0
  /// A container too many was asked for: the call will fail.
  var isTooDeep = false
  /// Whether the members of objects are to be sorted.
  var sortsMembers = false
  /// Whether that has been done so far.
  var isSorted = true
}

extension UnsafeMutablePointer<SessionState> {
  /// Number of bytes in the buffer.
  @inline(__always)
  var offset: Int { pointee.cursor.position - pointee.cursor.storage.pointee.base }

  /// Forgets the bytes from `offset` on.
  @inline(__always)
  func rewind(to offset: Int) {
    pointee.cursor = JSONCursor(storage: pointee.cursor.storage, count: offset)
  }

  @inline(__always)
  func append(byte: UInt8) {
    pointee.cursor = pointee.cursor.appending(byte: byte).checked()
  }

  /// Whether a number since the last call was not finite.
  @inline(__always)
  func takeFailure() -> Bool {
    let storage = pointee.cursor.storage
    guard storage.pointee.hasFailed else { return false }
    storage.pointee.hasFailed = false
    storage.pointee.error = nil
    return true
  }

  /// Appends a value of a type whose JSON is known, unless something about it needs a closer look.
  @inline(__always)
  func writes<Value>(
    _ value: borrowing Value, _ entry: UnsafePointer<TypeEntry>, depth: Int
  ) -> Bool {
    guard depth &+ entry.pointee.depth < EncodingFrame.depthLimit, !pointee.isTooDeep else {
      return false
    }
    let offset = offset
    let cursor = pointee.cursor
    pointee.cursor = withUnsafePointer(to: value) { entry.pointee.write($0, cursor) }.checked()
    if takeFailure() {
      rewind(to: offset)
      return false
    }
    return true
  }
}

extension UnsafeMutablePointer<FrameState> {
  @inline(__always)
  var session: UnsafeMutablePointer<SessionState> { pointee.session }

  @inline(__always)
  var isTop: Bool { pointee.session.pointee.top == self }

  /// Whether a value can be written to its place.
  @inline(__always)
  var isDirectSingle: Bool { pointee.mode == .empty && !pointee.isDetached && isTop }

  /// The slot of a key, with which a member is to be written at once; nil where it cannot. The
  /// object then has that key.
  @inline(__always)
  func beginMember(
    _ byte: UInt8, of table: UnsafeMutablePointer<KeyTable.State>
  ) -> UnsafeMutablePointer<KeyTable.Slot>? {
    guard pointee.openKeys == table, let slot = table.slot(byte), slot.pointee.count != 0,
      pointee.seen & slot.pointee.bit == 0
    else { return nil }
    pointee.seen |= slot.pointee.bit
    noteMember(byte)
    return slot
  }

  /// Takes back a member whose value failed.
  func cancelMember(to mark: Int, bit: UInt64) {
    session.rewind(to: mark)
    guard pointee.keys != nil else { return }
    pointee.seen &= ~bit
    pointee.memberCount &-= 1
  }

  /// Makes the frame for a value inside this one ready, all but its key.
  @inline(__always)
  func prepareNext(depth: Int) -> UnsafeMutablePointer<FrameState> {
    let next = pointee.next ?? newNext()
    next.pointee.depth = depth
    next.pointee.mode = .empty
    return next
  }

  @inline(never)
  private func newNext() -> UnsafeMutablePointer<FrameState> {
    pointee.frame.unsafelyUnwrapped._withUnsafeGuaranteedRef { $0.makeNext() }
  }

  /// Appends a value under a key of a table to the end of the buffer.
  @inline(__always)
  func encodeInside<Value: Encodable>(
    _ value: Value, _ entry: UnsafePointer<TypeEntry>, _ byte: UInt8,
    of table: UnsafeMutablePointer<KeyTable.State>
  ) throws {
    if entry.pointee.kind == .written, session.writes(value, entry, depth: pointee.depth &+ 1) {
      return
    }
    let next = prepareNext(depth: pointee.depth &+ 1)
    next.pointee.place = .table
    next.pointee.index = Int(byte)
    next.pointee.placeTable = table
    try encodePrepared(value, entry, in: next)
  }

  /// Appends a value as the next element of the array to the end of the buffer.
  @inline(__always)
  func encodeElement<Value: Encodable>(
    _ value: borrowing Value, _ entry: UnsafePointer<TypeEntry>
  ) throws {
    let mark = session.offset
    do {
      try encodeIndexed(value, entry)
    } catch {
      session.rewind(to: mark)
      throw error
    }
    session.append(byte: 0x2C)
    pointee.count &+= 1
  }

  @inline(__always)
  private func encodeIndexed<Value: Encodable>(
    _ value: borrowing Value, _ entry: UnsafePointer<TypeEntry>
  ) throws {
    if entry.pointee.kind == .written, session.writes(value, entry, depth: pointee.depth &+ 1) {
      return
    }
    let next = prepareNext(depth: pointee.depth &+ 1)
    next.pointee.place = .index
    next.pointee.index = pointee.count
    try encodePrepared(value, entry, in: next)
  }

  /// Encodes a value into `next`, which `prepareNext` has prepared.
  @inline(__always)
  func encodePrepared<Value: Encodable>(
    _ value: borrowing Value, _ entry: UnsafePointer<TypeEntry>,
    in next: UnsafeMutablePointer<FrameState>
  ) throws {
    let session = session
    let top = session.pointee.top
    let open = pointee.openKeys
    pointee.openKeys = nil
    do {
      try next.encodeAll(value, entry)
    } catch {
      session.pointee.level &-= 1
      session.pointee.top = top
      pointee.frame.unsafelyUnwrapped._withUnsafeGuaranteedRef { $0.leaveNext(hasFailed: true) }
      if pointee.mode == .object { pointee.openKeys = open }
      throw error
    }
    session.pointee.level &-= 1
    session.pointee.top = top
    pointee.frame.unsafelyUnwrapped._withUnsafeGuaranteedRef { $0.leaveNext() }
    if pointee.mode == .object { pointee.openKeys = open }
  }

  /// A function of its own, so that none of its references is left when `leaveNext` asks who holds
  /// the frame.
  @inline(never)
  private func encodeAll<Value: Encodable>(
    _ value: Value, _ entry: UnsafePointer<TypeEntry>
  ) throws {
    session.pointee.top = self
    session.pointee.level &+= 1
    if session.pointee.isTooDeep || session.pointee.level > EncodingSession.unchecked {
      try checkRoom()
    }
    if entry.pointee.kind == .ordinary {
      let frame = pointee.frame.unsafelyUnwrapped.takeUnretainedValue()
      try value.encode(to: FrameEncoder(frame: frame))
    } else {
      try encodeKnown(value, entry)
    }
    if !finish() {
      session.pointee.cursor = session.pointee.cursor.appending(emptyObject: ())
    }
  }

  @inline(never)
  private func encodeKnown<Value: Encodable>(
    _ value: Value, _ entry: UnsafePointer<TypeEntry>
  ) throws {
    let frame = pointee.frame.unsafelyUnwrapped.takeUnretainedValue()
    try frame.encodeWhole(value, entry)
  }

  @inline(never)
  private func checkRoom() throws {
    try pointee.frame.unsafelyUnwrapped._withUnsafeGuaranteedRef { try $0.session.checkStack() }
  }

  /// Begins a container at the end of the buffer.
  @inline(__always)
  func begin(_ kind: FrameState.Mode, keys: UnsafeMutablePointer<KeyTable.State>?) {
    pointee.mode = kind
    pointee.start = session.offset
    pointee.seen = 0
    pointee.hashCount = 0
    pointee.keys = keys
    pointee.openKeys = keys
    pointee.starts = nil
    if session.pointee.sortsMembers, kind == .object { beginSorted() }
    session.append(byte: kind == .object ? 0x7B : 0x5B)
  }

  /// Completes the value, at the end of the buffer.
  ///
  /// - Returns: Whether there is one.
  @inline(__always)
  func finish() -> Bool {
    let session = session
    pointee.openKeys = nil
    switch pointee.mode {
    case .empty: return false
    case .object where !pointee.hasLate:
      session.pointee.cursor = session.pointee.cursor.closing(with: 0x7D).checked()
      if pointee.starts != nil { sortMembers() }
    case .array where !pointee.hasLate:
      session.pointee.cursor = session.pointee.cursor.closing(with: 0x5D).checked()
    case .closed: return true
    default:
      pointee.frame.unsafelyUnwrapped._withUnsafeGuaranteedRef { $0.finishFragments() }
    }
    pointee.mode = .closed
    return true
  }
}
