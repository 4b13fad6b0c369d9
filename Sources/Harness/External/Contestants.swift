import Foundation
import OptlabBasics
import OptlabLab
import OptlabMeasure

/// The contestants that come with the lab: built by `make contestants` into a folder, from which they
/// are taken by their names: `NAME.so` is a plugin, an executable `NAME.runner` a runner program. A
/// text file `NAME.missing` says why one could not be built.
public struct Contestants {
  /// The folder that they are in.
  public var folder: String

  private let list: WorkloadList

  /// - Parameter list: the workloads of this program.
  public init(folder: String, of list: WorkloadList) {
    self.folder = folder
    self.list = list
  }

  /// `.build/contestants` of the package that this program was built in.
  public static var standardFolder: String {
    let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().pathComponents
    guard let build = program.lastIndex(of: ".build") else { return ".build/contestants" }
    let path = NSString.path(withComponents: Array(program[...build]) + ["contestants"])
    // Short where the package is the current folder, as it is in most messages.
    let here = FileManager.default.currentDirectoryPath + "/"
    return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
  }

  /// The libraries in the folder, by name.
  public var plugins: [String] { Plugin.files(in: folder, ending: "so") }

  /// The runner programs in the folder, by name.
  public var runners: [String] { Plugin.files(in: folder, ending: "runner") }

  /// Whether there is nothing in it: no contestant, and nothing that says why one could not be built.
  package var isEmpty: Bool {
    plugins.isEmpty && runners.isEmpty && Plugin.files(in: folder, ending: "missing").isEmpty
  }

  // MARK: Those that are not there

  /// One of the lab's own, as a row of it is called: what can be said without having built it.
  public struct Known: Equatable, Sendable {
    /// Of its folder in Contestants/, and of its file without the ending.
    public var name: String
    /// `so` or `runner`.
    public var ending: String
    public var id: String
    public var language: String

    public init(name: String, ending: String, id: String, language: String) {
      self.name = name
      self.ending = ending
      self.id = id
      self.language = language
    }
  }

  /// Rows that say how to get what is not there.
  public var missing: [Implementation] {
    let all = list.external.flatMap { workload in
      workload.contestants.map { (known: $0, workload: workload.id) }
    }
    return all.map(\.known).uniqued(by: \.id).compactMap { known in
      guard !FileManager.default.fileExists(atPath: "\(folder)/\(known.name).\(known.ending)")
      else { return nil }
      let reason = try? String(contentsOfFile: "\(folder)/\(known.name).missing", encoding: .utf8)
      let first = reason?.split(separator: "\n").first.map { "\($0); then " } ?? ""
      return Implementation(
        id: known.id, language: known.language, technique: "not built",
        work: NotBuilt(
          obstacle: first + "make contestants",
          workloads: all.filter { $0.known.id == known.id }.map(\.workload)))
    }
  }

  private struct NotBuilt: ExternalWork {
    var obstacle: String?
    var workloads: [String]

    func does(_ workload: any Workload) -> Bool { workloads.contains(workload.id) }

    private var mismatch: Mismatch { Mismatch(check: "it is there", summary: obstacle ?? "") }

    func verify(
      _ workload: any Workload, cases: [Case], seed: UInt64, exhaustively: Bool
    ) -> Verdict { .failed(mismatch) }

    func prepare(
      _ workload: any Workload, _ one: Case, seed: UInt64, layout: Int
    ) throws -> any PreparedCase { throw mismatch }
  }
}
