// SPDX-License-Identifier: Apache-2.0

// Which keys an object has that are not all in one table.

extension EncodingFrame {
  /// From here on the object's keys are known by their hashes.
  @inline(never)
  private func forgetTable() {
    guard let table = state.pointee.keys else { return }
    let names = table.pointee.table.takeUnretainedValue().names(state.pointee.seen)
    state.pointee.keys = nil
    state.pointee.openKeys = nil
    state.pointee.starts = nil
    session.state.pointee.isSorted = false
    state.pointee.seen = 0
    for name in names { remember(name.keyHash(readsLayout: session.readsStringLayout)) }
  }

  @inline(__always)
  private func remember(_ hash: UInt64) {
    let count = state.pointee.hashCount
    state.pointee.seen |= 1 &<< (hash &>> 58)
    if count < Self.fewHashes { hashes[count] = hash } else { insert(hash) }
    state.pointee.hashCount = count &+ 1
  }

  /// Writes a key and its colon, unless the object may have that key already.
  @inline(__always)
  func beginMember(_ name: String) -> Bool {
    if state.pointee.keys != nil { forgetTable() }
    let hash = name.keyHash(readsLayout: session.readsStringLayout)
    if state.pointee.seen & 1 &<< (hash &>> 58) != 0, isKnown(hash) { return false }
    remember(hash)
    session.cursor = session.cursor.appending(name).appending(byte: 0x3A).checked()
    return true
  }

  /// Takes back a member whose value failed.
  func cancelMember(to mark: Int) {
    session.rewind(to: mark)
    state.pointee.hashCount &-= 1
  }

  @inline(never)
  private func isKnown(_ hash: UInt64) -> Bool {
    let hashCount = state.pointee.hashCount
    if hashCount > Self.fewHashes { return manyHashes.contains(hash) }
    for index in 0..<hashCount where hashes[index] == hash { return true }
    return false
  }

  @inline(never)
  private func insert(_ hash: UInt64) {
    let hashCount = state.pointee.hashCount
    if hashCount == Self.fewHashes {
      manyHashes.removeAll(keepingCapacity: manyHashes.capacity < 4096)
      for index in 0..<hashCount { manyHashes.insert(hashes[index]) }
    }
    manyHashes.insert(hash)
  }
}
