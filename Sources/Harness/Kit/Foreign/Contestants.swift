import Foundation

/// The contestants that come with the lab: built by `make contestants` into a folder, from which they
/// are taken by their names: `NAME.so` is a plugin, an executable `NAME.runner` a runner program. A
/// text file `NAME.missing` says why one could not be built.
public struct Contestants {
  /// The folder that they are in.
  public var folder: String

  public init(folder: String) { self.folder = folder }

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

  // MARK: Those that are not there

  /// One of the lab's own, as a row of it is called: what can be said without having built it.
  struct Known: Equatable {
    /// Of its folder in Contestants/, and of its file without the ending.
    var name: String
    var ending: String
    var id: String
    var language: String
    var workloads: [Workload]
  }

  private static let aes = Workload.all.filter(\.isAES)

  static let known: [Known] =
    [
      ("c-example", "C"), ("libgcrypt", "libgcrypt"), ("ipsec-mb", "ipsec-mb"),
      ("swift-crypto", "swift-crypto"),
    ].map { Known(name: $0, ending: "so", id: $0, language: $1, workloads: aes) }
    + [
      ("python-pyaes", aes), ("python-cryptography", aes),
      ("python-json", [.json]), ("python-orjson", [.json]),
    ].map { Known(name: "python", ending: "runner", id: $0, language: "Python", workloads: $1) }

  /// Rows that say how to get what is not there.
  public var missing: [Implementation] {
    Self.known.compactMap { known in
      guard !FileManager.default.fileExists(atPath: "\(folder)/\(known.name).\(known.ending)")
      else { return nil }
      let reason = try? String(contentsOfFile: "\(folder)/\(known.name).missing", encoding: .utf8)
      let first = reason?.split(separator: "\n").first.map { "\($0); then " } ?? ""
      return Implementation(
        id: known.id, language: known.language, technique: "not built",
        work: .foreign(
          NotBuilt(obstacle: first + "make contestants", workloads: known.workloads)))
    }
  }

  private struct NotBuilt: ForeignWork {
    var obstacle: String?
    var workloads: [Workload]

    func does(_ workload: Workload) -> Bool { workloads.contains(workload) }

    func verify(_ workload: Workload, payloads: [JSONPayload], seed: UInt64) -> Verdict {
      .failed(Mismatch(check: "it is there", summary: obstacle ?? ""))
    }

    func prepare(
      _ workload: Workload, _ case: Case, seed: UInt64, layout: Int
    ) throws -> any PreparedCase {
      throw Mismatch(check: "it is there", summary: obstacle ?? "")
    }
  }
}
