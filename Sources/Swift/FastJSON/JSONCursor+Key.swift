// SPDX-License-Identifier: Apache-2.0

extension JSONCursor {
  /// Writes `"key":`.
  ///
  /// Once this is inlined, the key is a constant: looking for escapes in it and copying it become a
  /// few stores of constants.
  @inlinable @inline(__always)
  func appending(key: StaticString) -> JSONCursor {
    let count = key.utf8CodeUnitCount
    guard !needsEscape(key) else {
      return appendingLong(key: key)
    }
    position.storeBytes(of: 0x22, as: UInt8.self)
    (position + 1).copyMemory(from: key.utf8Start, byteCount: count)
    (position + (count + 1)).storeBytes(of: 0x3A22, as: UInt16.self)
    return advanced(by: count + 3)
  }

  /// A key of more than 32 bytes, or one that needs an escape.
  @usableFromInline @inline(never)
  func appendingLong(key: StaticString) -> JSONCursor {
    appending(UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
      .appending(byte: 0x3A).checked()
  }

  @inlinable @inline(__always)
  func needsEscape(_ key: StaticString) -> Bool {
    let marks = keyMarks(key)
    return marks.escapes != 0 || marks.slashes != 0 && storage.pointee.escapesSlashes
  }

  /// Loads that overlap stand in for a loop, which the compiler would not always evaluate.
  @inlinable @inline(__always)
  func keyMarks(_ key: StaticString) -> (escapes: UInt64, slashes: UInt64) {
    let start = UnsafeRawPointer(key.utf8Start)
    let count = key.utf8CodeUnitCount
    switch count {
    case 0: return (0, 0)
    case 1...3:
      // With a top bit set, the bytes that are not there cannot be taken for escapes.
      let ends = UInt64(start[0]) | UInt64(start[count - 1]) << 8
      let word = ends | UInt64(start[count / 2]) << 16 | 0x8080_8080_8000_0000
      return (escapeMarks(word), slashMarks(word))
    case 4...7:
      let low = UInt64(start.loadUnaligned(as: UInt32.self))
      let high = UInt64((start + (count - 4)).loadUnaligned(as: UInt32.self))
      let word = low | high << 32
      return (escapeMarks(word), slashMarks(word))
    case 8...32:
      let word = start.loadUnaligned(as: UInt64.self)
      let last = (start + (count - 8)).loadUnaligned(as: UInt64.self)
      var escapes = escapeMarks(word) | escapeMarks(last)
      var slashes = slashMarks(word) | slashMarks(last)
      if count > 16 {
        let second = (start + 8).loadUnaligned(as: UInt64.self)
        let third = (start + (count - 16)).loadUnaligned(as: UInt64.self)
        escapes |= escapeMarks(second) | escapeMarks(third)
        slashes |= slashMarks(second) | slashMarks(third)
      }
      return (escapes, slashes)
    default: return (1, 0)
    }
  }
}

extension UnsafeRawPointer {
  @inlinable @inline(__always)
  subscript(offset: Int) -> UInt8 { (self + offset).load(as: UInt8.self) }
}
