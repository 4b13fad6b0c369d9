import Foundation

/// Reads what the operating system says of itself in files, below a root that tests can choose.
///
/// A file that is missing or not readable is a fact (nil), never an error.
public struct SystemFiles: Sendable {
  public var root: String

  public init(root: String = "/") { self.root = root }

  /// The file's text without the white space around it, or nil.
  public func text(_ path: String) -> String? {
    // FileManager, and not String(contentsOfFile:): files in /proc and /sys tell no true size.
    guard let data = FileManager.default.contents(atPath: absolute(path)) else { return nil }
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  public func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: absolute(path))
  }

  /// What a folder holds, sorted; nothing where it cannot be read.
  public func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: absolute(folder))) ?? []).sorted()
  }

  /// Where a symbolic link leads, as it stands in it; nil for anything else.
  public func link(_ path: String) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: absolute(path))
  }

  /// The value of `key` in a file of lines `key: value`, such as /proc/self/status.
  public func field(_ key: String, of path: String) -> String? {
    text(path)?.split(separator: "\n").first { $0.hasPrefix(key + ":") || $0.hasPrefix(key + "\t") }
      .flatMap { line in
        line.split(separator: ":", maxSplits: 1).dropFirst().first
          .map { $0.trimmingCharacters(in: .whitespaces) }
      }
  }

  private func absolute(_ path: String) -> String {
    (root.hasSuffix("/") ? String(root.dropLast()) : root) + path
  }
}
