import Foundation

/// A report on disk: a folder that is there whole or not at all.
public enum ReportFolder {
  /// Why no report was written; what was there before is untouched.
  public struct Failure: Error, Equatable, CustomStringConvertible {
    public var path: String
    public var reason: String
    public var description: String { "cannot write the report '\(path)': \(reason)" }
  }

  /// What a report may leave in a folder besides pictures, and nothing else does.
  private static let page = "index.html"
  /// The result that a report was made of.
  static let result = "result.json"
  /// What a newer report leaves where it is: the result, also when it was packed.
  private static let kept = [result, "result.json.gz"]

  /// Where `run --report` leaves its reports: in the current folder.
  static let home = "reports"

  /// Of a run: `2026-11-25T03-15-09Z-zen4-kvm`.
  static func name(_ record: RunRecord) -> String {
    let time = RunReport.utc(record.started).replacing(" ", with: "T").replacing(":", with: "-")
    return "\(time)Z-\(record.machine.name)"
  }

  /// Finds out whether a report could be written, before hours are spent on what goes in.
  public static func prepare() throws {
    try makeFolder(home, path: home)
    try AtomicFile.check("\(home)/\(result)")
  }

  /// Writes a run's result, page and pictures into a folder of its own.
  ///
  /// - Returns: the folder.
  public static func write(_ record: RunRecord) throws -> String {
    let path = "\(home)/\(name(record))"
    let source = Report.Source(name: result, record: record)
    try write(Report([source]), result: ResultFile([record]).bytes(), to: path)
    return path
  }

  /// Writes the files into a folder of that name, in place of an earlier report if there is one.
  ///
  /// - Parameter result: the bytes of a result file that goes with them.
  public static func write(
    _ report: Report, result: [UInt8]? = nil, to path: String
  ) throws(Failure) {
    // Without the slash that a folder's name may end with, and that would hide a file there.
    let url = URL(filePath: path).standardizedFileURL
    let target = url.path().hasSuffix("/") ? String(url.path().dropLast()) : url.path()
    guard !target.isEmpty else {
      throw Failure(path: path, reason: "it is the root; choose another name")
    }
    let parent = url.deletingLastPathComponent().path()
    let isThere = try inspect(target, path: path)
    let temporary = "\(parent).\(url.lastPathComponent).\(getpid()).tmp"
    try makeFolder(parent, path: path)
    guard mkdir(temporary, 0o777) == 0 else { throw failure(path, errno) }
    let manager = FileManager.default
    do {
      for (name, text) in report.files {
        try AtomicFile.write(text.utf8, to: "\(temporary)/\(name)")
      }
      if let result {
        try AtomicFile.write(result, to: "\(temporary)/\(Self.result)")
      } else {
        for name in kept where manager.fileExists(atPath: "\(target)/\(name)") {
          try manager.copyItem(atPath: "\(target)/\(name)", toPath: "\(temporary)/\(name)")
        }
      }
      try put(temporary, at: target, isThere: isThere, path: path)
    } catch {
      try? manager.removeItem(atPath: temporary)
      let reason =
        (error as? Failure)?.reason ?? (error as? AtomicFile.Failure)?.reason
        ?? FileReason.text(error)
      throw Failure(path: path, reason: reason)
    }
  }

  private static func failure(_ path: String, _ number: Int32) -> Failure {
    Failure(path: path, reason: AtomicFile.Failure(path: path, errno: number).reason)
  }

  /// Makes a folder and those above it, as far as they are missing.
  private static func makeFolder(_ folder: String, path: String) throws(Failure) {
    var current = folder.hasPrefix("/") ? "/" : ""
    for part in folder.split(separator: "/") {
      current += "\(part)/"
      guard mkdir(current, 0o777) == 0 || errno == EEXIST else { throw failure(path, errno) }
    }
  }

  /// Whether there is a folder of that name, which then is a report or empty.
  private static func inspect(_ target: String, path: String) throws(Failure) -> Bool {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: target, isDirectory: &isFolder) else {
      return false
    }
    guard isFolder.boolValue else {
      throw Failure(path: path, reason: "it is a file; choose another name")
    }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: target)
    } catch {
      throw Failure(path: path, reason: FileReason.text(error))
    }
    guard !names.isEmpty else { return true }
    let content = try? String(contentsOfFile: "\(target)/\(page)", encoding: .utf8)
    guard let content, content.contains("content=\"\(HTMLPage.generator)\"") else {
      throw Failure(
        path: path,
        reason: "the folder is not empty and holds no report of Optlab; choose another name")
    }
    let foreign = names.sorted().first { name in
      !([page, "report.md"] + kept).contains(name) && !name.hasSuffix(".svg")
    }
    if let foreign {
      throw Failure(
        path: path,
        reason: "beside an earlier report it holds '\(foreign)', which no report wrote; move that "
          + "away, or choose another name")
    }
    return true
  }

  /// Renames the new folder to its name; an earlier one of that name goes only when the new one is
  /// in its place.
  private static func put(
    _ new: String, at target: String, isThere: Bool, path: String
  ) throws(Failure) {
    guard isThere else {
      guard rename(new, target) == 0 else { throw failure(path, errno) }
      return
    }
    let old = "\(new).old"
    guard rename(target, old) == 0 else { throw failure(path, errno) }
    guard rename(new, target) == 0 else {
      let reason = failure(path, errno)
      rename(old, target)
      throw reason
    }
    try? FileManager.default.removeItem(atPath: old)
  }
}
