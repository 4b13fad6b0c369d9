import CCPU
import Foundation
import Synchronization

/// An external process with all that it starts, which is known by its group, by descent, and, where this
/// program adopts who loses a parent (``Interruption/leaveNothingBehind()``), by a variable in its
/// environment; see ccpu_processes.h.
struct ProcessFamily: Sendable {
  /// The name of the variable.
  static let variable = CCPU_FAMILY_VARIABLE

  private static let last = Atomic<Int>(0)

  /// What the variable is set to.
  let name: String

  init() {
    let number = Self.last.wrappingAdd(1, ordering: .relaxed).newValue
    name = "\(getpid()).\(number)"
  }

  /// Starts a program by this thread, on the CPUs of which it stays.
  ///
  /// - Parameters:
  ///   - input, output, errors: what its standard streams become.
  ///   - id: is set to the new process, which is a child to be waited for.
  /// - Returns: 0, or errno.
  func start(
    _ program: String, input: Int32, output: Int32, errors: Int32, id: inout pid_t
  ) -> Int32 {
    ccpu_start_process(program, input, output, errors, name, &id)
  }

  /// Kills all of it.
  ///
  /// - Parameter id: of the process itself, as long as nobody has waited for it; nil when it is gone.
  func end(_ id: pid_t? = nil) { ccpu_end_family(id ?? 0, name) }
}
