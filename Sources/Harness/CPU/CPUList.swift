/// Numbers of CPUs as the kernel lists them, `0-3,8` (cpuset(7), "List format").
package enum CPUList {
  /// The numbers, in the list's order, or nil where it is not one. An empty text is an empty list.
  package static func numbers(_ text: String) -> [Int]? {
    var numbers: [Int] = []
    for range in text.split(separator: ",") {
      let ends = range.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
        0 <= first, first <= last, last < 1 << 16
      else { return nil }
      numbers += Array(first...last)
    }
    return numbers
  }

  /// The list of ascending numbers.
  static func text(_ numbers: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }
}
