import OptlabBasics

/// What came of checking an implementation against the reference.
public enum Verdict: Sendable {
  /// Every check agreed; how many there were.
  case passed(checks: Int)
  case failed(Mismatch)
}
