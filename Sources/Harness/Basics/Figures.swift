import Foundation

/// Numbers as the tables print them.
public enum Figures {
  /// Four significant digits at least, no exponent: `0.1652`, `22.41`, `267.3`, `20480`.
  public static func significant(_ value: Double) -> String {
    let magnitude = abs(value)
    let decimals: Int =
      switch magnitude {
      case 1000...: 0
      case 100..<1000: 1
      case 10..<100: 2
      case 1..<10: 3
      default: 4
      }
    return String(format: "%.\(decimals)f", value)
  }

  /// Three digits at least, `22.9`, `5.84`, `0.156`, `0.0354`, for where there is little room.
  static func short(_ value: Double) -> String {
    String(
      format: value >= 10 ? "%.1f" : value >= 1 ? "%.2f" : value >= 0.1 ? "%.3f" : "%.4f", value)
  }

  /// `0.0017x`, `1.00x`, `23.4x`, `180x`.
  public static func times(_ value: Double) -> String {
    String(
      format: value >= 100 ? "%.0fx" : value >= 10 ? "%.1fx" : value >= 0.1 ? "%.2fx" : "%.4fx",
      value)
  }

  /// `12.41 ns`, `1.098 us`, `66.92 ms`, `2.086 s`.
  public static func duration(_ seconds: Double) -> String {
    let units = [(1.0, "s"), (1e-3, "ms"), (1e-6, "us")]
    let (scale, unit) = units.first { seconds >= $0.0 } ?? (1e-9, "ns")
    return "\(significant(seconds / scale)) \(unit)"
  }

  /// `26 s`, `1.4 s`, `0.03 s`: for how long something takes that people wait for.
  package static func seconds(_ seconds: Double) -> String {
    String(format: seconds >= 9.95 ? "%.0f s" : seconds >= 0.95 ? "%.1f s" : "%.2f s", seconds)
  }

  /// `98%`, `4.2%`, `0.04%`, of a share.
  public static func percent(_ share: Double) -> String {
    String(format: share >= 0.0995 ? "%.0f%%" : share >= 0.001 ? "%.1f%%" : "%.2f%%", share * 100)
  }

  /// `+0.31%`, `-1.20%`, of a share.
  public static func signedPercent(_ share: Double) -> String {
    String(format: "%+.2f%%", share * 100)
  }
}

extension Int {
  /// The nearest integer there is: what is worked out of figures may be beyond all of them.
  package init(clamping value: Double) {
    // Double(Int.max) is one more than it, so it is not exactly convertible either.
    self = Int(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : value > 0 ? .max : 0)
  }
}
