import Foundation
import OptlabBasics
import OptlabMeasure
import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// The state of a git repository.
public struct GitCommit: Sendable, Codable, Hashable {
  public var hash: String
  /// Whether files that git knows differ from the commit.
  public var isModified: Bool

  public init(hash: String, isModified: Bool) {
    self.hash = hash
    self.isModified = isModified
  }

  /// Of the repository that this program was built in; nil where it lies in none, or there is no git.
  static func ofThisProgram() -> GitCommit? {
    let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().path(percentEncoded: false)
    guard let hash = git(["rev-parse", "--verify", "HEAD"], in: folder),
      let changes = git(["status", "--porcelain", "--untracked-files=no"], in: folder)
    else { return nil }
    return GitCommit(hash: hash, isModified: !changes.isEmpty)
  }

  /// What git prints, without the newline at its end; nil where it fails.
  private static func git(_ arguments: [String], in folder: String) -> String? {
    guard (try? FreeDescriptors.require(to: "start git")) != nil else { return nil }
    return Synchronous.wait {
      let (result, _) = await ChildWatch.over { child in
        try? await Subprocess.run(
          .name("git"), arguments: Arguments(["-C", folder] + arguments),
          input: .none, output: .string(limit: 1 << 20), error: .discarded
        ) { child.started($0.processIdentifier.value) }
      }
      guard let result, result.terminationStatus.isSuccess else { return nil }
      return result.standardOutput.trimmingCharacters(in: .newlines)
    }
  }
}
