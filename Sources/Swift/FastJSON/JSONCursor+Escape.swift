// SPDX-License-Identifier: Apache-2.0

extension JSONCursor {
  /// Writes `text`, of 16 bytes or more, from byte `start` on to `out`, with its escapes and
  /// without quotes. Room for six bytes a byte, and the slack, has been reserved.
  @inline(never)
  func escaping(
    _ text: UnsafeRawBufferPointer, from start: Int, at out: UnsafeMutableRawPointer,
    _ scan: EscapeScan
  ) -> JSONCursor {
    let end = text.baseAddress! + text.count
    var source = text.baseAddress! + start
    var out = out
    while end - source >= 16 {
      let bytes = source.loadUnaligned(as: SIMD16<UInt8>.self)
      out.storeBytes(of: bytes, as: SIMD16<UInt8>.self)
      let clean = scan.marks(bytes).clean
      out += clean
      source += clean
      if clean == 16 { continue }
      out = store(escapeOf: source.load(as: UInt8.self), at: out)
      source += 1
    }
    // The last vector of the text, without the bytes that were written.
    let count = end - source
    let last = (end - 16).loadUnaligned(as: UInt128.self).littleEndian
    return escaping(
      ShortText(bytes: count == 0 ? 0 : last &>> UInt128((16 &- count) &* 8), count: count),
      at: out, scan)
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
      let padded = words | padding(from: text.count)
      let clean = scan.marks(unsafeBitCast(padded, to: SIMD16<UInt8>.self)).clean
      if clean == 16 { return moved(to: out + text.count) }
      let byte = UInt8(truncatingIfNeeded: text.bytes &>> UInt128(clean &* 8))
      out = store(escapeOf: byte, at: out + clean)
      text.bytes = clean == 15 ? 0 : text.bytes &>> UInt128(clean &* 8 &+ 8)
      text.count &-= clean &+ 1
    }
  }

  /// Top bits in the bytes from `count` on, 0 to 15.
  @inlinable @inline(__always)
  func padding(from count: Int) -> SIMD2<UInt64> {
    let start = UnsafeRawPointer(storage) + (JSONStorage.padding + count &* 16)
    return start.load(as: SIMD2<UInt64>.self)
  }

  /// Writes the escape of `byte`, which needs one. Stores eight bytes.
  @inline(__always)
  private func store(
    escapeOf byte: UInt8, at out: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    let escape = (UnsafeRawPointer(storage) + (JSONStorage.escapes + Int(byte) &* 8))
      .load(as: UInt64.self)
    out.storeBytes(of: escape.littleEndian, as: UInt64.self)
    return out + Int(truncatingIfNeeded: escape &>> 56)
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
