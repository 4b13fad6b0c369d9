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
  let options: EncodingOptions
  let types = DirectTypes.standard
  let convertsKeys: Bool
  let readsStringLayout = StringLayout.isAsExpected
  private let storage: UnsafeMutablePointer<JSONStorage>
  @exclusivity(unchecked)
  var cursor: JSONCursor
  /// Bytes of fragments.
  @exclusivity(unchecked)
  private(set) var arena: [UInt8] = []
  /// The frame whose value is at the end of the buffer.
  @exclusivity(unchecked)
  unowned(unsafe) var top: EncodingFrame?
  /// A member or an element that is being written and belongs to a fragment.
  @exclusivity(unchecked)
  var pending: PendingFragment?
  /// A container too many was asked for: the call will fail.
  @exclusivity(unchecked)
  var isTooDeep = false
  /// The call is over; what is still written goes nowhere.
  @exclusivity(unchecked)
  var isClosed = false
  /// How many super encoders have not given back their value.
  @exclusivity(unchecked)
  var superEncoders = 0
  /// Somebody holds a container of a value that is complete.
  @exclusivity(unchecked)
  var isShared = false
  /// How many values are being encoded inside one another, containers or not.
  @exclusivity(unchecked)
  var level = 0
  @exclusivity(unchecked)
  private var stack: StackBounds?

  /// Whether nothing is left that could write into a later call's document.
  var mayBeUsedAgain: Bool { superEncoders == 0 && !isShared }

  init(_ options: EncodingOptions) {
    self.options = options
    if case .useDefaultKeys = options.key { convertsKeys = false } else { convertsKeys = true }
    storage = JSONStorage(
      capacity: 512, escapesSlashes: !options.formatting.contains(.withoutEscapingSlashes),
      readsStringLayout: readsStringLayout
    ).allocate()
    cursor = JSONCursor(storage: storage, count: 0)
  }

  deinit {
    storage.pointee.base.deallocate()
    storage.deinitialize(count: 1)
    storage.deallocate()
  }

  /// Makes it ready for another call. A buffer that is larger than most documents is given back.
  func reset() {
    if storage.pointee.capacity > 1 << 22 {
      storage.pointee.base.deallocate()
      storage.pointee.capacity = 1 << 16
      storage.pointee.base = .allocate(byteCount: 1 << 16, alignment: 64)
    }
    cursor = JSONCursor(storage: storage, count: 0)
    if !arena.isEmpty { arena.removeAll(keepingCapacity: arena.capacity < 1 << 20) }
    stack = nil
  }

  /// Number of bytes in the buffer.
  @inline(__always)
  var offset: Int { cursor.position - storage.pointee.base }

  /// Forgets the bytes from `offset` on.
  @inline(__always)
  func rewind(to offset: Int) {
    cursor = JSONCursor(storage: storage, count: offset)
  }

  /// Moves the bytes from `mark` on to the arena.
  func moveToArena(from mark: Int) -> Range<Int> {
    let start = arena.count
    arena.append(contentsOf: bytes(from: mark))
    rewind(to: mark)
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

  /// Whether a number since the last call was not finite.
  @inline(__always)
  func takeFailure() -> Bool {
    guard storage.pointee.hasFailed else { return false }
    storage.pointee.hasFailed = false
    storage.pointee.error = nil
    return true
  }

  /// Counts a value inside another one; who leaves it counts back, however it left.
  ///
  /// - Throws: Where a container too many was asked for, or the stack comes to its end.
  @inline(__always)
  func enterValue() throws {
    level &+= 1
    if isTooDeep || level > Self.unchecked { try checkStack() }
  }

  /// As many values inside one another need no look at the stack.
  private static var unchecked: Int { 64 }

  @inline(never)
  private func checkStack() throws {
    if !isTooDeep {
      let bounds = stack ?? StackBounds.ofThisThread()
      stack = bounds
      isTooDeep = !bounds.hasRoom
    }
    if isTooDeep { throw NestedTooDeep() }
  }

  /// The document, in the form that the options ask for.
  func data() -> Data {
    let document = bytes(from: 0)
    guard !options.formatting.isDisjoint(with: [.sortedKeys, .prettyPrinted]) else {
      return Data(bytes: document.baseAddress!, count: document.count)
    }
    let sorted =
      options.formatting.contains(.sortedKeys) ? SortedMembers.sorting(document) : nil
    guard options.formatting.contains(.prettyPrinted) else {
      return sorted.map { Data($0) } ?? Data(document)
    }
    return Data(
      sorted?.withUnsafeBytes { Indentation().indenting($0) } ?? Indentation().indenting(document))
  }
}

/// Unwinds a call that will fail; the caller gets an EncodingError in its place.
struct NestedTooDeep: Error {}
