/// A slice that another process took.
///
/// - ticks: of the time stamp counter, for all calls of the slice, without what reading it costs.
/// - before, after: probes taken on the same CPU directly before and after the slice; nil where the
///   other process takes none, so that the ``Sampler`` takes them around the request.
public typealias ExternalSlice = (ticks: Double, before: ProbeReading?, after: ProbeReading?)

/// A case that is made ready in another process, which also times it: the way there and back is in no
/// figure.
public protocol ExternalCase: PreparedCase {
  /// In seconds: the least that a slice should take, whatever the plan aims at.
  var shortestSlice: Double { get }

  /// Does the work `calls` times, and says how long that took.
  func takeSlice(calls: Int) throws -> ExternalSlice

  /// Takes up to `count` slices one right after the other, at least one. Without probes of its own
  /// it takes just one.
  func takeSlices(_ count: Int, calls: Int) throws -> [ExternalSlice]
}

extension ExternalCase {
  public var shortestSlice: Double { 0 }

  public func takeSlices(_ count: Int, calls: Int) throws -> [ExternalSlice] {
    [try takeSlice(calls: calls)]
  }

  /// For loops that time nothing; a failure shows in the next slice.
  public func run(_ calls: Int) { _ = try? takeSlice(calls: calls) }
}
