// SPDX-License-Identifier: Apache-2.0

extension JSONCursor {
  /// Writes `text` from byte `start` on, which lies 16 or more before its end, with its escapes and
  /// without quotes; what comes before `start` has been written.
  @inline(never)
  func escaping(_ text: UnsafeRawBufferPointer, from start: Int) -> JSONCursor {
    escaping(text, from: start, EscapeScan(escapingSlashes: false))
  }

  /// The same, and slashes are escaped.
  @inline(never)
  func escapingSlashes(_ text: UnsafeRawBufferPointer, from start: Int) -> JSONCursor {
    escaping(text, from: start, EscapeScan(escapingSlashes: true))
  }

  /// 16 bytes are written as they are; then, for each of them that needs it, its escape, and what
  /// follows once more.
  @inline(__always)
  private func escaping(
    _ text: UnsafeRawBufferPointer, from start: Int, _ scan: EscapeScan
  ) -> JSONCursor {
    // Enough for a text in which every byte becomes six.
    let cursor = advanced(by: start).reserving(6 &* (text.count &- start))
    let end = text.baseAddress! + text.count
    var source = text.baseAddress! + start
    var out = cursor.position
    // As long as 16 bytes can be read behind each of the next 16.
    while end - source >= 32 {
      let bytes = source.loadUnaligned(as: SIMD16<UInt8>.self)
      out.storeBytes(of: bytes, as: SIMD16<UInt8>.self)
      var marks = scan.positions(in: bytes)
      while marks != 0 {
        let next = marks.trailingZeroBitCount &+ 1
        out = store(escapeOf: source + (next &- 1), shifting: out, next)
        let rest = (source + next).loadUnaligned(as: SIMD16<UInt8>.self)
        out.storeBytes(of: rest, toByteOffset: next, as: SIMD16<UInt8>.self)
        marks &= marks &- 1
      }
      source += 16
      out += 16
    }
    // Fewer than 32 bytes are left, in the last 32 of the text, or in all of them.
    let last = end - 16
    let window = max(text.baseAddress!, end - 32)
    let first = scan.positions(in: window.loadUnaligned(as: SIMD16<UInt8>.self))
    let second = scan.positions(in: last.loadUnaligned(as: SIMD16<UInt8>.self))
    var marks = first | second &<< UInt64(truncatingIfNeeded: last - window)
    marks &>>= UInt64(truncatingIfNeeded: source - window)
    copy32(from: source, end, to: out)
    while marks != 0 {
      let next = marks.trailingZeroBitCount &+ 1
      out = store(escapeOf: source + (next &- 1), shifting: out, next)
      copy32(from: source + next, end, to: out + next)
      marks &= marks &- 1
    }
    return cursor.moved(to: out + (end - source))
  }

  /// Writes the escape of a byte, which needs one, in place of the byte before `next`. Stores eight
  /// bytes.
  ///
  /// - Parameters:
  ///   - out: Where a text would begin whose byte `next` comes behind the last that was written.
  /// - Returns: The same, behind the escape.
  @inline(__always)
  private func store(
    escapeOf byte: UnsafeRawPointer, shifting out: UnsafeMutableRawPointer, _ next: Int
  ) -> UnsafeMutableRawPointer {
    let escape = escape(of: byte.load(as: UInt8.self))
    out.storeBytes(of: escape.littleEndian, toByteOffset: next &- 1, as: UInt64.self)
    return out + (Int(truncatingIfNeeded: escape &>> 56) &- 1)
  }

  /// Copies 32 bytes, or as many as there are before `end`. 16 lie before it.
  @inline(__always)
  private func copy32(
    from source: UnsafeRawPointer, _ end: UnsafeRawPointer, to out: UnsafeMutableRawPointer
  ) {
    let last = (end - source) &- 16
    guard last >= 0 else {
      let bytes = (end - 16).loadUnaligned(as: UInt128.self).littleEndian
      let rest = bytes &>> UInt128(truncatingIfNeeded: (0 &- last) &* 8)
      out.storeBytes(of: rest.littleEndian, as: UInt128.self)
      return
    }
    out.storeBytes(of: source.loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
    let offset = min(16, last)
    out.storeBytes(
      of: (source + offset).loadUnaligned(as: SIMD16<UInt8>.self), toByteOffset: offset,
      as: SIMD16<UInt8>.self)
  }

  /// Writes fewer than 16 bytes to `out`, with their escapes and without quotes.
  @inline(__always)
  func escaping(
    _ text: ShortText, at out: UnsafeMutableRawPointer, _ scan: EscapeScan
  ) -> JSONCursor {
    var text = text
    var out = out
    while true {
      let words = SIMD2(
        UInt64(truncatingIfNeeded: text.bytes), UInt64(truncatingIfNeeded: text.bytes >> 64))
      out.storeBytes(of: words, as: SIMD2<UInt64>.self)
      let padded = unsafeBitCast(words, to: SIMD16<UInt8>.self) | padding(from: text.count)
      let clean = scan.marks(padded).clean
      if clean == 16 { return moved(to: out + text.count) }
      let byte = UInt8(truncatingIfNeeded: text.bytes &>> UInt128(clean &* 8))
      let escape = escape(of: byte)
      (out + clean).storeBytes(of: escape.littleEndian, as: UInt64.self)
      out += clean &+ Int(truncatingIfNeeded: escape &>> 56)
      text.bytes = clean == 15 ? 0 : text.bytes &>> UInt128(clean &* 8 &+ 8)
      text.count &-= clean &+ 1
    }
  }

  /// Top bits in the bytes from `count` on, 0 to 15.
  @inlinable @inline(__always)
  func padding(from count: Int) -> SIMD16<UInt8> {
    let start = UnsafeRawPointer(storage) + (JSONStorage.padding + count &* 16)
    return start.load(as: SIMD16<UInt8>.self)
  }

  /// `escapeEntry(of:)` for a byte that needs an escape.
  @inline(__always)
  private func escape(of byte: UInt8) -> UInt64 {
    (UnsafeRawPointer(storage) + (JSONStorage.escapes + Int(byte) &* 8)).load(as: UInt64.self)
  }
}

/// The escape of a byte below 96: the short form where there is one, else `\u00xx` in lower case, as
/// JSONEncoder does. The first character in the lowest byte, and how many they are in the highest.
///
/// A table of them serves without a branch, which the next byte to be escaped would be hard to
/// foretell for.
func escapeEntry(of byte: UInt8) -> UInt64 {
  let short: UInt8
  switch byte {
  case 0x22, 0x5C, 0x2F: short = byte
  case 0x08: short = 0x62  // b
  case 0x09: short = 0x74  // t
  case 0x0A: short = 0x6E  // n
  case 0x0C: short = 0x66  // f
  case 0x0D: short = 0x72  // r
  default:
    let low = UInt64(byte & 0xF)
    let digit = low + (low < 10 ? 0x30 : 0x57)
    return 0x0600_0000_3030_755C | UInt64(0x30 + byte >> 4) << 32 | digit << 40
  }
  return 0x0200_0000_0000_005C | UInt64(short) << 8
}

extension SIMD2<UInt64> {
  /// The number of bytes before the first mark of an `EscapeScan`; 16 when there is none.
  @inline(__always)
  fileprivate var clean: Int {
    // As one word of 128 bits: with two, there would be a branch that is right half of the time.
    unsafeBitCast(self, to: UInt128.self).littleEndian.trailingZeroBitCount &>> 3
  }
}
