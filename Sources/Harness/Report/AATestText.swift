import OptlabBasics
import OptlabMeasure
import OptlabStatistics

extension AATest {
  /// What it found, in a few lines.
  public func text() -> String {
    let same = OrderStatistics(ratios)
    let slower = OrderStatistics(slowdownRatios)
    func range(_ values: OrderStatistics) -> String {
      "median \(Figures.signedPercent(values.median - 1)), "
        + "from \(Figures.signedPercent(values.sorted[0] - 1)) "
        + "to \(Figures.signedPercent(values.sorted[values.sorted.count - 1] - 1))"
    }
    var table = TextTable([("", .left), ("", .left)])
    table.add([
      "against itself",
      "\(different) of \(comparisons) called different, \(unstable) unstable; \(range(same))",
    ])
    table.add([
      "against \(Figures.signedPercent(slowdown)) calls",
      "\(found) of \(comparisons) found slower; \(range(slower))",
    ])
    table.add(["clean slices", Figures.percent(cleanShare)])
    return String(table.text.drop { $0 == "\n" })
  }
}
