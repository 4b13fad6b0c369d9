import OptlabBasics

/// A case whose loop has no name for a profiler where it is timed: a copy of one that has.
package protocol NearbyCase: PreparedCase {
  /// Does the same by code of this program.
  func runNearby(_ calls: Int)
}

/// A case made ready for one implementation: what is timed.
public protocol PreparedCase: AnyObject {
  /// Units of work done in one call: bytes of text encrypted, steps simulated.
  var unitsPerCall: Int { get }

  /// Does the work `calls` times, with nothing else in the loop.
  func run(_ calls: Int)
}

/// A case that can tell whether the calls that were timed did the work: by what they put out, outside
/// of the time.
public protocol CheckedCase: PreparedCase {
  /// Changes the input where the case has one that can change, and spoils what earlier calls have put
  /// out, so that output of another input, or of an earlier call, is noticed.
  ///
  /// - Parameter seed: what the change follows from; no implementation knows it beforehand.
  func renew(_ seed: UInt64)

  /// Looks at what the calls since ``renew(_:)`` have put out.
  ///
  /// - Parameters:
  ///   - calls: how many there were, 1 at least.
  ///   - thoroughly: whether all of it is looked at, however long that takes.
  func check(calls: Int, thoroughly: Bool) throws(Mismatch)
}

extension Mismatch {
  /// What was checked, where it is the output of calls that were timed.
  package static let timedCalls = "the output of the timed calls"
}
