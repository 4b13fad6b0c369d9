// SPDX-License-Identifier: Apache-2.0

// Floating-point numbers as JSONEncoder writes them: Swift's description without a final `.0`.
// Positional from 10^-4 up to 2^53 (Float: 2^24), else with an exponent of two digits or more.

extension JSONCursor {
  /// Writes `value`. A NaN or an infinity is remembered as an error, and null is written.
  @usableFromInline
  func appending(_ value: Double) -> JSONCursor {
    let bits = value.bitPattern
    position.storeBytes(of: 0x2D, as: UInt8.self)
    let cursor = advanced(by: Int(truncatingIfNeeded: bits >> 63))
    // Whole numbers, which also take in zero and most powers of two.
    let magnitude = value.magnitude
    if magnitude <= 0x1p53 {
      let whole = UInt64(magnitude)
      if Double(whole) == magnitude { return cursor.appending(whole) }
    }
    let fraction = bits & 0xF_FFFF_FFFF_FFFF
    let exponent = Int(truncatingIfNeeded: bits >> 52 & 0x7FF)
    if exponent == 0x7FF { return appendingNull(for: value) }
    if exponent == 0 {
      let decimal = ShortestDecimal(c: fraction, q: -1074, isBoundary: false)
      return cursor.appendingShort(decimal, isPositional: false)
    }
    let decimal = ShortestDecimal(
      c: fraction | 1 << 52, q: exponent - 1075, isBoundary: fraction == 0 && exponent > 1)
    // Of the numbers with a unit of one or more, those that are positional were whole.
    return cursor.appending(decimal, isPositional: exponent < 1075)
  }

  /// Writes `value`. A NaN or an infinity is remembered as an error, and null is written.
  @usableFromInline
  func appending(_ value: Float) -> JSONCursor {
    let bits = value.bitPattern
    position.storeBytes(of: 0x2D, as: UInt8.self)
    let cursor = advanced(by: Int(truncatingIfNeeded: bits >> 31))
    let magnitude = value.magnitude
    if magnitude <= 0x1p24 {
      let whole = UInt64(magnitude)
      if Float(whole) == magnitude { return cursor.appending(whole) }
    }
    let fraction = UInt64(bits & 0x7F_FFFF)
    let exponent = Int(truncatingIfNeeded: bits >> 23 & 0xFF)
    if exponent == 0xFF { return appendingNull(for: Double(value)) }
    let decimal =
      exponent == 0
      ? ShortestDecimal(c: fraction, q: -149, isBoundary: false)
      : ShortestDecimal(
        c: fraction | 1 << 23, q: exponent - 150, isBoundary: fraction == 0 && exponent > 1)
    return cursor.appendingShort(decimal, isPositional: exponent < 150)
  }

  @inline(never)
  private func appendingNull(for value: Double) -> JSONCursor {
    fail(nonFinite: value)
    return JSONWriter(self).null().cursor
  }

  /// A decimal of any number of digits.
  @inline(never)
  private func appendingShort(_ decimal: ShortestDecimal, isPositional: Bool) -> JSONCursor {
    var decimal = decimal
    while decimal.significand < 1_000_000_000_000_000 {
      decimal.significand *= 10
      decimal.exponent -= 1
    }
    return appending(decimal, isPositional: isPositional)
  }

  /// A decimal of 16 or 17 digits.
  @inline(__always)
  private func appending(_ decimal: ShortestDecimal, isPositional: Bool) -> JSONCursor {
    // One digit, then sixteen.
    let isShort = decimal.significand < 10_000_000_000_000_000
    let significand = isShort ? decimal.significand &* 10 : decimal.significand
    /// The number of digits before the point.
    let point = decimal.exponent &+ (isShort ? 16 : 17)
    let upper = significand / 100_000_000
    let first = UInt8(truncatingIfNeeded: upper / 100_000_000) | 0x30
    let low = eightDigits(upper % 100_000_000)
    let high = eightDigits(significand &- upper &* 100_000_000)
    // How many of the sixteen there are without the zeros at the end.
    let count =
      high != 0
      ? 16 &- high.leadingZeroBitCount &>> 3 : 8 &- low.leadingZeroBitCount &>> 3
    let rest = (low | asciiZeros, high | asciiZeros)
    guard isPositional, point > -4 else {
      return appending(exponent: point &- 1, first, rest, count)
    }
    if point > 0 {
      position.storeBytes(of: first, as: UInt8.self)
      return appending(rest, count, pointAt: point &- 1)
    }
    position.storeBytes(of: 0x3030_3030_2E30 as UInt64, as: UInt64.self)
    let start = position + (2 &- point)
    start.storeBytes(of: first, as: UInt8.self)
    (start + 1).storeBytes(of: rest.0.littleEndian, as: UInt64.self)
    (start + 9).storeBytes(of: rest.1.littleEndian, as: UInt64.self)
    return moved(to: start + (1 &+ count))
  }

  /// Writes the digits behind the first, with a point before digit `point` of them, which is 0 to 15.
  @inline(__always)
  private func appending(_ digits: (UInt64, UInt64), _ count: Int, pointAt point: Int)
    -> JSONCursor
  {
    // The digits from the point on move up by a byte.
    let bit = UInt64(truncatingIfNeeded: point &* 8)
    let low: UInt64
    let high: UInt64
    if point < 8 {
      let before = (1 as UInt64) &<< bit &- 1
      low = digits.0 & before | 0x2E &<< bit | (digits.0 & ~before) &<< 8
      high = digits.1 &<< 8 | digits.0 &>> 56
    } else {
      let before = (1 as UInt64) &<< bit &- 1
      low = digits.0
      high = digits.1 & before | 0x2E &<< bit | (digits.1 & ~before) &<< 8
    }
    (position + 1).storeBytes(of: low.littleEndian, as: UInt64.self)
    (position + 9).storeBytes(of: high.littleEndian, as: UInt64.self)
    (position + 17).storeBytes(of: UInt8(truncatingIfNeeded: digits.1 &>> 56), as: UInt8.self)
    return advanced(by: count > point ? 2 &+ count : 1 &+ point)
  }

  /// Writes `d.ddde±xx`.
  @inline(never)
  private func appending(
    exponent: Int, _ first: UInt8, _ digits: (UInt64, UInt64), _ count: Int
  ) -> JSONCursor {
    position.storeBytes(of: UInt16(first) | 0x2E00, as: UInt16.self)
    (position + 2).storeBytes(of: digits.0.littleEndian, as: UInt64.self)
    (position + 10).storeBytes(of: digits.1.littleEndian, as: UInt64.self)
    var cursor = advanced(by: count == 0 ? 1 : 2 + count).appending(byte: 0x65)
    cursor = cursor.appending(byte: exponent < 0 ? 0x2D : 0x2B)
    let magnitude = UInt64(exponent.magnitude)
    if magnitude < 10 { cursor = cursor.appending(byte: 0x30) }
    return cursor.appending(magnitude)
  }
}
