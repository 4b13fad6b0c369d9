// SPDX-License-Identifier: Apache-2.0

extension JSONCursor {
  /// Writes `text` from byte `start` on to `out`, with its escapes and without quotes. Room for six
  /// bytes a byte, and the slack, has been reserved.
  @inline(never)
  func escaping(
    _ text: UnsafeRawBufferPointer, from start: Int, at out: UnsafeMutableRawPointer,
    _ scan: EscapeScan
  ) -> JSONCursor {
    guard var source = text.baseAddress else { return moved(to: out) }
    let end = source + text.count
    source += start
    var out = out
    while end - source >= 16 {
      let bytes = source.loadUnaligned(as: SIMD16<UInt8>.self)
      out.storeBytes(of: bytes, as: SIMD16<UInt8>.self)
      let marks = scan.marks(bytes)
      let clean =
        marks[0] != 0
        ? marks[0].trailingZeroBitCount / 8
        : marks[1] != 0 ? 8 + marks[1].trailingZeroBitCount / 8 : 16
      out += clean
      source += clean
      if clean == 16 { continue }
      // Escapes like company: a line feed is often followed by another.
      repeat {
        out = store(escapeOf: source[0], at: out)
        source += 1
      } while source != end && needsEscape(source[0])
    }
    while source != end {
      let byte = source[0]
      if needsEscape(byte) {
        out = store(escapeOf: byte, at: out)
      } else {
        out.storeBytes(of: byte, as: UInt8.self)
        out += 1
      }
      source += 1
    }
    return moved(to: out)
  }

  @inline(__always)
  private func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x22 || byte == 0x5C
      || byte == 0x2F && storage.pointee.escapesSlashes
  }

  /// Writes the escape of `byte`: the short form where there is one, else `\u00xx` in lower case, as
  /// JSONEncoder does. Stores eight bytes.
  @inline(__always)
  private func store(
    escapeOf byte: UInt8, at out: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
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
      let escape = 0x3030_755C | UInt64(0x30 + byte >> 4) << 32 | digit << 40
      out.storeBytes(of: escape.littleEndian, as: UInt64.self)
      return out + 6
    }
    out.storeBytes(of: (UInt16(short) << 8 | 0x5C).littleEndian, as: UInt16.self)
    return out + 2
  }
}
