import Foundation

/// Signals by the names that people know.
package enum SignalName {
  private static let names: [Int32: String] = [
    SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP",
    SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL",
    SIGSEGV: "SIGSEGV", SIGPIPE: "SIGPIPE", SIGALRM: "SIGALRM", SIGTERM: "SIGTERM",
    SIGSYS: "SIGSYS", SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ",
  ]

  /// `SIGKILL`; nil for one that has no name here.
  package static func of(_ signal: Int32) -> String? { names[signal] }

  /// `signal 9 (SIGKILL)`.
  package static func text(_ signal: Int32) -> String {
    "signal \(signal)" + (of(signal).map { " (\($0))" } ?? "")
  }
}
