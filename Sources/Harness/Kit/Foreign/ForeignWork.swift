/// Work that is done in another process: a plugin's, or a runner's.
///
/// What it throws, and what its verdict says, is the matter of its own row; all others go on. A crash,
/// a missed deadline and nonsense are thrown as a ``Mismatch``, which makes a failed row; another
/// error makes one that could not be prepared.
public protocol ForeignWork: Sendable {
  func does(_ workload: Workload) -> Bool

  /// Checks it against the workload's reference.
  ///
  /// - Parameters:
  ///   - payloads: of a JSON workload.
  ///   - seed: what keys and texts follow from.
  func verify(_ workload: Workload, payloads: [JSONPayload], seed: UInt64) -> Verdict

  /// Makes a case ready.
  ///
  /// - Parameters:
  ///   - seed: what key and text follow from.
  ///   - layout: any number; each of 64 in a row puts the buffers at another page offset, where the
  ///     other process is able to do so.
  /// - Returns: a ``ForeignCase``, or a case that this process runs itself.
  func prepare(_ workload: Workload, _ case: Case, seed: UInt64, layout: Int) throws
    -> any PreparedCase

  /// The command line, without seed, that verifies it again; nil where `harness verify` does.
  func checkCommand(_ workload: Workload) -> String?

  /// Why it cannot run here, with the remedy; nil where it can.
  var obstacle: String? { get }

  /// Versions of what its figures depend on, by name.
  var versions: [String: String] { get }

  /// Where it comes from, for messages: `the runner './mine'`; nil where that is nowhere.
  var source: String? { get }

  /// Why nothing is known of what it has to offer; nil where that is known.
  var refusal: String? { get }

  /// Checks of the last verification that it has not done, and said so: `15 bytes: whole blocks alone`.
  func refusedChecks(of workload: Workload) -> [String]
}

extension ForeignWork {
  public func checkCommand(_ workload: Workload) -> String? { nil }
  public var obstacle: String? { nil }
  public var versions: [String: String] { [:] }
  public var source: String? { nil }
  public var refusal: String? { nil }
  public func refusedChecks(of workload: Workload) -> [String] { [] }
}

/// A slice that another process took.
///
/// - ticks: of the time stamp counter, for all calls of the slice, without what reading it costs.
/// - before, after: probes taken on the same CPU directly before and after the slice; nil where the
///   other process takes none, so that the ``Sampler`` takes them around the request.
public typealias ForeignSlice = (ticks: Double, before: ProbeReading?, after: ProbeReading?)

/// A case that is made ready in another process, which also times it: the way there and back is in no
/// figure.
public protocol ForeignCase: PreparedCase {
  /// In seconds: the least that a slice should take, whatever the plan aims at.
  var shortestSlice: Double { get }

  /// Does the work `calls` times, and says how long that took.
  func takeSlice(calls: Int) throws -> ForeignSlice

  /// Takes up to `count` slices one right after the other, at least one. Without probes of its own
  /// it takes just one.
  func takeSlices(_ count: Int, calls: Int) throws -> [ForeignSlice]
}

extension ForeignCase {
  public var shortestSlice: Double { 0 }

  public func takeSlices(_ count: Int, calls: Int) throws -> [ForeignSlice] {
    [try takeSlice(calls: calls)]
  }

  /// For loops that time nothing; a failure shows in the next slice.
  public func run(_ calls: Int) { _ = try? takeSlice(calls: calls) }
}
