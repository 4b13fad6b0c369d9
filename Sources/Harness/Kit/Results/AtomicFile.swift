import Foundation

/// Files that are there whole or not at all: written beside their place under another name, made
/// durable, then renamed.
public enum AtomicFile {
  /// Why a file could not be written; the one that was there before is untouched.
  public struct Failure: Error, Equatable, CustomStringConvertible {
    public var path: String
    /// What the system said, and what to do about it.
    public var reason: String

    public var description: String { "cannot write '\(path)': \(reason)" }

    init(path: String, reason: String) {
      self.path = path
      self.reason = reason
    }

    init(path: String, errno number: Int32) {
      let remedy =
        switch number {
        case ENOSPC, EDQUOT: "; make room, or choose another place"
        case EACCES, EPERM, EROFS: "; choose a folder that you may write to"
        case ENOENT, ENOTDIR: "; make its folder first"
        default: ""
        }
      self.init(path: path, reason: String(cString: strerror(number)) + remedy)
    }
  }

  /// Writes a file, in place of the one of that name if there is one.
  ///
  /// - Throws: ``Failure``; nothing of the new file is left then.
  public static func write(_ bytes: some Sequence<UInt8>, to path: String) throws(Failure) {
    let target = try place(path)
    let temporary = "\(target).\(getpid()).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw Failure(path: path, errno: errno) }
    var error = write(ContiguousArray(bytes), to: file)
    if error == 0, fsync(file) != 0 { error = errno }
    if close(file) != 0, error == 0 { error = errno }
    if error == 0, rename(temporary, target) != 0 { error = errno }
    guard error == 0 else {
      unlink(temporary)
      throw Failure(path: path, errno: error)
    }
  }

  /// Finds out whether a file could be written there, before hours are spent on what goes in.
  public static func check(_ path: String) throws(Failure) {
    let temporary = "\(try place(path)).\(getpid()).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw Failure(path: path, errno: errno) }
    close(file)
    unlink(temporary)
  }

  /// Where the file goes: behind a symbolic link, which is to stay one.
  private static func place(_ path: String) throws(Failure) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { return path }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Failure(path: path, reason: "it is there and no regular file; choose another name")
    }
    guard let resolved = realpath(path, nil) else { throw Failure(path: path, errno: errno) }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// - Returns: 0, or errno.
  private static func write(_ bytes: ContiguousArray<UInt8>, to file: Int32) -> Int32 {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Glibc.write(
          file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        rest = rest.dropFirst(count)
      }
      return 0
    }
  }
}
