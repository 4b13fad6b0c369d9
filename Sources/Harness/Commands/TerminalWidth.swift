import Foundation

/// How wide the help may be.
enum TerminalWidth {
  /// What the argument parser's help needs beside its column of options, and more than anybody reads.
  private static let sensible = 40...500

  /// Gives the argument parser a width that it can work with: it traps where fewer columns are left
  /// than its indentation takes.
  static func limit() {
    var size = winsize()
    let asked = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }
    let shown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 ? Int(size.ws_col) : 0
    guard let width = asked ?? (shown > 0 ? shown : nil), !sensible.contains(width) else { return }
    let limited = min(max(width, sensible.lowerBound), sensible.upperBound)
    setenv("COLUMNS", "\(limited)", 1)
  }
}
