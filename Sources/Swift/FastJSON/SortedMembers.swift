// SPDX-License-Identifier: Apache-2.0

/// Sorts the members of every object in compact JSON by their keys' UTF-8 bytes.
///
/// One pass finds the members, and a second one writes them; nothing is moved twice, however deep
/// the document. Objects whose members are in order are left as they are.
struct SortedMembers {
  private struct Member {
    /// The inside of the key's quotes.
    var key: Range<Int>
    var hasEscapes: Bool
    /// From the key's first quote to the end of the value.
    var start: Int
    var end: Int
  }

  /// An object that must be written anew.
  private struct Object {
    var start: Int
    var end: Int
    /// Its members, in `members`.
    var range: Range<Int>
  }

  private let document: UnsafeRawBufferPointer
  private var members: [Member] = []
  private var objects: [Object] = []

  /// - Parameter document: Valid compact JSON.
  /// - Returns: The same with sorted members. Members of the same key keep their order.
  static func sorting(_ document: UnsafeRawBufferPointer) -> [UInt8] {
    var sorting = SortedMembers(document)
    sorting.findObjects()
    return sorting.written()
  }

  private init(_ document: UnsafeRawBufferPointer) { self.document = document }

  /// A container that is being read.
  private struct Open {
    /// Nil for an array.
    var firstMember: Int?
    var start: Int
    var isSorted = true
  }

  private mutating func findObjects() {
    var scan = CompactScan(document)
    var stack: [Open] = []
    /// Members of all open objects.
    var pending: [Member] = []
    /// Whether a string is a key.
    var expectsKey = false
    func endMember() {
      guard stack.last?.firstMember != nil, !pending.isEmpty else { return }
      pending[pending.count - 1].end = scan.position
    }
    while !scan.isAtEnd {
      let byte = scan.byte
      switch byte {
      case 0x22:
        let start = scan.position
        let hasEscapes = scan.skipString()
        guard expectsKey else { continue }
        expectsKey = false
        let member = Member(
          key: (start + 1)..<(scan.position - 1), hasEscapes: hasEscapes, start: start, end: 0)
        if let last = pending.last, let first = stack[stack.count - 1].firstMember,
          pending.count > first, precedes(member, last)
        {
          stack[stack.count - 1].isSorted = false
        }
        pending.append(member)
        continue
      case 0x7B:
        stack.append(Open(firstMember: pending.count, start: scan.position))
        expectsKey = true
      case 0x5B:
        stack.append(Open(firstMember: nil, start: scan.position))
        expectsKey = false
      case 0x2C:
        endMember()
        expectsKey = stack.last?.firstMember != nil
      case 0x7D, 0x5D:
        expectsKey = false
        guard let open = stack.last else { break }
        if let first = open.firstMember {
          if pending.count > first { endMember() }
          close(open, pending[first...], end: scan.position + 1)
          pending.removeSubrange(first...)
        }
        stack.removeLast()
      default: break
      }
      scan.position += 1
    }
    objects.sort { $0.start < $1.start }
  }

  private mutating func close(_ open: Open, _ unsorted: ArraySlice<Member>, end: Int) {
    if open.isSorted { return }
    let start = members.count
    members.append(contentsOf: unsorted.sorted { precedes($0, $1) })
    objects.append(Object(start: open.start, end: end, range: start..<members.count))
  }

  private func precedes(_ a: Member, _ b: Member) -> Bool {
    let left = UnsafeRawBufferPointer(rebasing: document[a.key])
    let right = UnsafeRawBufferPointer(rebasing: document[b.key])
    guard a.hasEscapes || b.hasEscapes else { return left.lexicographicallyPrecedes(right) }
    return CompactScan.unescaped(left).lexicographicallyPrecedes(CompactScan.unescaped(right))
  }

  /// An object that is being written.
  private struct Progress {
    var object: Object
    var next: Int
    /// What comes behind it.
    var rest: Range<Int>
  }

  private func written() -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(document.count)
    var stack: [Progress] = []
    var rest = 0..<document.count
    while true {
      if let object = firstObject(in: rest) {
        result.append(contentsOf: document[rest.lowerBound...object.start])
        stack.append(
          Progress(
            object: object, next: object.range.lowerBound, rest: object.end..<rest.upperBound))
      } else {
        result.append(contentsOf: document[rest])
      }
      // The next member of the innermost object; at its end, what comes behind it.
      guard let last = stack.indices.last else { return result }
      let progress = stack[last]
      if progress.next < progress.object.range.upperBound {
        if progress.next > progress.object.range.lowerBound { result.append(0x2C) }
        let member = members[progress.next]
        rest = member.start..<member.end
        stack[last].next += 1
      } else {
        result.append(0x7D)
        rest = progress.rest
        stack.removeLast()
      }
    }
  }

  /// The first object inside of `range` that must be written anew.
  private func firstObject(in range: Range<Int>) -> Object? {
    var low = 0
    var high = objects.count
    while low < high {
      let middle = (low + high) / 2
      if objects[middle].start < range.lowerBound { low = middle + 1 } else { high = middle }
    }
    return low < objects.count && objects[low].start < range.upperBound ? objects[low] : nil
  }
}
