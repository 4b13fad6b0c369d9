/// Sizes as people write them.
public enum ByteCount {
  private static let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)]

  /// `16B`, `8KiB`, `1MiB`: the largest unit that divides it.
  public static func text(_ bytes: Int) -> String {
    for (name, shift) in units where bytes > 0 && bytes & (1 << shift - 1) == 0 {
      return "\(bytes >> shift)\(name)"
    }
    return "\(bytes)B"
  }

  /// Reads `8192`, `16B`, `8KiB`, `8k`, `1 MiB`; nil for anything else, and for what Int cannot
  /// hold.
  public static func parse(_ text: some StringProtocol) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let value = Int(digits) else { return nil }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
    if unit.isEmpty || unit == "b" { return value }
    for (name, shift) in units
    where [name.lowercased(), String(name.first!).lowercased()].contains(unit) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 1 << shift)
      return overflow ? nil : product
    }
    return nil
  }
}
