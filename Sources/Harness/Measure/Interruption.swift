import CCPU
import Foundation
import Synchronization

/// SIGINT, SIGTERM and SIGHUP, turned into a question that a run asks between two samples: what was measured
/// until then is not lost.
public enum Interruption {
  /// From now on the end of this program, by a signal or not, ends all that it has started, and takes
  /// away files and folders that are not finished.
  public static func leaveNothingBehind() { _ = ccpu_leave_nothing_behind() }

  /// From now on the first signal only makes `isRequested` true; a second one ends the program.
  public static func catchSignals() { _ = ccpu_catch_interrupts() }

  public static var isRequested: Bool { ccpu_interrupted_by() != 0 || isAlone }

  // MARK: A process for another one

  /// The process that this one measures for; 0 where it measures for itself.
  private static let parent = Atomic<Int32>(0)

  /// From now on the end of the parent process is an interruption too: nobody is left who wants the
  /// result.
  public static func followParent() { parent.store(getppid(), ordering: .relaxed) }

  private static var isAlone: Bool {
    let parent = parent.load(ordering: .relaxed)
    return parent != 0 && parent != getppid()
  }
}
