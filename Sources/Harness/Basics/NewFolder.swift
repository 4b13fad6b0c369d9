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
      if mkdir(current, 0o777) == 0 {
        ccpu_note_new_folder(current)
      } else if errno != EEXIST {
        return errno
      }
    }
    var status = stat()
    guard path.isEmpty || stat(path, &status) == 0 else { return errno }
    return path.isEmpty || status.st_mode & S_IFMT == S_IFDIR ? 0 : ENOTDIR
  }
}
