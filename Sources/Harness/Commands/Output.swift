import Foundation
import OptlabBasics
import Synchronization

/// Standard output and standard error, of every command.
///
/// Each text leaves at once and by whole lines, so that the two streams keep their order and mix in no
/// line where both go to one place. What standard output does not take is remembered until the
/// command ends; what standard error does not take is lost, and nothing else with it.
enum Output {
  private struct State {
    /// A line that has no end yet.
    var unfinished: [UInt8] = []
    /// Why standard output has not taken everything.
    var error: Int32?
    /// Whether a terminal shows a line that is not there to stay.
    var isProgressShown = false
  }

  private static let state = Mutex(State())
  private static let eraseLine = "\r\u{1B}[K"

  /// Makes of the streams what the rest relies on; before anything opens a file.
  static func prepare() {
    // A file that is opened later must not get the number of a stream that is closed. Standard output
    // stays one that takes nothing, which is found out when something is written.
    for (stream, mode) in [
      (STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY),
    ] where fcntl(stream, F_GETFD) == -1 && errno == EBADF {
      _ = open("/dev/null", mode)
    }
    // Errors of the write rather than ends of the process. A handler, which a child that runs another
    // program does not inherit, rather than SIG_IGN, which it does.
    for signal in [SIGPIPE, SIGXFSZ] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in }
      action.sa_flags = SA_RESTART
      sigaction(signal, &action, nil)
    }
  }

  /// Whether standard output has refused something: what is printed from now on is lost.
  static var isLost: Bool { state.withLock { $0.error != nil } }

  /// Writes to standard output, control characters escaped.
  static func write(_ text: String) { write([UInt8](text.printable.utf8)) }

  /// Writes to standard output as it is: what is for a program, not for a terminal.
  static func write(_ bytes: [UInt8]) {
    state.withLock { state in
      clearProgress(&state)
      state.unfinished += bytes
      guard let end = state.unfinished.lastIndex(of: 0x0A) else { return }
      send(&state, count: end + 1)
    }
  }

  /// Writes to standard error, control characters escaped.
  ///
  /// - Parameter text: whole lines.
  static func writeError(_ text: String) {
    state.withLock { state in
      clearProgress(&state)
      _ = send([UInt8](text.printable.utf8)[...], to: STDERR_FILENO)
    }
  }

  /// Shows one line on standard error, a terminal, until something else is written; nil shows none.
  static func showProgress(_ text: String?) {
    state.withLock { state in
      clearProgress(&state)
      guard let text else { return }
      state.isProgressShown = true
      _ = send([UInt8](text.printable.utf8)[...], to: STDERR_FILENO)
    }
  }

  /// Ends the process.
  ///
  /// - Parameter code: of the command; 0 becomes 4 where standard output has not taken everything.
  static func end(_ code: Int32) -> Never {
    let error = state.withLock { state in
      clearProgress(&state)
      send(&state, count: state.unfinished.count)
      // Some file systems tell only now what they could not write.
      if close(STDOUT_FILENO) != 0, state.error == nil { state.error = errno }
      return state.error
    }
    guard let error else { exit(code) }
    // Who reads no further, as `head` does, knows that there was more.
    if error != EPIPE {
      writeError("Error: cannot write to standard output: \(String(cString: strerror(error)))\n")
    }
    exit(code == 0 ? CommandFailure.Code.inputOutput.rawValue : code)
  }

  private static func clearProgress(_ state: inout State) {
    guard state.isProgressShown else { return }
    state.isProgressShown = false
    _ = send([UInt8](eraseLine.utf8)[...], to: STDERR_FILENO)
  }

  private static func send(_ state: inout State, count: Int) {
    // After an error nothing more: half of a text would look like the whole.
    if state.error == nil { state.error = send(state.unfinished[..<count], to: STDOUT_FILENO) }
    state.unfinished.removeFirst(count)
  }

  /// - Returns: errno where not all of it could be written.
  private static func send(_ bytes: ArraySlice<UInt8>, to stream: Int32) -> Int32? {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Glibc.write(
          stream, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count >= 0 {
          rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
          // The stream is another program's too, which does not want to wait; this one does.
          var ready = pollfd(fd: stream, events: Int16(POLLOUT), revents: 0)
          _ = poll(&ready, 1, -1)
        } else if errno != EINTR {
          return errno
        }
      }
      return nil
    }
  }
}

/// Prints by ``Output``: in this module Swift's own `print`, which knows no errors, is hidden.
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {
  Output.write(items.map { "\($0)" }.joined(separator: separator) + terminator)
}

/// Writes one line to stderr that the user should see and a script need not.
func warn(_ message: String) {
  Output.writeError("Warning: \(message)\n")
}

/// Prints a value as JSON for machines.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  print(String(decoding: try encoder.encode(value), as: UTF8.self).printableJSON)
}
