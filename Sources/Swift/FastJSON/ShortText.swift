// SPDX-License-Identifier: Apache-2.0

/// Fewer than 16 bytes of text, in registers.
@frozen
@usableFromInline
struct ShortText {
  /// The first byte in the lowest bits, zeros behind the last.
  @usableFromInline var bytes: UInt128
  @usableFromInline var count: Int

  @inlinable @inline(__always)
  init(bytes: UInt128, count: Int) {
    self.bytes = bytes
    self.count = count
  }

  /// Reads no byte outside of `text`: where a load would, two that overlap take its place.
  @inlinable @inline(__always)
  init(_ text: UnsafeRawBufferPointer) {
    count = text.count
    bytes = 0
    guard count > 0, let start = text.baseAddress else { return }
    @inline(__always)
    func load<Word: FixedWidthInteger & BitwiseCopyable>(_: Word.Type) -> UInt128 {
      let size = MemoryLayout<Word>.size
      let low = UInt128(Word(littleEndian: start.loadUnaligned(as: Word.self)))
      let last = (start + (count - size)).loadUnaligned(as: Word.self)
      return low | UInt128(Word(littleEndian: last)) << UInt128((count - size) * 8)
    }
    switch count {
    case 8...: bytes = load(UInt64.self)
    case 4...: bytes = load(UInt32.self)
    case 2...: bytes = load(UInt16.self)
    default: bytes = load(UInt8.self)
    }
  }
}
