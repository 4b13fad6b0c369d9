// SPDX-License-Identifier: Apache-2.0

// Floating-point numbers as JSONEncoder writes them: Swift's description without a final `.0`.
// Positional from 10^-4 up to 2^53 (Float: 2^24), else with an exponent of two digits or more.

extension JSONCursor {
  /// Writes `value`. A NaN or an infinity is remembered as an error, and null is written.
  @usableFromInline @inline(never)
  func appending(_ value: Double) -> JSONCursor {
    let bits = value.bitPattern
    let fraction = bits & 0xF_FFFF_FFFF_FFFF
    let exponent = Int(truncatingIfNeeded: bits >> 52 & 0x7FF)
    // Zero, subnormals, infinities, NaN; and powers of two, the smallest of their binary order.
    if exponent &- 1 >= 0x7FE || exponent == 0 || fraction == 0 { return appendingRare(value) }
    let c = fraction | 1 << 52
    let q = exponent &- 1075
    position.storeBytes(of: 0x2D, as: UInt8.self)
    let cursor = advanced(by: Int(truncatingIfNeeded: bits >> 63))
    // Unsigned, so that one comparison, nearly always false, also says that q is not above 0: of
    // random numbers half are on either side of that, and no branch predictor knows which.
    let shift = UInt64(bitPattern: Int64(0 &- q))
    if UInt64(truncatingIfNeeded: c.trailingZeroBitCount) >= shift {
      return cursor.appending(c &>> shift)
    }
    guard let decimal = ShortestDecimal(c: c, q: q) else { return appendingRare(value) }
    // Of the numbers with a unit of one or more, those that are positional were whole. They have 16
    // digits or more before the point, and 16 tell the two kinds apart without a branch.
    let positional = Int(bitPattern: UInt(bitPattern: q) &>> 63)
    return cursor.appending(decimal, positionalBelow: 16 &+ positional)
  }

  /// Any double, for those that the fast way does not cover.
  @inline(never)
  private func appendingRare(_ value: Double) -> JSONCursor {
    guard value.isFinite else { return appendingNull(for: value) }
    position.storeBytes(of: 0x2D, as: UInt8.self)
    let cursor = advanced(by: value.sign == .minus ? 1 : 0)
    let magnitude = value.magnitude
    if magnitude <= 0x1p53, let whole = UInt64(exactly: magnitude) {
      return cursor.appending(whole)
    }
    let fraction = magnitude.significandBitPattern
    let exponent = Int(magnitude.exponentBitPattern)
    let decimal = ShortestDecimal(
      exact: exponent == 0 ? fraction : fraction | 1 << 52, q: max(exponent, 1) - 1075,
      isBoundary: fraction == 0 && exponent > 1)
    return cursor.appendingAny(decimal, isPositional: magnitude < 0x1p53)
  }

  /// Writes `value`. A NaN or an infinity is remembered as an error, and null is written.
  @usableFromInline @inline(never)
  func appending(_ value: Float) -> JSONCursor {
    guard value.isFinite else { return appendingNull(for: Double(value)) }
    position.storeBytes(of: 0x2D, as: UInt8.self)
    let cursor = advanced(by: value.sign == .minus ? 1 : 0)
    let magnitude = value.magnitude
    if magnitude <= 0x1p24 {
      let whole = UInt64(magnitude)
      if Float(whole) == magnitude { return cursor.appending(whole) }
    }
    let fraction = UInt64(magnitude.significandBitPattern)
    let exponent = Int(magnitude.exponentBitPattern)
    let c = exponent == 0 ? fraction : fraction | 1 << 23
    let q = max(exponent, 1) - 150
    let isBoundary = fraction == 0 && exponent > 1
    let decimal =
      (isBoundary ? nil : ShortestDecimal(c: c, q: q))
      ?? ShortestDecimal(exact: c, q: q, isBoundary: isBoundary)
    return cursor.appendingAny(decimal, isPositional: magnitude < 0x1p24)
  }

  @inline(never)
  private func appendingNull(for value: Double) -> JSONCursor {
    fail(nonFinite: value)
    return JSONWriter(self).null().cursor
  }

  /// A decimal of any number of digits.
  @inline(never)
  private func appendingAny(_ decimal: ShortestDecimal, isPositional: Bool) -> JSONCursor {
    var decimal = decimal
    decimal.leading += decimal.last / 10
    decimal.last %= 10
    while decimal.leading < 100_000_000_000_000 {
      decimal.leading = decimal.leading * 10 + decimal.last
      decimal.last = 0
      decimal.exponent -= 1
    }
    return appending(decimal, positionalBelow: isPositional ? 17 : -3)
  }

  /// A decimal with 15 or 16 leading digits, and not whole when positional.
  ///
  /// - Parameter limit: As many digits before the point, or more, take the form with an exponent.
  @inline(__always)
  private func appending(_ decimal: ShortestDecimal, positionalBelow limit: Int) -> JSONCursor {
    let upper = decimal.leading / 100_000_000
    let both = sixteenDigits(upper, decimal.leading &- upper &* 100_000_000)
    let (high, low) = (both[0], both[1])
    // 1 where the first of the 17 digits is a zero that is not written.
    let skipped = upper < 10_000_000 ? 1 : 0
    let zeros =
      decimal.last != 0
      ? 0
      : low != 0
        ? 1 &+ (low | 1).leadingZeroBitCount &>> 3 : 9 &+ (high | 1).leadingZeroBitCount &>> 3
    let digits = Digits(
      sixteen: both | SIMD2(repeating: asciiZeros),
      last: UInt8(truncatingIfNeeded: decimal.last) | 0x30,
      skipped: skipped, count: 17 &- skipped &- zeros)
    /// The number of digits before the point.
    let point = decimal.exponent &+ 17 &- skipped
    guard UInt(bitPattern: point &+ 3) < UInt(bitPattern: limit &+ 3) else {
      return appending(digits, exponent: point &- 1)
    }
    if point > 0, point < 8 {
      // The digits one byte further, then the first eight bytes again, with those before the point
      // at their place.
      digits.store(at: position + 1)
      let bit = UInt64(truncatingIfNeeded: point &* 8)
      let before = (1 as UInt64) &<< bit &- 1
      let word = digits.first & before | 0x2E &<< bit | (digits.first & ~before) &<< 8
      position.storeBytes(of: word.littleEndian, as: UInt64.self)
      return advanced(by: digits.count &+ 1)
    }
    // Part by part, since the whole would go through memory, for all that come here or not.
    return appendingRarely(
      digits.sixteen, last: digits.last, skipped: digits.skipped, count: digits.count, point: point)
  }

  /// 16 or 17 digits in ASCII.
  private struct Digits {
    /// The first 16 as bytes, the first in the lowest.
    var sixteen: SIMD2<UInt64>
    var last: UInt8
    /// 0 or 1.
    var skipped: Int
    /// How many are left without the zeros at the end.
    var count: Int

    /// The first eight without the one that is skipped.
    @inline(__always)
    var first: UInt64 { sixteen[0] &>> UInt64(truncatingIfNeeded: skipped &* 8) }

    /// Writes all of them, 17 bytes in all, of which the first lies before `start` if it is skipped.
    @inline(__always)
    func store(at start: UnsafeMutableRawPointer) {
      let all = start - skipped
      let words = SIMD2(sixteen[0].littleEndian, sixteen[1].littleEndian)
      all.storeBytes(of: words, as: SIMD2<UInt64>.self)
      (all + 16).storeBytes(of: last, as: UInt8.self)
    }

    /// The same, and nothing before `start`.
    @inline(__always)
    func storeInParts(at start: UnsafeMutableRawPointer) {
      start.storeBytes(of: first.littleEndian, as: UInt64.self)
      let next = start + (8 &- skipped)
      next.storeBytes(of: sixteen[1].littleEndian, as: UInt64.self)
      (next + 8).storeBytes(of: last, as: UInt8.self)
    }
  }

  /// Writes numbers of eight digits or more before the point, or of none.
  @inline(never)
  private func appendingRarely(
    _ sixteen: SIMD2<UInt64>, last: UInt8, skipped: Int, count: Int, point: Int
  ) -> JSONCursor {
    let digits = Digits(sixteen: sixteen, last: last, skipped: skipped, count: count)
    if point <= 0 {
      let zeros: UInt64 = 0x3030_3030_2E30
      position.storeBytes(of: zeros.littleEndian, as: UInt64.self)
      let start = position + (2 - point)
      digits.storeInParts(at: start)
      return moved(to: start + digits.count)
    }
    digits.storeInParts(at: position)
    let end = position + point
    (end + 1).copyMemory(from: end, byteCount: 17 - point)
    end.storeBytes(of: 0x2E, as: UInt8.self)
    return advanced(by: digits.count + 1)
  }

  /// Writes `d.ddde±xx`.
  @inline(__always)
  private func appending(_ digits: Digits, exponent: Int) -> JSONCursor {
    digits.store(at: position + 1)
    // The first digit goes before the point.
    let first = UInt16(truncatingIfNeeded: digits.first & 0xFF | 0x2E00)
    position.storeBytes(of: first.littleEndian, as: UInt16.self)
    let end = position + (digits.count == 1 ? 1 : 1 &+ digits.count)
    // Two digits or three, without a branch: `e`, the sign, and a table's digits in one store.
    let entry = threeDigits.withUnsafeBufferPointer { UInt64($0[Int(exponent.magnitude)]) }
    let zeros = min(entry &>> 24, 8)
    let sign: UInt64 = exponent < 0 ? 0x2D65 : 0x2B65
    let word = sign | ((entry & 0xFF_FFFF) &>> zeros) &<< 16
    end.storeBytes(of: word.littleEndian, as: UInt64.self)
    return moved(to: end + (5 &- Int(truncatingIfNeeded: zeros &>> 3)))
  }
}
