import OptlabMeasure

/// How an implementation does what it does: how the lab checks it, and makes cases of it ready.
public protocol Work: Sendable {
  func does(_ workload: any Workload) -> Bool

  /// Checks it against the workload's reference.
  ///
  /// - Parameters:
  ///   - cases: those of the workload that are going to be measured, or were asked for.
  ///   - seed: what random inputs follow from.
  ///   - exhaustively: whether to check all that can be checked, however long it takes.
  func verify(
    _ workload: any Workload, cases: [Case], seed: UInt64, exhaustively: Bool
  ) -> Verdict

  /// Makes a case ready.
  ///
  /// - Parameters:
  ///   - seed: what the input follows from.
  ///   - layout: any number; each of 64 in a row puts the buffers at another page offset, where there
  ///     are buffers whose place can be chosen.
  /// - Throws: what the implementation says where it cannot take the case.
  func prepare(
    _ workload: any Workload, _ one: Case, seed: UInt64, layout: Int
  ) throws -> any PreparedCase
}

/// Work that is done in another process: a plugin's, or a runner's.
///
/// What it throws, and what its verdict says, is the matter of its own row; all others go on. A crash,
/// a missed deadline and nonsense are thrown as a ``Mismatch``, which makes a failed row; another
/// error makes one that could not be prepared. A case that it makes ready is an ``ExternalCase``, or
/// one that this process runs itself.
public protocol ExternalWork: Work {
  /// The command line, without seed, that verifies it again; nil where `harness verify` does.
  ///
  /// - Parameter plugins: that it was loaded among, in their order.
  func checkCommand(_ workload: any Workload, plugins: [String]) -> String?

  /// Why it cannot run here, with the remedy; nil where it can.
  var obstacle: String? { get }

  /// Versions of what its figures depend on, by name.
  var versions: [String: String] { get }

  /// Where it comes from, for messages: `the runner './mine'`; nil where that is nowhere.
  var source: String? { get }

  /// Why nothing is known of what it has to offer; nil where that is known.
  var refusal: String? { get }

  /// Checks of the last verification that it has not done, and said so: `15 bytes: whole blocks alone`.
  func refusedChecks(of workload: any Workload) -> [String]
}

extension ExternalWork {
  public func checkCommand(_ workload: any Workload, plugins: [String]) -> String? { nil }
  public var obstacle: String? { nil }
  public var versions: [String: String] { [:] }
  public var source: String? { nil }
  public var refusal: String? { nil }
  public func refusedChecks(of workload: any Workload) -> [String] { [] }
}
