import CCPU
import Foundation

/// Files that are there whole or not at all: written beside their place under another name, made
/// durable, then renamed.
public enum AtomicFile {
  /// Why a file could not be written; the one that was there before is untouched.
  public struct Failure: Error, Equatable, CustomStringConvertible {
    public var path: String
    /// What the system said, and what to do about it.
    public var reason: String
    /// Whether it is an open stream that was named.
    package var isStream = false

    public var description: String { "cannot write '\(path)': \(reason)" }

    init(path: String, reason: String, isStream: Bool = false) {
      self.path = path
      self.reason = reason
      self.isStream = isStream
    }

    package init(path: String, errno number: Int32) {
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
  /// A symbolic link stays one: what it points to is written. A file that is replaced hands down its
  /// permissions, and its owner and group as far as this process may set them; another hard link to
  /// it keeps the old content. A file that is a standard stream of this process is not replaced, nor
  /// one that is named as an open descriptor: what goes there would go on into the old one.
  ///
  /// - Throws: ``Failure``; nothing of the new file is left then.
  public static func write(_ bytes: some Sequence<UInt8>, to path: String) throws(Failure) {
    let place = try place(path)
    let (file, temporary, note) = try create(beside: place.target, path: path)
    defer { ccpu_forget_temporary(note) }
    var error = write(ContiguousArray(bytes), to: file)
    if let old = place.replaced { handDown(old, to: file) }
    if error == 0, fsync(file) != 0 { error = errno }
    if close(file) != 0, error == 0 { error = errno }
    if error == 0, rename(temporary, place.target) != 0 { error = errno }
    guard error == 0 else {
      unlink(temporary)
      throw Failure(path: path, errno: error)
    }
    syncFolder(of: place.target)
  }

  /// Makes a new name last, as its file does: until then a loss of power may bring the old one back. A
  /// file system that cannot do it keeps its own order, and the file is whole under either name.
  package static func syncFolder(of path: String) {
    let folder = folder(of: path)
    let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Finds out whether a file could be written there, before hours are spent on what goes in.
  public static func check(_ path: String) throws(Failure) {
    let (file, temporary, note) = try create(beside: try place(path).target, path: path)
    defer { ccpu_forget_temporary(note) }
    close(file)
    unlink(temporary)
  }

  /// Where a path leads: behind symbolic links, also those that point to nothing yet.
  ///
  /// - Throws: ``Failure``; also where it leads through a descriptor, such as /dev/stdout.
  package static func behindLinks(_ named: String) throws(Failure) -> String {
    var path = named
    for _ in 0..<40 {
      guard !isOpenDescriptor(path) else {
        throw Failure(
          path: named,
          reason:
            "it is the name of an open file, and whoever writes there would go on writing into "
            + "the old one; name another file", isStream: true)
      }
      var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let count = bytes.withUnsafeMutableBytes {
        readlink(path, $0.assumingMemoryBound(to: CChar.self).baseAddress!, $0.count)
      }
      guard count >= 0 else { return path }
      let link = String(decoding: bytes[..<count], as: UTF8.self)
      path = link.hasPrefix("/") ? link : folder(of: path) + link
    }
    throw Failure(path: path, errno: ELOOP)
  }

  /// Whether it is a name in /proc/NUMBER/fd, by whatever way it leads there: /dev/fd/1, /dev/stdout. The
  /// link that it seems to be leads to a file which could be replaced, but who has it open keeps the old
  /// one.
  private static func isOpenDescriptor(_ path: String) -> Bool {
    let folder = folder(of: path)
    guard let resolved = realpath(folder.isEmpty ? "." : folder, nil) else { return false }
    defer { free(resolved) }
    let parts = String(cString: resolved).split(separator: "/")
    return parts.count >= 3 && parts.first == "proc" && parts.last == "fd"
  }

  /// The standard stream that goes to this file or comes from it, if one does.
  private static func stream(to file: stat) -> String? {
    let names = [
      (STDIN_FILENO, "input"), (STDOUT_FILENO, "output"), (STDERR_FILENO, "error"),
    ]
    return names.first { stream, _ in
      var status = stat()
      return fstat(stream, &status) == 0
        && (status.st_dev, status.st_ino) == (file.st_dev, file.st_ino)
    }?.1
  }

  /// With its slash at the end; empty for the current folder.
  package static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  /// A name that no other process takes, and that is not too long where the file's own is not.
  package static func temporaryName() -> String {
    ".optlab-\(getpid())-\(String(UInt32.random(in: 0...UInt32.max), radix: 16)).tmp"
  }

  /// Where the file goes, and what is there.
  private static func place(
    _ path: String
  ) throws(Failure) -> (target: String, replaced: stat?) {
    let target = try behindLinks(path)
    var status = stat()
    guard stat(target, &status) == 0 else { return (target, nil) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Failure(path: path, reason: "it is there and no regular file; name another file")
    }
    if let stream = stream(to: status) {
      throw Failure(
        path: path,
        reason: "standard \(stream) is that file, and would keep the old one; name another file",
        isStream: true)
    }
    // A folder's permissions would let a file be replaced that is protected by its own.
    guard access(target, W_OK) == 0 else {
      throw Failure(
        path: path, reason: "\(String(cString: strerror(errno))), since it is write-protected")
    }
    return (target, status)
  }

  private static func create(
    beside target: String, path: String
  ) throws(Failure) -> (file: Int32, name: String, note: Int32) {
    while true {
      let name = folder(of: target) + temporaryName()
      // Before it is there: a signal may come in between.
      let note = ccpu_note_temporary(name)
      let file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if file >= 0 { return (file, name, note) }
      let error = errno
      ccpu_forget_temporary(note)
      guard error == EEXIST else { throw Failure(path: path, errno: error) }
    }
  }

  private static func handDown(_ old: stat, to file: Int32) {
    var new = stat()
    if fstat(file, &new) == 0, (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid) {
      // Only root may give files away; a group of one's own goes alone.
      if fchown(file, old.st_uid, old.st_gid) != 0 { _ = fchown(file, uid_t.max, old.st_gid) }
    }
    _ = fchmod(file, old.st_mode & 0o777)
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
