// SPDX-License-Identifier: Apache-2.0

/// What a container in its user's hands refers to: a frame's own container, or a nested one.
///
/// A gate to a frame's own container does not keep the frame alive, as long as the frame is in its
/// chain: the chain does, and frames can be used again. `GivenContainers` sees to it that the gate
/// does before the frame leaves, and makes no such gate for a frame that is in none.
final class ContainerGate {
  unowned(unsafe) let frame: EncodingFrame
  /// Nil for the frame's own container.
  let fragment: EncodedFragment?
  /// The keys of nested containers.
  let path: [any CodingKey]
  /// The table of the container's keys, if they have one.
  let table: KeyTable?
  fileprivate var keptAlive: EncodingFrame?

  /// A gate to the frame's own container.
  init(_ frame: EncodingFrame, table: KeyTable? = nil) {
    self.frame = frame
    self.table = table
    fragment = nil
    path = []
  }

  /// A gate to the frame's own container that may outlive the frame's value.
  convenience init(keepingAlive frame: EncodingFrame) {
    self.init(frame)
    keptAlive = frame
  }

  /// A gate to a nested container.
  init(_ frame: EncodingFrame, _ fragment: EncodedFragment, path: [any CodingKey]) {
    self.frame = frame
    self.fragment = fragment
    self.path = path
    table = nil
    keptAlive = frame
  }

  var codingPath: [any CodingKey] { frame.codingPath + path }
}

/// A keyed container that has been given out.
class GivenContainer {
  let type: ObjectIdentifier
  let gate: ContainerGate
  let keys: UnsafeMutablePointer<KeyTable.State>?
  /// Holds the container as the object that it refers to: asked without its type, which for a
  /// generic one would have to be looked up.
  fileprivate let slot: UnsafeMutablePointer<AnyObject>

  fileprivate init(type: ObjectIdentifier, gate: ContainerGate, slot: UnsafeMutableRawPointer) {
    self.type = type
    self.gate = gate
    keys = gate.table?.state
    self.slot = slot.assumingMemoryBound(to: AnyObject.self)
  }

  deinit {
    slot.deinitialize(count: 1)
    slot.deallocate()
  }

  /// - Precondition: It was made for keys of this type.
  @inline(__always)
  func container<Key: CodingKey>(_: Key.Type) -> KeyedEncodingContainer<Key> {
    unsafeDowncast(self, to: TypedContainer<KeyedEncodingContainer<Key>>.self).load()
  }

  /// Whether nobody else holds the container.
  @inline(__always)
  var isFree: Bool { isKnownUniquelyReferenced(&slot.pointee) }

  /// A container of the frame's own object.
  static func make<Key: CodingKey>(_: Key.Type, gate: ContainerGate) -> GivenContainer {
    let container = UnsafeMutablePointer<KeyedEncodingContainer<Key>>.allocate(capacity: 1)
    let slot = UnsafeMutableRawPointer(container)
    if let table = gate.table {
      // The object behind a container takes the key for what it is asked with, after a look at its
      // size.
      if MemoryLayout<Key>.size == 0 {
        slot.initializeMemory(
          as: KeyedEncodingContainer<OnlyKey>.self,
          to: KeyedEncodingContainer(OnlyKeyMembers(gate: gate, table: table)))
      } else {
        slot.initializeMemory(
          as: KeyedEncodingContainer<ByteKey>.self,
          to: KeyedEncodingContainer(ByteKeyMembers(gate: gate, table: table)))
      }
    } else {
      container.initialize(to: KeyedEncodingContainer(KeyedMembers<Key>(gate: gate)))
    }
    return TypedContainer<KeyedEncodingContainer<Key>>(
      type: ObjectIdentifier(Key.self), gate: gate, slot: slot)
  }
}

/// Knows the type of its container, which a function that is given the type of the keys alone would
/// have to look up in a table of the runtime's, each time.
private final class TypedContainer<Container>: GivenContainer {
  @inline(never)
  @_semantics("optimize.sil.specialize.generic.never")
  func load() -> Container {
    UnsafeRawPointer(slot).assumingMemoryBound(to: Container.self).pointee
  }
}

/// The keyed containers that a frame has given out, to be given out again: to make one allocates,
/// and takes longer than to write a short member. A frame has one for each type of key.
struct GivenContainers {
  private struct Entry {
    var type: ObjectIdentifier
    var container: Unmanaged<GivenContainer>
  }

  private var entries: UnsafeMutablePointer<Entry>?
  private var count = 0
  private var capacity = 0
  /// The last one that was given out, and the type of its keys.
  private var lastType: ObjectIdentifier?
  private var last: Unmanaged<GivenContainer>?
  /// Whether the frame's value has more than the last one.
  private var hasSeveral = false

  /// The container for keys of a type.
  ///
  /// - Parameter isFirst: Whether the frame's value has asked for none yet.
  /// - Returns: Nil if there is none.
  @inline(__always)
  mutating func find<Key: CodingKey>(_: Key.Type, isFirst: Bool) -> Unmanaged<GivenContainer>? {
    let type = ObjectIdentifier(Key.self)
    if type == lastType { return last }
    for index in 0..<count where entries.unsafelyUnwrapped[index].type == type {
      lastType = type
      last = entries.unsafelyUnwrapped[index].container
      // The one before was free when its value ended.
      if !isFirst { hasSeveral = true }
      return last
    }
    return nil
  }

  /// Makes the container that `find` has not found.
  ///
  /// - Returns: Nil where containers cannot be used again, and where the frame may go while somebody
  ///   holds one.
  mutating func make<Key: CodingKey>(
    _: Key.Type, of frame: EncodingFrame, isFirst: Bool
  ) -> Unmanaged<GivenContainer>? {
    guard !frame.isFinished, !frame.state.pointee.isDetached,
      !frame.session.options.publicAPIAlone, ContainerLayout.isAsExpected
    else { return nil }
    let table = frame.session.keyTable(of: Key.self)
    let given = GivenContainer.make(Key.self, gate: ContainerGate(frame, table: table))
    if isFirst, count >= 64 { removeAll() }
    if count == capacity { grow() }
    let entry = Entry(type: ObjectIdentifier(Key.self), container: .passRetained(given))
    (entries.unsafelyUnwrapped + count).initialize(to: entry)
    count += 1
    lastType = entry.type
    last = entry.container
    if !isFirst { hasSeveral = true }
    return entry.container
  }

  private mutating func grow() {
    capacity = max(4, capacity * 2)
    let grown = UnsafeMutablePointer<Entry>.allocate(capacity: capacity)
    if let entries { grown.moveInitialize(from: entries, count: count) }
    entries?.deallocate()
    entries = grown
  }

  /// Whether nobody else holds a container.
  @inline(__always)
  mutating func areFree() -> Bool {
    guard let last else { return true }
    return hasSeveral ? areAllFree() : last._withUnsafeGuaranteedRef { $0.isFree }
  }

  @inline(never)
  private mutating func areAllFree() -> Bool {
    for index in 0..<count {
      let container = entries.unsafelyUnwrapped[index].container
      if !container._withUnsafeGuaranteedRef({ $0.isFree }) { return false }
    }
    hasSeveral = false
    return true
  }

  /// Lets the containers that are held keep `frame`, and forgets them.
  mutating func keepAlive(_ frame: EncodingFrame) {
    for index in 0..<count {
      entries.unsafelyUnwrapped[index].container.takeUnretainedValue().gate.keptAlive = frame
    }
    removeAll()
  }

  mutating func removeAll() {
    for index in 0..<count { entries.unsafelyUnwrapped[index].container.release() }
    entries?.deallocate()
    self = GivenContainers()
  }
}

/// The test whether a `KeyedEncodingContainer` is what this module relies on, and nothing promises:
/// a reference to one object, which takes a key's bytes without a look at its type.
enum ContainerLayout {
  static let isAsExpected = test()

  private enum Keys: CodingKey { case a, b, c }

  private static func test() -> Bool {
    guard MemoryLayout<KeyedEncodingContainer<Keys>>.size == MemoryLayout<AnyObject>.size,
      KeyKind.of(Keys.self) == .byte
    else { return false }
    let session = EncodingSession(EncodingOptions())
    let frame = EncodingFrame(session: session)
    session.state.pointee.top = frame.state
    let given = GivenContainer.make(
      Keys.self, gate: ContainerGate(frame, table: session.keyTable(of: Keys.self)))
    frame.state.begin(.object, keys: given.keys)
    guard given.isFree, takesKeys(given), given.isFree else { return false }
    return frame.state.finish()
      && session.bytes(from: 0).elementsEqual(#"{"c":1,"b":[true],"a":"x"}"#.utf8)
  }

  /// A function of its own, so that its reference is gone at its end. It does not ask for the name
  /// of the object's class, which would take 24 KiB of stack.
  @inline(never)
  private static func takesKeys(_ given: GivenContainer) -> Bool {
    var container = given.container(Keys.self)
    guard !given.isFree else { return false }
    try? container.encode(1, forKey: .c)
    try? container.encode([true], forKey: .b)
    try? container.encode("x", forKey: .a)
    return true
  }
}
