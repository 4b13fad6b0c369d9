// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What all frames of one call of `FastJSONEncoder.encode` share: the bytes written so far.
///
/// Values are written to the end of one buffer, one behind the other, as long as they are encoded
/// in the order of the document. Whatever is not (nested containers, which may be written in turns;
/// super encoders; keys that come twice) is written there too, but then moved to the arena, and
/// kept as a list of fragments until its value is complete.
final class EncodingSession {
  @exclusivity(unchecked)
  private(set) var options: EncodingOptions
  @exclusivity(unchecked)
  private var types = TypeTable()
  private var keyTables: [ObjectIdentifier: KeyTable] = [:]
  let convertsKeys: Bool
  /// Whether what becomes of a key depends on that key alone.
  let keysStandAlone: Bool
  let readsStringLayout: Bool
  private let storage: UnsafeMutablePointer<JSONStorage>
  let state: UnsafeMutablePointer<SessionState>
  /// Bytes of fragments.
  @exclusivity(unchecked)
  private(set) var arena: [UInt8] = []
  /// A member or an element that is being written and belongs to a fragment.
  @exclusivity(unchecked)
  var pending: PendingFragment?
  /// The call is over; what is still written goes nowhere.
  @exclusivity(unchecked)
  private(set) var isClosed = false
  /// How many super encoders have not given back their value.
  @exclusivity(unchecked)
  var superEncoders = 0
  /// Somebody holds a container of a value that is complete.
  @exclusivity(unchecked)
  var isShared = false
  @exclusivity(unchecked)
  private var stack: StackBounds?

  /// Whether nothing is left that could write into a later call's document.
  var mayBeUsedAgain: Bool { superEncoders == 0 && !isShared }

  init(_ options: EncodingOptions) {
    self.options = options
    readsStringLayout = !options.publicAPIAlone && StringLayout.isAsExpected
    if case .useDefaultKeys = options.key { convertsKeys = false } else { convertsKeys = true }
    if case .custom = options.key { keysStandAlone = false } else { keysStandAlone = true }
    storage = JSONStorage(
      capacity: 512, escapesSlashes: !options.formatting.contains(.withoutEscapingSlashes),
      readsStringLayout: readsStringLayout
    ).allocate()
    state = .allocate(capacity: 1)
    state.initialize(to: SessionState(cursor: JSONCursor(storage: storage, count: 0)))
    state.pointee.sortsMembers = options.formatting.contains(.sortedKeys)
  }

  /// Goes on with other options, which make no difference to what the session has learnt.
  func setOptions(_ options: EncodingOptions) {
    self.options = options
    state.pointee.sortsMembers = options.formatting.contains(.sortedKeys)
  }

  deinit {
    state.deallocate()
    storage.pointee.base.deallocate()
    storage.deinitialize(count: 1)
    storage.deallocate()
  }

  /// Makes it ready for another call. A buffer that is larger than most documents is given back.
  func reset() {
    shrink(above: 1 << 22)
    cursor = JSONCursor(storage: storage, count: 0)
    if !arena.isEmpty { arena.removeAll(keepingCapacity: arena.capacity < 1 << 20) }
    stack = nil
    state.pointee.isSorted = true
  }

  /// Gives back a buffer of more than so many bytes. To be called between documents.
  func shrink(above most: Int) {
    guard storage.pointee.capacity > most else { return }
    storage.pointee.base.deallocate()
    storage.pointee.allocateBytes(1 << 16)
    cursor = JSONCursor(storage: storage, count: 0)
  }

  /// Ends it with its call: what somebody still holds goes on alone, and writes nowhere.
  func close() {
    isClosed = true
    // Its frame may be gone before this.
    state.pointee.top = nil
  }

  /// What is known of a type.
  @inline(__always)
  func entry<Value>(of _: Value.Type) -> UnsafePointer<TypeEntry> {
    types.find(Int(bitPattern: ObjectIdentifier(Value.self))) ?? newEntry(of: Value.self)
  }

  @inline(never)
  private func newEntry<Value>(of _: Value.Type) -> UnsafePointer<TypeEntry> {
    types.add(DirectTypes.standard.entry(of: Value.self, convertsKeys: convertsKeys))
  }

  /// The table for keys of a type, if it can have one.
  func keyTable<Key: CodingKey>(of _: Key.Type) -> KeyTable? {
    guard keysStandAlone, KeyKind.of(Key.self) != .other else { return nil }
    let id = ObjectIdentifier(Key.self)
    if let table = keyTables[id] { return table }
    let table = KeyTable(Key.self)
    keyTables[id] = table
    return table
  }

  /// Gives `body` a key as it is written: in quotes, with its escapes and a colon.
  func withText(ofKey name: String, _ body: (UnsafeRawBufferPointer) -> Void) {
    let mark = offset
    cursor = cursor.appending(name).appending(byte: 0x3A).checked()
    body(bytes(from: mark))
    rewind(to: mark)
  }

  var cursor: JSONCursor {
    @inline(__always) get { state.pointee.cursor }
    @inline(__always) set { state.pointee.cursor = newValue }
  }

  var isTooDeep: Bool {
    get { state.pointee.isTooDeep }
    set { state.pointee.isTooDeep = newValue }
  }

  /// Number of bytes in the buffer.
  var offset: Int { state.offset }

  /// Forgets the bytes from `offset` on.
  func rewind(to offset: Int) { state.rewind(to: offset) }

  /// Moves the bytes from `mark` on to the arena.
  func moveToArena(from mark: Int) -> Range<Int> {
    let range = copyToArena(bytes(from: mark))
    rewind(to: mark)
    return range
  }

  /// Copies bytes of the buffer to the arena.
  func copyToArena(_ bytes: UnsafeRawBufferPointer) -> Range<Int> {
    let start = arena.count
    arena.append(contentsOf: bytes)
    return start..<arena.count
  }

  /// Appends bytes of the arena to the buffer.
  func append(fromArena range: Range<Int>) {
    arena.withUnsafeBytes { append(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  /// Appends bytes that are JSON already.
  func append(_ bytes: UnsafeRawBufferPointer) {
    let next = cursor.reserving(bytes.count)
    if let start = bytes.baseAddress {
      next.position.copyMemory(from: start, byteCount: bytes.count)
    }
    cursor = next.advanced(by: bytes.count).checked()
  }

  func append(byte: UInt8) {
    cursor = cursor.appending(byte: byte).checked()
  }

  /// The bytes from `offset` on, valid until something is written.
  func bytes(from offset: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: storage.pointee.base + offset, count: self.offset - offset)
  }

  /// Counts a value inside another one; who leaves it counts back, however it left.
  ///
  /// - Throws: Where a container too many was asked for, or the stack comes to its end.
  func enterValue() throws {
    state.pointee.level += 1
    if isTooDeep || state.pointee.level > Self.unchecked { try checkStack() }
  }

  /// As many values inside one another need no look at the stack.
  static var unchecked: Int { 64 }

  @inline(never)
  func checkStack() throws {
    if !isTooDeep {
      let bounds = stack ?? StackBounds.ofThisThread()
      stack = bounds
      isTooDeep = !bounds.hasRoom
    }
    if isTooDeep { throw NestedTooDeep() }
  }

  /// Gives `body` the document in the form that the options ask for.
  func withDocument<Output>(_ body: (UnsafeRawBufferPointer) throws -> Output) rethrows -> Output {
    let document = bytes(from: 0)
    let isPretty = options.formatting.contains(.prettyPrinted)
    if state.pointee.sortsMembers, !state.pointee.isSorted {
      return try SortedMembers.sorting(document).withUnsafeBytes {
        isPretty ? try Indentation().indenting($0).withUnsafeBytes(body) : try body($0)
      }
    }
    return isPretty
      ? try Indentation().indenting(document).withUnsafeBytes(body) : try body(document)
  }
}

/// Unwinds a call that will fail; the caller gets an EncodingError in its place.
struct NestedTooDeep: Error {}
