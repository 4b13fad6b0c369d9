import Foundation
import OptlabAES
import OptlabBasics

/// A folder that looks like the root of a system.
enum SystemTree {
  /// - Parameter files: the text of each, by its path from the root, without a slash in front.
  /// - Returns: what `body` makes of them; the folder is removed afterwards.
  static func with<Value>(
    _ files: [String: String], _ body: (SystemFiles) throws -> Value
  ) throws -> Value {
    let root = FileManager.default.temporaryDirectory
      .appendingPathComponent("optlab-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in files {
      let file = root.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    return try body(SystemFiles(root: root.path))
  }
}
