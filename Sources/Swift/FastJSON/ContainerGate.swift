// SPDX-License-Identifier: Apache-2.0

/// What a container in its user's hands refers to: a frame's own container, or a nested one.
///
/// A gate to a frame's own container does not keep the frame alive, so that frames can be used
/// again; `GateCache` sees to it that it does before the frame could go.
final class ContainerGate {
  unowned(unsafe) let frame: EncodingFrame
  /// Nil for the frame's own container.
  let fragment: EncodedFragment?
  /// The keys of nested containers.
  let path: [any CodingKey]
  fileprivate var keptAlive: EncodingFrame?

  /// A gate to the frame's own container.
  init(_ frame: EncodingFrame) {
    self.frame = frame
    fragment = nil
    path = []
  }

  /// A gate to a nested container.
  init(_ frame: EncodingFrame, _ fragment: EncodedFragment, path: [any CodingKey]) {
    self.frame = frame
    self.fragment = fragment
    self.path = path
    keptAlive = frame
  }

  var codingPath: [any CodingKey] { frame.codingPath + path }
}

/// A keyed container that has been given out.
private final class GivenContainer {
  let type: ObjectIdentifier
  let gate: ContainerGate
  /// Holds the container as the object that it refers to: asked without its type, which for a
  /// generic one would have to be looked up.
  private let slot: UnsafeMutablePointer<AnyObject>

  init<Key: CodingKey>(_: Key.Type, gate: ContainerGate) {
    type = ObjectIdentifier(Key.self)
    self.gate = gate
    let container = UnsafeMutablePointer<KeyedEncodingContainer<Key>>.allocate(capacity: 1)
    container.initialize(to: KeyedEncodingContainer(KeyedMembers<Key>(gate: gate)))
    slot = UnsafeMutableRawPointer(container).assumingMemoryBound(to: AnyObject.self)
  }

  deinit {
    slot.deinitialize(count: 1)
    slot.deallocate()
  }

  @inline(__always)
  func container<Key: CodingKey>(_: Key.Type) -> KeyedEncodingContainer<Key> {
    UnsafeRawPointer(slot).assumingMemoryBound(to: KeyedEncodingContainer<Key>.self).pointee
  }

  /// Whether nobody else holds the container.
  @inline(__always)
  var isFree: Bool { isKnownUniquelyReferenced(&slot.pointee) }
}

extension KeyedEncodingContainer {
  /// Whether this is the only copy, where `ContainerLayout.isAsExpected`.
  fileprivate mutating func isUniquelyReferenced() -> Bool {
    withUnsafeMutablePointer(to: &self) {
      $0.withMemoryRebound(to: AnyObject.self, capacity: 1) {
        isKnownUniquelyReferenced(&$0.pointee)
      }
    }
  }
}

/// The keyed containers that a frame has given out, to be given out again: to make one allocates,
/// and takes longer than to write a short member.
struct GateCache {
  /// The container that was given out last.
  private var last: GivenContainer?
  private var others: [GivenContainer] = []
  /// Whether one of the others may be in use.
  private var hasChanged = false

  /// A keyed container for the frame's own object.
  @inline(__always)
  mutating func container<Key: CodingKey>(
    _: Key.Type, of frame: EncodingFrame
  ) -> KeyedEncodingContainer<Key> {
    if let last, last.type == ObjectIdentifier(Key.self) {
      return last.container(Key.self)
    }
    return otherContainer(Key.self, of: frame)
  }

  @inline(never)
  private mutating func otherContainer<Key: CodingKey>(
    _: Key.Type, of frame: EncodingFrame
  ) -> KeyedEncodingContainer<Key> {
    guard ContainerLayout.isAsExpected else {
      let gate = ContainerGate(frame)
      gate.keptAlive = frame
      return KeyedEncodingContainer(KeyedMembers<Key>(gate: gate))
    }
    let type = ObjectIdentifier(Key.self)
    let given: GivenContainer
    if let index = others.firstIndex(where: { $0.type == type }) {
      given = others.remove(at: index)
    } else {
      given = GivenContainer(Key.self, gate: ContainerGate(frame))
    }
    if let last { others.append(last) }
    last = given
    hasChanged = true
    return given.container(Key.self)
  }

  /// Whether nobody else holds a container.
  @inline(__always)
  mutating func areFree() -> Bool {
    guard let last else { return true }
    return hasChanged ? areAllFree() : last.isFree
  }

  @inline(never)
  private mutating func areAllFree() -> Bool {
    if let last, !last.isFree { return false }
    for other in others where !other.isFree { return false }
    hasChanged = false
    if others.count > 16 { others.removeAll() }
    return true
  }

  /// Lets the containers that are held keep `frame`, and forgets them.
  mutating func keepAlive(_ frame: EncodingFrame) {
    last?.gate.keptAlive = frame
    for other in others { other.gate.keptAlive = frame }
    last = nil
    others = []
  }
}

/// The test whether a `KeyedEncodingContainer` is a reference to one object, which is what
/// `GateCache` relies on, and nothing promises.
enum ContainerLayout {
  static let isAsExpected = test()

  private static func test() -> Bool {
    typealias Container = KeyedEncodingContainer<PlainKey>
    guard MemoryLayout<Container>.size == MemoryLayout<AnyObject>.size else { return false }
    let frame = EncodingFrame(session: EncodingSession(EncodingOptions()))
    let gate = ContainerGate(frame)
    gate.keptAlive = frame
    var container = Container(KeyedMembers<PlainKey>(gate: gate))
    return isBox(&container) && container.isUniquelyReferenced()
  }

  /// A function of its own, so that its reference is gone at its end.
  @inline(never)
  private static func isBox(_ container: inout KeyedEncodingContainer<PlainKey>) -> Bool {
    let box = unsafeBitCast(container, to: AnyObject.self)
    let isShared = withExtendedLifetime(box) { !container.isUniquelyReferenced() }
    return isShared
      && String(describing: Swift.type(of: box)).hasPrefix("_KeyedEncodingContainerBox")
  }
}
