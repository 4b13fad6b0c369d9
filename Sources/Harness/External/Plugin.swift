import Foundation
import OptlabBasics
import OptlabCPU
import OptlabLab
import OptlabMeasure

/// A shared library from outside, whose rows join the lab's.
public struct Plugin: Sendable {
  public let path: String
  /// One for each row of its table; one that fails where the library cannot be used.
  public let implementations: [Implementation]
  /// Why the library cannot be used at all.
  public var refusal: Mismatch?

  /// Loads the libraries, each in a process of its own.
  ///
  /// The id of a row in addresses is the library's file name without `.so`, a colon, and the id in its
  /// table; the name alone where both are the same. Characters other than letters, digits, `_` and `-`
  /// become `-`, so that an id can stand in a regular expression, a list and a file's name. A second
  /// one that would have the same id gets `~2` behind it, in the order in which they are given.
  ///
  /// - Parameters:
  ///   - paths: of files, in the order of the rows.
  ///   - taken: ids that are in use already.
  ///   - patience: how many seconds a plugin may go without a step forward before it is ended.
  public static func load(
    _ paths: [String], taken: [String],
    patience seconds: Double = ExternalSources.standardPatience
  ) -> [Plugin] {
    var taken = Set(taken)
    return paths.map { path in
      let name = name(of: path)
      func unique(_ id: String) -> String {
        var (one, number) = (id, 1)
        while !taken.insert(one).inserted {
          number += 1
          one = "\(id)~\(number)"
        }
        return one
      }
      let patience = PluginProcess.Patience(seconds: seconds)
      do {
        let (_, rows) = try PluginProcess.loading(path, patience: patience)
        return Plugin(
          path: path,
          implementations: rows.enumerated().map { number, row in
            let own = safe(row.id)
            let id = unique(own == name && !taken.contains(name) ? name : "\(name):\(own)")
            return Implementation(
              row, id: id,
              work: PluginWork(
                path: path, row: number, id: id, workloads: row.workloads, patience: patience))
          })
      } catch {
        let mismatch =
          error as? Mismatch ?? Mismatch(check: "starting its process", summary: "\(error)")
        let id = unique(name)
        return Plugin(
          path: path,
          implementations: [
            Implementation(
              id: id, language: "-", technique: "a plugin that cannot be used",
              work: RefusedPlugin(path: path, mismatch: mismatch))
          ],
          refusal: mismatch)
      }
    }
  }

  /// The libraries that a path means: itself, or those in a folder, by name.
  ///
  /// - Returns: nil where there is no such file or folder.
  public static func libraries(at path: String) -> [String]? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
    guard isFolder.boolValue else { return [path] }
    return files(in: path, ending: "so")
  }

  /// The files in a folder whose names end so, by name, without hidden ones, which a shell's `*` leaves
  /// out too; none where it cannot be read.
  static func files(in folder: String, ending: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix("." + ending) && !$0.hasPrefix(".") }.sorted()
      .map { folder.hasSuffix("/") ? folder + $0 : "\(folder)/\($0)" }
      .filter {
        var isFolder: ObjCBool = false
        return !FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder)
          || !isFolder.boolValue
      }
  }

  /// With a slash in it, without which the loader would look elsewhere.
  static func absolute(_ path: String) -> String {
    URL(filePath: path).absoluteURL.path(percentEncoded: false)
  }

  /// What the ids of a library's rows begin with.
  private static func name(of path: String) -> String {
    safe(URL(filePath: path).deletingPathExtension().lastPathComponent)
  }

  /// Whether two of the libraries would have rows of the same ids.
  static func areNamesakes(_ paths: [String]) -> Bool {
    Set(paths.map(name)).count < paths.count
  }

  static func safe(_ name: String) -> String {
    let letters = name.map { character in
      character.isASCII && (character.isLetter || character.isNumber) || "_-".contains(character)
        ? character : "-"
    }
    return letters.isEmpty ? "-" : String(letters)
  }
}

/// A library that has no rows which could be asked.
private struct RefusedPlugin: ExternalWork {
  let path: String
  let mismatch: Mismatch

  var source: String? { "the plugin '\(path)'" }
  var refusal: String? { "\(mismatch.check): \(mismatch.summary)" }

  /// It could have had rows for each workload for which a library can bring some.
  func does(_ workload: any Workload) -> Bool {
    (workload as? any ExternalWorkload)?.pluginABI != nil
  }

  func verify(
    _ workload: any Workload, cases: [Case], seed: UInt64, exhaustively: Bool
  ) -> Verdict { .failed(mismatch) }

  func prepare(
    _ workload: any Workload, _ one: Case, seed: UInt64, layout: Int
  ) throws -> any PreparedCase { throw mismatch }

  func checkCommand(_ workload: any Workload, plugins: [String]) -> String? {
    "harness check \(ShellWord.path(path))"
  }
}

extension Implementation {
  fileprivate init(_ row: PluginRow, id: String, work: PluginWork) {
    func line(_ text: String) -> String {
      String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 ? " " : $0 }))
    }
    self.init(
      id: id, language: line(row.language), technique: line(row.technique),
      required: FeatureSet(rawValue: row.required), preferred: FeatureSet(rawValue: row.preferred),
      // One that asks for no feature may look for some itself.
      remarks: row.remarks + (row.required == 0 ? Self.unmasked("the plugin") : []),
      work: work)
  }
}
