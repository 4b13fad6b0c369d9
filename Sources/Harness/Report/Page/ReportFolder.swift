import CCPU
import Foundation
import OptlabBasics
import OptlabResults

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
  /// - Returns: the folder; where another run of the same second has taken its name, one with a
  ///   number.
  public static func write(_ record: RunRecord) throws -> String {
    try write(record, in: home)
  }

  static func write(_ record: RunRecord, in home: String) throws -> String {
    let name = "\(home)/\(name(record))"
    let source = Report.Source(name: result, record: record)
    let temporary = try make(
      Report([source]), result: ResultFile([record]).bytes(), replacing: nil, in: "\(home)/",
      path: name)
    for number in 1... {
      let path = number == 1 ? name : "\(name)-\(number)"
      // A folder with something in it is never replaced by this.
      if !isThere(path), rename(temporary, path) == 0 {
        AtomicFile.syncFolder(of: path)
        return path
      }
      guard isThere(path) else {
        let reason = failure(path, errno)
        try? FileManager.default.removeItem(atPath: temporary)
        throw reason
      }
    }
    preconditionFailure("there is always one more number")
  }

  private static func isThere(_ path: String) -> Bool {
    let error = errno
    defer { errno = error }
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Writes the files into a folder of that name, in place of an earlier report if there is one.
  ///
  /// - Parameter result: the bytes of a result file that goes with them.
  public static func write(
    _ report: Report, result: [UInt8]? = nil, to path: String
  ) throws(Failure) {
    // Without the slash that a folder's name may end with, and that would hide a file there.
    let url = URL(filePath: path).standardizedFileURL
    let named = url.path(percentEncoded: false)
    let target: String
    do {
      target = try AtomicFile.behindLinks(named.hasSuffix("/") ? String(named.dropLast()) : named)
    } catch {
      throw Failure(path: path, reason: error.reason)
    }
    guard !target.isEmpty else {
      throw Failure(path: path, reason: "it is the root; choose another name")
    }
    let parent = AtomicFile.folder(of: target)
    let isThere = try inspect(target, path: path)
    try makeFolder(parent, path: path)
    let temporary = try make(
      report, result: result, replacing: isThere ? target : nil, in: parent, path: path)
    let note = ccpu_note_temporary(temporary)
    defer { ccpu_forget_temporary(note) }
    do throws(Failure) {
      try put(temporary, at: target, isThere: isThere, path: path)
      AtomicFile.syncFolder(of: target)
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      throw error
    }
  }

  /// Writes the files into a new folder that has no name of its own yet.
  ///
  /// - Parameter old: an earlier report, which hands down permissions, and its result where there is
  ///   no other.
  private static func make(
    _ report: Report, result: [UInt8]?, replacing old: String?, in parent: String, path: String
  ) throws(Failure) -> String {
    var temporary: String
    while true {
      temporary = parent + AtomicFile.temporaryName()
      if mkdir(temporary, 0o777) == 0 { break }
      guard errno == EEXIST else { throw failure(path, errno) }
    }
    let note = ccpu_note_temporary(temporary)
    defer { ccpu_forget_temporary(note) }
    let manager = FileManager.default
    do {
      var files = report.files.map { (name: $0.name, bytes: [UInt8]($0.text.utf8)) }
      if let result { files.append((Self.result, result)) }
      for file in files {
        try AtomicFile.write(file.bytes, to: "\(temporary)/\(file.name)")
        if let old { handDown("\(old)/\(file.name)", to: "\(temporary)/\(file.name)") }
      }
      if result == nil, let old {
        for name in kept where manager.fileExists(atPath: "\(old)/\(name)") {
          try manager.copyItem(atPath: "\(old)/\(name)", toPath: "\(temporary)/\(name)")
        }
      }
      if let old { handDown(old, to: temporary) }
      return temporary
    } catch {
      try? manager.removeItem(atPath: temporary)
      let reason = (error as? AtomicFile.Failure)?.reason ?? FileReason.text(error)
      throw Failure(path: path, reason: reason)
    }
  }

  private static func handDown(_ old: String, to new: String) {
    var status = stat()
    if stat(old, &status) == 0 { _ = chmod(new, status.st_mode & 0o777) }
  }

  private static func failure(_ path: String, _ number: Int32) -> Failure {
    Failure(path: path, reason: AtomicFile.Failure(path: path, errno: number).reason)
  }

  /// Makes a folder and those above it, as far as they are missing.
  private static func makeFolder(_ folder: String, path: String) throws(Failure) {
    let error = NewFolder.make(folder)
    guard error == 0 else { throw failure(path, error) }
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
    // Both names at once, where the file system can: there is no moment without a report.
    if let renameat2, renameat2(AT_FDCWD, new, AT_FDCWD, target, exchange) == 0 {
      try? FileManager.default.removeItem(atPath: new)
      return
    }
    guard errno == EINVAL || errno == ENOSYS else { throw failure(path, errno) }
    let old = "\(new).old"
    guard rename(target, old) == 0 else { throw failure(path, errno) }
    guard rename(new, target) == 0 else {
      let reason = failure(path, errno)
      guard rename(old, target) == 0 else {
        throw Failure(path: path, reason: "\(reason.reason); what was there is now '\(old)'")
      }
      throw reason
    }
    try? FileManager.default.removeItem(atPath: old)
  }

  /// Of Linux; Swift's module of the C library does not declare it. Nil where the library is older.
  private static let renameat2 = dlsym(nil, "renameat2").map {
    unsafeBitCast(
      $0,
      to: (@convention(c) (
        Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
      ) -> Int32).self)
  }
  /// RENAME_EXCHANGE of rename(2).
  private static let exchange: UInt32 = 2
}
