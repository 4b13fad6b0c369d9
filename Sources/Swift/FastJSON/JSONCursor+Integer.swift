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

/// The same for two numbers at once. No factor has more than 32 bits, or 16 from the second step on:
/// every x86-64 CPU multiplies those in vectors. The masks only tell the compiler so.
@inline(__always)
func sixteenDigits(_ high: UInt64, _ low: UInt64) -> SIMD2<UInt64> {
  let values = SIMD2(high, low) & SIMD2(repeating: 0xFFFF_FFFF)
  let thousands = (values &* SIMD2(repeating: 109_951_163)) &>> SIMD2(repeating: 40)
  let fours =
    thousands | (values &- thousands &* SIMD2(repeating: 10_000)) &<< SIMD2(repeating: 32)
  let four = unsafeBitCast(fours, to: SIMD4<UInt32>.self)
  let hundreds =
    ((four & SIMD4(repeating: 0x3FFF)) &* SIMD4(repeating: 5243)) &>> SIMD4(repeating: 19)
  let twos = hundreds | (four &- hundreds &* SIMD4(repeating: 100)) &<< SIMD4(repeating: 16)
  let two = unsafeBitCast(twos, to: SIMD8<UInt16>.self)
  let tens = (two &* SIMD8(repeating: 103)) &>> SIMD8(repeating: 10)
  let ones = tens | (two &- tens &* SIMD8(repeating: 10)) &<< SIMD8(repeating: 8)
  return unsafeBitCast(ones, to: SIMD2<UInt64>.self)
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

  // Each of the lengths that are common in a function of its own: what all of them need together
  // does not fit in the registers that are free.

  @usableFromInline @inline(never)
  func appending(signed value: Int64) -> JSONCursor {
    let unsigned = UInt64(bitPattern: value)
    if unsigned < 1000 { return appending(below1000: unsigned) }
    return unsigned < 100_000_000 ? appending(below1E8: unsigned) : appending(wide: value)
  }

  @usableFromInline @inline(never)
  func appending(above9 value: UInt64) -> JSONCursor {
    if value < 1000 { return appending(below1000: value) }
    return value < 100_000_000 ? appending(below1E8: value) : appending(wide: value)
  }

  @inline(never)
  private func appending(wide value: Int64) -> JSONCursor {
    let unsigned = UInt64(bitPattern: value)
    if unsigned < 1_000_000_000 { return appending(nine: unsigned) }
    guard value < 0 else { return appending(above1E9: unsigned) }
    return appending(byte: 0x2D).appending(above9: value.magnitude)
  }

  @inline(never)
  private func appending(wide value: UInt64) -> JSONCursor {
    value < 1_000_000_000 ? appending(nine: value) : appending(above1E9: value)
  }

  /// `value` from 10^9 on.
  @inline(never)
  private func appending(above1E9 value: UInt64) -> JSONCursor {
    let (upper, low) = value.quotientAndRemainder(dividingBy: 1_000_000_000)
    if upper < 1000 { return appending(below1000: upper).appending(nine: low) }
    if upper < 1_000_000_000 { return appending(above9: upper).appending(nine: low) }
    let (high, middle) = upper.quotientAndRemainder(dividingBy: 1_000_000_000)
    return appending(below1000: high).appending(nine: middle).appending(nine: low)
  }

  /// `value` from 0 to 999.
  @inline(__always)
  private func appending(below1000 value: UInt64) -> JSONCursor {
    let entry = Self.entry(of: value)
    let zeros = entry &>> 24
    position.storeBytes(of: (entry &>> zeros).littleEndian, as: UInt32.self)
    return advanced(by: 3 &- Int(truncatingIfNeeded: zeros &>> 3))
  }

  /// Nine digits, with leading zeros. Stores ten bytes.
  @inline(__always)
  private func appending(nine value: UInt64) -> JSONCursor {
    // 274,877,907 is 2^38 / 1000, rounded up: exact for all numbers of nine digits.
    let thousands = (value &* 274_877_907) &>> 38
    let millions = (thousands &* 274_877_907) &>> 38
    let middle = thousands &- millions &* 1000
    let low = value &- thousands &* 1000
    position.storeBytes(of: Self.entry(of: millions).littleEndian, as: UInt32.self)
    (position + 3).storeBytes(of: Self.entry(of: middle).littleEndian, as: UInt32.self)
    (position + 6).storeBytes(of: Self.entry(of: low).littleEndian, as: UInt32.self)
    return advanced(by: 9)
  }

  @inline(__always)
  private static func entry(of value: UInt64) -> UInt32 {
    threeDigits.withUnsafeBufferPointer { $0[Int(truncatingIfNeeded: value)] }
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
