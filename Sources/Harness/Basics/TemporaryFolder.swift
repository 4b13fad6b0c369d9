import CCPU
import Foundation

/// A folder that is gone when nobody holds it any more, or a signal has ended this program.
package final class TemporaryFolder: Sendable {
  private let url: URL
  private let note: Int32

  package init() throws {
    url = FileManager.default.temporaryDirectory
      .appending(path: "optlab-\(getpid())-\(UInt64.random(in: 0...UInt64.max))")
    note = ccpu_note_temporary(url.path(percentEncoded: false))
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    } catch {
      ccpu_forget_temporary(note)
      throw error
    }
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
    ccpu_forget_temporary(note)
  }

  package func path(_ name: String) -> String {
    url.appending(path: name).path(percentEncoded: false)
  }
}
