import OptlabBasics
import OptlabMeasure

extension SelfTest {
  /// One line a check.
  public func text() -> String {
    var table = TextTable([
      ("loop", .left), ("measured", .right), ("expected", .right), ("error", .right), ("", .left),
    ])
    for check in checks {
      let isRate = check.expected > 1e6
      func figure(_ value: Double) -> String {
        isRate ? Figures.significant(value) : Figures.significant(value) + " cycles"
      }
      table.add([
        check.name, figure(check.measured), figure(check.expected),
        Figures.signedPercent(check.error), check.passed ? "ok" : "FAIL",
      ])
    }
    return table.text + (passed ? "self-test passed" : "self-test FAILED")
      + (attempts > 1 ? ", after \(attempts) attempts\n" : "\n")
  }
}
