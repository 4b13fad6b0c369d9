// SPDX-License-Identifier: Apache-2.0

/// Where a member begins, in an object whose members are to be sorted.
struct MemberStart {
  var byte: UInt8
  var offset: Int
}

extension UnsafeMutablePointer<FrameState> {
  /// As many members have bits of their own.
  private static var most: Int { UInt64.bitWidth }

  /// Makes room for the starts of an object's members.
  @inline(never)
  func beginSorted() {
    if pointee.startsRoom == nil { pointee.startsRoom = .allocate(capacity: Self.most) }
    pointee.starts = pointee.startsRoom
    pointee.memberCount = 0
    if pointee.keys == nil { session.pointee.isSorted = false }
  }

  @inline(__always)
  func noteMember(_ byte: UInt8) {
    guard let starts = pointee.starts else { return }
    starts[pointee.memberCount] = MemberStart(byte: byte, offset: session.offset)
    pointee.memberCount &+= 1
  }

  /// Sorts the members of the object that has just been closed, at the end of the buffer. Those of
  /// the objects inside are sorted already.
  @inline(never)
  func sortMembers() {
    guard let starts = pointee.starts, let keys = pointee.keys else { return }
    let members = UnsafeMutableBufferPointer(start: starts, count: pointee.memberCount)
    let slots = keys.pointee.slots
    func rank(_ index: Int) -> Int { slots[Int(members[index].byte)].rank }
    guard members.indices.dropFirst().contains(where: { rank($0) < rank($0 - 1) }) else { return }
    let end = session.offset
    let first = members[0].offset
    // Ordered by rank, each with where it ends, its comma or the closing bracket included.
    withUnsafeTemporaryAllocation(of: (rank: Int, start: Int, end: Int).self, capacity: Self.most) {
      sorted in
      for index in members.indices {
        let next = index + 1 < members.count ? members[index + 1].offset : end
        let member = (rank: rank(index), start: members[index].offset, end: next)
        var place = index
        while place > 0, sorted[place - 1].rank > member.rank {
          sorted[place] = sorted[place - 1]
          place -= 1
        }
        sorted[place] = member
      }
      // Behind the object, then back to its place.
      let count = end - first
      session.pointee.cursor = session.pointee.cursor.reserving(count)
      let base = session.pointee.cursor.storage.pointee.base
      var out = base + end
      for index in members.indices {
        let size = sorted[index].end - sorted[index].start
        out.copyMemory(from: base + sorted[index].start, byteCount: size)
        out += size
        (out - 1).storeBytes(of: index + 1 < members.count ? 0x2C : 0x7D, as: UInt8.self)
      }
      (base + first).copyMemory(from: base + end, byteCount: count)
    }
  }
}
