// SPDX-License-Identifier: Apache-2.0

/// What a buffer and the cursors that write into it share: touched when the buffer grows, when
/// something fails, and once a string.
@usableFromInline
struct JSONStorage {
  @usableFromInline private(set) var base: UnsafeMutableRawPointer
  /// The end less `slack`.
  @usableFromInline private(set) var limit: UnsafeMutableRawPointer
  /// In bytes.
  private(set) var capacity: Int
  /// `StringLayout.isSmall`, or 0 where even short strings must take the long way: `/` is to be
  /// escaped, or the String's layout is not known.
  @usableFromInline let smallStrings: UInt64
  /// `StringLayout.hasTail`, or 0 where the others, too, must take the long way.
  let tails: UInt64
  /// The offset of 16 vectors that stand behind this struct: number n has a top bit in each byte
  /// from n on, which keeps the padding of a short string from looking like control characters.
  @usableFromInline static var padding: Int { (MemoryLayout<JSONStorage>.size + 15) & ~15 }
  /// The offset of `escapeEntry(of:)` for each byte below 96.
  static var escapes: Int { padding + 16 * 16 }
  /// All ones where `/` is to be escaped, else 0.
  @usableFromInline let slashMask: UInt64
  @usableFromInline let readsStringLayout: Bool
  @usableFromInline var hasFailed = false
  /// What failed first.
  var error: JSONWritingError?
  /// Where the bytes go when the buffer is full, instead of a larger one.
  var sink: ((UnsafeRawBufferPointer) throws -> Void)?
  var sinkError: (any Error)?
  /// Bytes that went there.
  var flushed = 0

  var hasSink: Bool { sink != nil }

  /// Room that is always left behind `JSONCursor.limit`, in bytes.
  ///
  /// It pays for what is written between two checks: a key of up to 64 bytes with its quotes and
  /// colon, then a number or a string of 15 bytes in which each byte becomes an escape of six, then
  /// the punctuation; stores of 16 bytes may reach beyond what they write.
  @usableFromInline static var slack: Int { 256 }

  /// Gives the first bytes to the sink; after an error of its own it gets no more.
  mutating func flush(_ count: Int) {
    flushed += count
    guard sinkError == nil, let sink else { return }
    do {
      try sink(UnsafeRawBufferPointer(start: base, count: count))
    } catch {
      sinkError = error
    }
  }

  var escapesSlashes: Bool { slashMask != 0 }

  init(capacity: Int, escapesSlashes: Bool, readsStringLayout: Bool) {
    self.capacity = max(capacity, 0) + 2 * Self.slack
    base = .allocate(byteCount: self.capacity, alignment: 64)
    limit = base + (self.capacity - Self.slack)
    let takesShortWay = readsStringLayout && !escapesSlashes
    smallStrings = takesShortWay ? StringLayout.isSmall : 0
    tails = takesShortWay ? StringLayout.hasTail : 0
    slashMask = escapesSlashes ? .max : 0
    self.readsStringLayout = readsStringLayout
  }

  /// Gives it new memory. What it had is left to the caller.
  mutating func allocateBytes(_ count: Int) {
    capacity = count
    base = .allocate(byteCount: count, alignment: 64)
    limit = base + (count - Self.slack)
  }

  /// Puts it on the heap, with its tables behind it.
  func allocate() -> UnsafeMutablePointer<JSONStorage> {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: Self.escapes + 96 * 8, alignment: 16)
    for i in 0..<16 * 16 {
      memory.storeBytes(
        of: i % 16 < i / 16 ? 0 : 0x80, toByteOffset: Self.padding + i, as: UInt8.self)
    }
    for byte: UInt8 in 0..<96 {
      memory.storeBytes(
        of: escapeEntry(of: byte), toByteOffset: Self.escapes + Int(byte) * 8, as: UInt64.self)
    }
    return memory.initializeMemory(as: JSONStorage.self, to: self)
  }
}
