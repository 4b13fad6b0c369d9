import CCPU
import Foundation

/// File descriptors that this process may still open. Starting a child takes many of them for a moment,
/// and where there are too few, swift-subprocess ends this process by a trap or waits for ever: so it is
/// found out before each.
package enum FreeDescriptors {
  /// Why something is not begun.
  package struct Failure: Error, Equatable, CustomStringConvertible {
    var purpose: String
    /// With the remedy.
    package var reason: String

    package var description: String { "cannot \(purpose): \(reason)" }
  }

  /// More than swift-subprocess has open at once for a child, all three streams included, with some for
  /// what other threads open meanwhile.
  package static let forChild = 24

  /// What it keeps open for good with the first one, and more.
  package static let ofFirstChild = 12

  /// What a runner or a plugin keeps open as long as its process lives.
  package static let ofLivingProcess = 4

  /// A higher limit than this is left to those who need one: select(2) of an older program, which would
  /// inherit it, does not know descriptors from 1024 on.
  private static let plenty: Int32 = 1024

  /// Takes what this process may have, where it was given less than it needs.
  package static func raiseLimit() { ccpu_raise_descriptor_limit(plenty) }

  /// - Parameters:
  ///   - count: that must be free.
  ///   - purpose: what needs them: `start a runner`.
  package static func require(_ count: Int = forChild, to purpose: String) throws(Failure) {
    var error: Int32 = 0
    let free = ccpu_free_descriptors(Int32(clamping: count), &error)
    guard free < count else { return }
    let limit = ccpu_descriptor_limit()
    throw Failure(
      purpose: purpose,
      reason: "\(String(cString: strerror(error))): \(free) more can be opened, and \(count) are "
        + "needed; raise the limit (ulimit -n" + (limit < 0 ? ")" : "), which is \(limit)"))
  }
}
