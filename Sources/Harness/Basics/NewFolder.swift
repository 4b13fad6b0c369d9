import CCPU
import Foundation

/// Folders that are made for what is going to be in them.
package enum NewFolder {
  /// Makes a folder and those above it, as far as they are missing. One that was made here and that is
  /// empty when this program ends, by a signal or not, goes with it.
  ///
  /// - Returns: 0, or errno.
  package static func make(_ path: String) -> Int32 {
    var current = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      current += "\(part)/"
      var status = stat()
      if stat(current, &status) == 0 { continue }
      // Before it is there: a signal may come in between.
      let note = ccpu_note_new_folder(current)
      guard mkdir(current, 0o777) != 0 else { continue }
      let error = errno
      ccpu_forget_new_folder(note)
      if error != EEXIST { return error }
    }
    var status = stat()
    guard path.isEmpty || stat(path, &status) == 0 else { return errno }
    return path.isEmpty || status.st_mode & S_IFMT == S_IFDIR ? 0 : ENOTDIR
  }
}
