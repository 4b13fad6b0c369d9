import OptlabBasics
import OptlabLab

/// A workload that implementations from elsewhere can do: rows of plugins, or runner programs.
public protocol ExternalWorkload: Workload {
  /// How a shared library brings rows for it; nil where none can.
  var pluginABI: (any PluginABI)? { get }

  /// What a runner is asked to make ready for a case as it is measured: the input is that of all rows.
  ///
  /// - Parameter mostBytes: of a long input, which is cut off there, so that a slow runner can be told
  ///   from a fast one.
  /// - Returns: nil for a case that runners are not asked for.
  func runnerRequest(_ one: Case, seed: UInt64, mostBytes: Int) throws -> RunnerRequest?

  /// What a runner is verified with, each with a name of the check.
  func runnerChecks(cases: [Case], seed: UInt64) -> [(check: String, request: RunnerRequest)]

  /// Those contestants of the lab that do it, as they are called: see ``Contestants``.
  var contestants: [Contestants.Known] { get }
}

extension ExternalWorkload {
  public var pluginABI: (any PluginABI)? { nil }
  public var contestants: [Contestants.Known] { [] }
}

extension WorkloadList {
  var external: [any ExternalWorkload] { workloads.compactMap { $0 as? any ExternalWorkload } }

  /// Each once.
  var pluginABIs: [any PluginABI] { external.compactMap(\.pluginABI).uniqued(by: \.symbol) }
}

/// The interface by which a shared library brings rows.
public protocol PluginABI: Sendable {
  /// The function that the library exports.
  var symbol: String { get }
  /// How its author declares it: `declare it CAES_API, as in caes.h`.
  var declaration: String { get }

  /// The rows of a library in this process.
  ///
  /// - Parameter function: the one of that name.
  func rows(_ function: UnsafeMutableRawPointer) throws(PluginRefusal) -> [LoadedRow]
}

/// A row of a library that this process has loaded.
public struct LoadedRow {
  /// With its id in the library's table.
  public var implementation: Implementation
  /// Of the workloads that it does.
  public var workloads: [String]
  /// A place in the library's code.
  public var code: UnsafeRawPointer?

  public init(
    _ implementation: Implementation, workloads: [String], code: UnsafeRawPointer?
  ) {
    self.implementation = implementation
    self.workloads = workloads
    self.code = code
  }
}

/// Why a library cannot be used, in a line for its author.
public struct PluginRefusal: Error, CustomStringConvertible {
  public var description: String

  public init(description: String) { self.description = description }
}
