// SPDX-License-Identifier: Apache-2.0

/// The shortest decimal number that reads back as a given binary one, and among the shortest the
/// closest to it.
///
/// The number is `c * 2^q`; all decimals within half a unit of c on both sides read back as it (the
/// ends too where c is even). With `10^k` the largest power of ten not above `2^q`, the interval
/// holds at least one multiple of 10^k and at most one of 10^(k+1). If there is one of the latter,
/// it is the answer; if not, the multiple of 10^k next to the number is.
///
/// Both follow from `x = c * 2^q / 10^(k+1)`: its whole part, its fraction, and half a unit in the
/// same measure, found with one multiplication by a power of ten of 124 bits. The first 64 bits of
/// the fraction decide, unless they are within a few units of a limit: then all 128 bits do, and
/// what still looks equal is equal. That is certain because the computed fraction is at most 2^-71
/// too small, while no double comes closer to a limit than 2^-67.9 without meeting it (found by
/// continued fractions for every exponent, as in Adams' article).
///
/// Source: Giulietti, "The Schubfach way to render doubles", 2020 (interval, choice of k); Xiang,
/// xjb, 2025 (whole part and fraction from one multiplication); Adams, "Ryū: fast
/// float-to-string conversion", PLDI 2018 (the bounds).
struct ShortestDecimal {
  /// The number is `(10 * leading + last) * 10^exponent`. `last` is a digit; the number may end in
  /// zeros.
  var leading: UInt64, last: UInt64
  var exponent: Int

  /// Nil where 64 bits of fraction do not decide.
  ///
  /// - Parameters:
  ///   - c: From 1 to 2^53, and not the smallest of its binary order.
  ///   - q: From -1074 to 971.
  @inline(__always)
  init?(c: UInt64, q: Int) {
    let scaled = Scaled(c: c, q: q, k: (q &* 315_653) >> 20)
    let fraction = scaled.fraction.high
    let half = scaled.half.high
    let (digit, rest) = fraction.multipliedFullWidth(by: 10)
    // Both limits and the middle between two digits, each with a margin for what was cut off: up to
    // one unit of the fraction, so up to ten of the rest, and up to 16 of the half.
    if fraction &- half &+ 2 <= 20 || fraction &+ half &+ 20 <= 20
      || rest &- 0x7FFF_FFFF_FFFF_FFF0 <= 16
    {
      return nil
    }
    // In arithmetic: half of random numbers have one digit less, and no branch predictor knows which.
    let up: UInt64 = fraction > ~half ? 1 : 0
    let down: UInt64 = fraction < half ? 1 : 0
    leading = scaled.whole &+ up
    last = (digit &+ rest >> 63) & ((up | down) &- 1)
    exponent = scaled.k
  }

  /// The same with 128 bits of fraction and nothing left open.
  ///
  /// - Parameter isBoundary: Whether c is the smallest of its binary order, so that the next number
  ///   below is only half a unit away.
  @inline(never)
  init(exact c: UInt64, q: Int, isBoundary: Bool) {
    // At a boundary the interval is 3/4 as wide: k follows from 3/4 * 2^q.
    let k = isBoundary ? (q * 1_262_611 - 524_031) >> 22 : (q * 315_653) >> 20
    let scaled = Scaled(c: c, q: q, k: k)
    let isEven = c & 1 == 0
    let fraction = scaled.fraction.full
    let up = scaled.half.full
    let down = isBoundary ? up >> 1 : up
    leading = scaled.whole
    last = 0
    exponent = k
    switch (Self.compare(fraction, down), Self.compare(0 &- fraction, up)) {
    case (.less, _): return
    case (.equal, _) where isEven: return
    case (_, .less): leading += 1
    case (_, .equal) where isEven: leading += 1
    default:
      let (digit, rest) = fraction.multipliedFullWidth(by: 10)
      // Ten times the fraction has ten times its error.
      switch Self.compare(rest, 1 << 127, tolerance: 1 << 62) {
      case .less: last = UInt64(digit)
      case .equal: last = UInt64(digit + digit & 1)
      case .greater: last = UInt64(digit + 1)
      }
      // Only at a boundary can the nearest digit fall below the interval.
      if isBoundary {
        last = max(last, UInt64((fraction - down).multipliedFullWidth(by: 10).high) + 1)
      }
    }
  }

  private enum Order { case less, equal, greater }

  /// Compares two fractions of 2^128, taking a difference below 2^-69 for none.
  private static func compare(
    _ a: UInt128, _ b: UInt128, tolerance: UInt128 = 1 << 59
  ) -> Order {
    if (a > b ? a - b : b - a) < tolerance { return .equal }
    return a < b ? .less : .greater
  }
}

extension ShortestDecimal {
  /// `c * 2^q / 10^(k+1)`.
  private struct Scaled {
    struct Fraction {
      /// In units of 2^-64; at most 16 too small.
      var high: UInt64
      /// In units of 2^-128.
      var full: UInt128
    }

    var whole: UInt64
    var fraction: Fraction
    /// `2^(q-1) / 10^(k+1)`: half a unit of c.
    var half: Fraction
    var k: Int

    @inline(__always)
    init(c: UInt64, q: Int, k: Int) {
      self.k = k
      let power = -1 &- k
      // 1 to 5: what brings the whole part to bit 128 of the product.
      let shift = UInt64(truncatingIfNeeded: q &+ (power &* 1_741_647) >> 19 &+ 5)
      let (powerHigh, powerLow) = powersOfTen.withUnsafeBufferPointer {
        let index = 2 &* (power &- smallestPowerOfTen)
        return ($0[index], $0[index &+ 1])
      }
      let (high, upperLow) = (c &<< shift).multipliedFullWidth(by: powerHigh)
      let (lowerHigh, low) = (c &<< shift).multipliedFullWidth(by: powerLow)
      let (middle, carry) = upperLow.addingReportingOverflow(lowerHigh)
      whole = high &+ (carry ? 1 : 0)
      fraction = Fraction(high: middle, full: UInt128(middle) << 64 | UInt128(low))
      // Twice the half would be the power shifted as c was.
      let up = shift &- 1
      half = Fraction(
        high: powerHigh &<< up,
        full: (UInt128(powerHigh) << 64 | UInt128(powerLow)) &<< UInt128(up))
    }
  }
}
