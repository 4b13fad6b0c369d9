import Foundation

/// Student's t distribution: what the mean of few values, with a spread known only from them, is
/// distributed like.
public struct StudentT: Sendable {
  /// Degrees of freedom, above 0; need not be a whole number.
  public let freedom: Double

  public init(freedom: Double) {
    precondition(freedom > 0)
    self.freedom = freedom
  }

  /// The probability of a value above `t`.
  ///
  /// Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.1.
  public func upperTail(_ t: Double) -> Double {
    guard t.isFinite else { return t > 0 ? 0 : 1 }
    let tail = incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2
    return t >= 0 ? tail : 1 - tail
  }

  /// The value above which there is the given probability, which is at most one half.
  public func quantile(upperTail p: Double) -> Double {
    precondition(p > 0 && p <= 0.5)
    var low = 0.0
    var high = 1.0
    while upperTail(high) > p { high *= 2 }
    // The tail falls without a jump: 100 halvings leave no room between the two.
    for _ in 0..<100 where high - low > 1e-12 * high {
      let middle = (low + high) / 2
      if upperTail(middle) > p { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

/// The regularised incomplete beta function I(x; a, b), by its continued fraction.
///
/// Source: NIST Digital Library of Mathematical Functions, 8.17.22, evaluated by the method of Lentz
/// (Applied Optics 15, 1976, page 668).
func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  if x <= 0 { return 0 }
  if x >= 1 { return 1 }
  // The fraction converges fast on this side of the mean only.
  if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
  let front =
    exp(
      lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
  let least = 1e-300
  var c = 1.0
  var d = 1 / max(1 - (a + b) * x / (a + 1), least)
  var fraction = d
  for m in 1...10_000 {
    let m = Double(m)
    for factor in [
      m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
      -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
    ] {
      d = 1 / away(1 + factor * d)
      c = away(1 + factor / c)
      fraction *= c * d
    }
    if abs(c * d - 1) < 1e-15 { break }
  }
  return front * fraction

  /// Not so close to 0 that its reciprocal is lost.
  func away(_ value: Double) -> Double { abs(value) < least ? least : value }
}
