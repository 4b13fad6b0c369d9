import Foundation
import OptlabBasics

extension Figures {
  /// To as many digits as the worse half of it has; `~84x` where something stands against that half.
  public static func times(_ ratio: Ratio) -> String { quotient(ratio) + "x" }

  /// The same without the cross, for a ratio of costs: `0.987`.
  package static func quotient(_ ratio: Ratio) -> String {
    let mark = ratio.isMarked ? "~" : ""
    guard ratio.digits < 3, ratio.value > 0, ratio.value.isFinite else {
      return mark + times(ratio.value).dropLast()
    }
    func magnitude(_ value: Double) -> Int { Int(clamping: log10(value).rounded(.down)) }
    let unit = pow(10, Double(magnitude(ratio.value) - ratio.digits + 1))
    let rounded = (ratio.value / unit).rounded() * unit
    // Rounding may have brought a digit more: 9.96 is 10.
    let decimals = ratio.digits - 1 - magnitude(rounded * (1 + 1e-9))
    return mark + String(format: "%.\(max(0, decimals))f", rounded)
  }
}
