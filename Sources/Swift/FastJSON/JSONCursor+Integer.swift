// SPDX-License-Identifier: Apache-2.0

/// The eight decimal digits of `value`, which is below 10^8, as bytes 0 to 9, the first digit in
/// the lowest byte. Divides all lanes at once, by multiplying with rounded-up reciprocals that are
/// exact in these ranges.
///
/// Source: Warren, Hacker's Delight, 2nd edition, section 10-8 (unsigned division by constants).
@inline(__always)
func eightDigits(_ value: UInt64) -> UInt64 {
  let thousands = (value &* 109_951_163) &>> 40
  let fours = thousands | (value &- thousands &* 10_000) &<< 32
  let hundreds = (fours &* 10_486) &>> 20 & 0x0000_007F_0000_007F
  let twos = hundreds | (fours &- hundreds &* 100) &<< 16
  let tens = (twos &* 103) &>> 10 & 0x000F_000F_000F_000F
  return tens | (twos &- tens &* 10) &<< 8
}

/// Eight times the digit zero, in ASCII.
@inline(__always)
var asciiZeros: UInt64 { 0x3030_3030_3030_3030 }

extension JSONCursor {
  // Inlined for one digit alone: code that is inlined everywhere must stay small.

  @inlinable @inline(__always)
  func appending(_ value: UInt64) -> JSONCursor {
    value < 10
      ? appending(byte: UInt8(truncatingIfNeeded: value) | 0x30) : appending(above9: value)
  }

  @inlinable @inline(__always)
  func appending(_ value: Int64) -> JSONCursor {
    let unsigned = UInt64(bitPattern: value)
    return unsigned < 10
      ? appending(byte: UInt8(truncatingIfNeeded: unsigned) | 0x30) : appending(signed: value)
  }

  @usableFromInline @inline(never)
  func appending(signed value: Int64) -> JSONCursor {
    position.storeBytes(of: 0x2D, as: UInt8.self)
    let magnitude = value.magnitude
    let cursor = advanced(by: value < 0 ? 1 : 0)
    return magnitude < 100_000_000
      ? cursor.appending(below1E8: magnitude) : cursor.appending(large: magnitude)
  }

  @usableFromInline @inline(never)
  func appending(above9 value: UInt64) -> JSONCursor {
    value < 100_000_000 ? appending(below1E8: value) : appending(large: value)
  }

  /// `value` from 1 to 10^8 - 1.
  @inline(__always)
  private func appending(below1E8 value: UInt64) -> JSONCursor {
    let digits = eightDigits(value)
    let zeros = digits.trailingZeroBitCount & ~7
    let ascii = (digits | asciiZeros) &>> UInt64(truncatingIfNeeded: zeros)
    position.storeBytes(of: ascii.littleEndian, as: UInt64.self)
    return advanced(by: 8 - zeros / 8)
  }

  /// Eight digits, with leading zeros.
  @inline(__always)
  private func appending(eight value: UInt64) -> JSONCursor {
    position.storeBytes(of: (eightDigits(value) | asciiZeros).littleEndian, as: UInt64.self)
    return advanced(by: 8)
  }

  /// `value` from 10^8 on.
  @inline(__always)
  private func appending(large value: UInt64) -> JSONCursor {
    let (upper, low) = value.quotientAndRemainder(dividingBy: 100_000_000)
    if upper < 100_000_000 { return appending(below1E8: upper).appending(eight: low) }
    let (high, middle) = upper.quotientAndRemainder(dividingBy: 100_000_000)
    return appending(below1E8: high).appending(eight: middle).appending(eight: low)
  }

  @usableFromInline @inline(never)
  func appending(_ value: UInt128) -> JSONCursor {
    let tenTo16: UInt128 = 10_000_000_000_000_000
    guard value > UInt128(UInt64.max) else { return appending(UInt64(value)) }
    let (upper, low) = value.quotientAndRemainder(dividingBy: tenTo16)
    let (high, middle) = UInt64(truncatingIfNeeded: low)
      .quotientAndRemainder(dividingBy: 100_000_000)
    return appending(upper).appending(eight: high).appending(eight: middle)
  }

  @usableFromInline @inline(never)
  func appending(_ value: Int128) -> JSONCursor {
    position.storeBytes(of: 0x2D, as: UInt8.self)
    return advanced(by: value < 0 ? 1 : 0).appending(value.magnitude)
  }
}
