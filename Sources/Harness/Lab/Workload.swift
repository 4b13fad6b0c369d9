import OptlabMeasure

/// The work, with its meaning fixed by a reference: what an experiment of the lab is about.
///
/// Nothing outside a workload's own files knows which workloads there are: a run, its verification,
/// its limits, its files and its reports ask for what stands here.
public protocol Workload: Sendable {
  /// What a reader of its figures has to know; goes into result files.
  var facts: WorkloadFacts { get }

  /// Whether it takes part where no workload is named.
  var isStandard: Bool { get }

  /// A name that stands for several workloads on the command line; nil for one that stands alone.
  var family: String? { get }

  /// The implementations that come with it, in the order of its tables, the baseline first. One that
  /// several workloads have is the same in each.
  var implementations: [Implementation] { get }

  /// Versions of the libraries that its implementations use, by name.
  var libraries: [String: String] { get }

  /// The options by which its cases are chosen on the command line.
  var options: [CaseOption] { get }

  /// The cases that take part.
  ///
  /// - Parameters:
  ///   - given: the values of those of its ``options`` that are on the command line, by name.
  ///   - scope: which cases to take where no option names any.
  /// - Throws: ``Selection/Failure`` where a value names no case, ``UnreadableInput`` where a file
  ///   cannot be read.
  func cases(_ given: [String: String], scope: CaseScope) throws -> [Case]

  /// A case by its name, and what its input says of itself beside the name.
  ///
  /// - Parameter content: ``CaseInput/content`` of the case in another process of the same program.
  /// - Returns: nil where there is none of that name.
  func `case`(named id: String, content: [UInt8]?) throws -> Case?

  /// Loops that do one part of its work in registers and nothing else, measured once in a run, for all
  /// workloads that name a loop in the same way. None on a CPU that cannot run them.
  func unitLoops() -> [LimitLoop]

  /// Loops that bound a case and are measured beside its implementations.
  ///
  /// - Parameter units: of work in one call.
  func caseLoops(_ one: Case, units: Int) -> [LimitLoop]

  /// What bounds a case.
  ///
  /// - Parameters:
  ///   - units: what ``unitLoops()`` came to.
  ///   - beside: the fastest of ``caseLoops(_:units:)``; nil where there are none.
  /// - Returns: nil where nothing is known to bound it.
  func limit(
    of one: Case, units: [(loop: LimitLoop, finding: LimitFinding)], beside: LimitFinding?
  ) -> LimitFinding?
}

extension Workload {
  /// As in addresses.
  public var id: String { facts.id }
  /// The id of the implementation that others are compared with.
  public var baseline: String { facts.baseline }

  public var isStandard: Bool { true }
  public var family: String? { nil }
  public var libraries: [String: String] { [:] }
  public var options: [CaseOption] { [] }
  public func unitLoops() -> [LimitLoop] { [] }
  public func caseLoops(_ one: Case, units: Int) -> [LimitLoop] { [] }
  public func limit(
    of one: Case, units: [(loop: LimitLoop, finding: LimitFinding)], beside: LimitFinding?
  ) -> LimitFinding? { beside }

  public func `case`(named id: String, content: [UInt8]?) throws -> Case? {
    try cases([:], scope: .standard).first { $0.id == id }
  }

  /// Whether an implementation does this work.
  public func isDone(by implementation: Implementation) -> Bool { implementation.work.does(self) }
}

/// How many cases a command takes where none are named.
public enum CaseScope: Sendable {
  case standard
  /// The few of `--quick`.
  case quick
  /// The one that a profile looks at.
  case single
}

/// An option of the command line by which cases of a workload are chosen. Several workloads may have
/// it, under one name and with one meaning.
public struct CaseOption: Sendable, Equatable {
  /// Without the two hyphens.
  public var name: String
  /// A sentence for `--help`.
  public var help: String
  /// What its value is, in a word or two.
  public var valueName: String
  /// Whether it also decides what is verified.
  public var isForVerification: Bool

  public init(name: String, help: String, valueName: String, isForVerification: Bool) {
    self.name = name
    self.help = help
    self.valueName = valueName
    self.isForVerification = isForVerification
  }
}

/// A file that an option names is not there, or is not what it has to be.
public struct UnreadableInput: Error, CustomStringConvertible {
  public var description: String

  public init(description: String) { self.description = description }
}
