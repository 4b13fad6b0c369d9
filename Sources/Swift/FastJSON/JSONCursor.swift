// SPDX-License-Identifier: Apache-2.0

/// Where the next byte goes. Passed and returned by value, so that it stays in registers: kept in
/// memory, it would cost a load and a store each time that anything is written.
@frozen
@usableFromInline
struct JSONCursor {
  @usableFromInline var position: UnsafeMutableRawPointer
  @usableFromInline let storage: UnsafeMutablePointer<JSONStorage>

  @inlinable @inline(__always)
  init(storage: UnsafeMutablePointer<JSONStorage>, count: Int) {
    self.storage = storage
    position = storage.pointee.base + count
  }

  /// The buffer's end less `JSONStorage.slack`. At the start of each value and member,
  /// `position <= limit`, short of a key that went before.
  ///
  /// Not carried along: to compare with what lies in memory is one instruction as well.
  @inlinable var limit: UnsafeMutableRawPointer {
    @inline(__always) get { storage.pointee.limit }
  }

  /// Makes sure that the whole slack lies ahead.
  @inlinable @inline(__always)
  func checked() -> JSONCursor {
    position <= limit ? self : grown(by: 0)
  }

  /// Makes sure that `count` bytes and the slack lie ahead.
  @inlinable @inline(__always)
  func reserving(_ count: Int) -> JSONCursor {
    limit - position >= count ? self : grown(by: count)
  }

  /// Moves everything to a buffer of twice the size or more, or gives it to the sink if there is one.
  @usableFromInline @inline(never)
  func grown(by count: Int) -> JSONCursor {
    if storage.pointee.hasSink {
      let flushed = flushed()
      if limit - flushed.position >= count { return flushed }
      return flushed.grownAlone(by: count)
    }
    return grownAlone(by: count)
  }

  /// All but the last byte goes to the sink: it may be a comma whose place a bracket takes.
  private func flushed() -> JSONCursor {
    let base = storage.pointee.base
    let used = position - base
    guard used > 1 else { return self }
    storage.pointee.flush(used - 1)
    base.copyMemory(from: position - 1, byteCount: 1)
    return moved(to: base + 1)
  }

  private func grownAlone(by count: Int) -> JSONCursor {
    let used = position - storage.pointee.base
    let (needed, overflow) = used.addingReportingOverflow(count + 2 * JSONStorage.slack)
    precondition(!overflow, "JSON output does not fit in the address space")
    let old = storage.pointee.base
    storage.pointee.allocateBytes(max(needed, storage.pointee.capacity * 2))
    storage.pointee.base.copyMemory(from: old, byteCount: used)
    old.deallocate()
    return JSONCursor(storage: storage, count: used)
  }

  @inlinable @inline(__always)
  func advanced(by count: Int) -> JSONCursor {
    var moved = self
    moved.position += count
    return moved
  }

  /// The cursor behind what was written up to `end`.
  @inlinable @inline(__always)
  func moved(to end: UnsafeMutableRawPointer) -> JSONCursor {
    var moved = self
    moved.position = end
    return moved
  }

  @inlinable @inline(__always)
  func appending(byte: UInt8) -> JSONCursor {
    position.storeBytes(of: byte, as: UInt8.self)
    return advanced(by: 1)
  }

  /// Ends an object or array: the closing bracket takes the place of the last comma.
  @inlinable @inline(__always)
  func closing(with bracket: UInt8, isEmpty: Bool) -> JSONCursor {
    if isEmpty { return appending(byte: bracket) }
    (position - 1).storeBytes(of: bracket, as: UInt8.self)
    return self
  }

  /// The same where nobody knows whether the object or array is empty.
  @inlinable @inline(__always)
  func closing(with bracket: UInt8) -> JSONCursor {
    let last = position - 1
    let end = last.load(as: UInt8.self) == 0x2C ? last : position
    end.storeBytes(of: bracket, as: UInt8.self)
    return moved(to: end + 1)
  }

  /// Remembers the first thing that went wrong.
  @usableFromInline @inline(never)
  func fail(nonFinite value: Double) {
    if !storage.pointee.hasFailed {
      storage.pointee.hasFailed = true
      let offset = storage.pointee.flushed + (position - storage.pointee.base)
      storage.pointee.error = .nonFiniteNumber(value, offset: offset)
    }
  }
}
