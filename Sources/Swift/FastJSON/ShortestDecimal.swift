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
/// same measure, found with one multiplication by a power of ten of 128 bits. The first 64 bits of
/// the fraction decide, unless they are within 12 units of a limit: then the full 128 bits do, and
/// what still looks equal is equal. That is certain because the computed fraction is at most 2^-75
/// too small, while no double comes closer to a limit than 2^-67.9 without meeting it (found by
/// continued fractions for every exponent, as in Adams' article).
///
/// Source: Giulietti, "The Schubfach way to render doubles", 2020 (interval, choice of k); Xiang,
/// xjb, 2025 (whole part and fraction from one multiplication); Adams, "Ryū: fast
/// float-to-string conversion", PLDI 2018 (the bounds).
struct ShortestDecimal {
  /// May end in zeros. At most 17 digits.
  var significand: UInt64
  /// The number is `significand * 10^exponent`.
  var exponent: Int

  /// - Parameters:
  ///   - c: From 1 to 2^53.
  ///   - q: From -1074 to 971.
  ///   - isBoundary: Whether c is the smallest of its binary order, so that the next number below is
  ///     only half a unit away.
  @inline(__always)
  init(c: UInt64, q: Int, isBoundary: Bool) {
    if isBoundary {
      self.init(exact: c, q: q, isBoundary: true)
      return
    }
    let scaled = Scaled(c: c, q: q, k: (q &* 315_653) >> 20)
    let fraction = scaled.fraction.high
    let half = scaled.half.high
    let (digit, rest) = fraction.multipliedFullWidth(by: 10)
    // Both limits and the middle between two digits, each with its margin.
    let isUnclear =
      (fraction &- half &+ 1 <= 2) || (fraction &+ half &+ 3 <= 3)
      || (rest &- 0x7FFF_FFFF_FFFF_FFF4 <= 12)
    if isUnclear {
      self.init(exact: c, q: q, isBoundary: false)
      return
    }
    let isDown = fraction < half
    let isUp = fraction > ~half
    let nearest = digit &+ rest >> 63
    self.init(
      significand: scaled.whole &* 10 &+ (isDown ? 0 : isUp ? 10 : nearest), exponent: scaled.k)
  }

  @inline(__always)
  private init(significand: UInt64, exponent: Int) {
    self.significand = significand
    self.exponent = exponent
  }

  /// The same with 128 bits of fraction and nothing left open.
  @inline(never)
  init(exact c: UInt64, q: Int, isBoundary: Bool) {
    // At a boundary the interval is 3/4 as wide: k follows from 3/4 * 2^q.
    let k = isBoundary ? (q &* 1_262_611 &- 524_031) >> 22 : (q &* 315_653) >> 20
    let scaled = Scaled(c: c, q: q, k: k)
    let isEven = c & 1 == 0
    let fraction = scaled.fraction.full
    let up = scaled.half.full
    let down = isBoundary ? up >> 1 : up
    var ten: UInt64
    switch (Self.compare(fraction, down), Self.compare(0 &- fraction, up)) {
    case (.less, _): ten = 0
    case (.equal, _) where isEven: ten = 0
    case (_, .less): ten = 10
    case (_, .equal) where isEven: ten = 10
    default:
      let (digit, rest) = fraction.multipliedFullWidth(by: 10)
      switch Self.compare(rest, 1 << 127) {
      case .less: ten = UInt64(digit)
      case .equal: ten = UInt64(digit + digit & 1)
      case .greater: ten = UInt64(digit + 1)
      }
      // Only at a boundary can the nearest digit fall below the interval.
      if isBoundary {
        ten = max(ten, UInt64((fraction - down).multipliedFullWidth(by: 10).high) + 1)
      }
    }
    significand = scaled.whole * 10 + ten
    exponent = k
  }

  private enum Order { case less, equal, greater }

  /// Compares two fractions of 2^128, taking a difference below 2^-71 for none.
  private static func compare(_ a: UInt128, _ b: UInt128) -> Order {
    let tolerance: UInt128 = 1 << 57
    if (a > b ? a - b : b - a) < tolerance { return .equal }
    return a < b ? .less : .greater
  }
}

extension ShortestDecimal {
  /// `c * 2^q / 10^(k+1)`.
  private struct Scaled {
    struct Fraction {
      /// In units of 2^-64 and of 2^-128, both rounded down.
      var high, low: UInt64
      var full: UInt128 { UInt128(high) << 64 | UInt128(low) }
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
      // 1 to 5: what brings the whole part to bit 132 of the product.
      let shift = UInt64(truncatingIfNeeded: q &+ (power &* 1_741_647) >> 19 &+ 5)
      let (powerHigh, powerLow) = powersOfTen.withUnsafeBufferPointer {
        let index = 2 &* (power &- smallestPowerOfTen)
        return ($0[index], $0[index &+ 1])
      }
      let (high, upperLow) = (c &<< shift).multipliedFullWidth(by: powerHigh)
      let (lowerHigh, low) = (c &<< shift).multipliedFullWidth(by: powerLow)
      let (middle, carry) = upperLow.addingReportingOverflow(lowerHigh)
      let top = high &+ (carry ? 1 : 0)
      whole = top &>> 4
      fraction = Fraction(high: top &<< 60 | middle &>> 4, low: middle &<< 60 | low &>> 4)
      let down = 5 &- shift
      half = Fraction(
        high: powerHigh &>> down, low: (powerHigh &<< 1) &<< (63 &- down) | powerLow &>> down)
    }
  }
}
