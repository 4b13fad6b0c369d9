import ArgumentParser
import OptlabLab

/// The options on this command line, also those that are given the value that they have anyway.
///
/// What was asked for and would do nothing is refused: whoever gives it expects something of it.
enum GivenOptions {
  /// As they are spelled, `--cpu`, without values.
  static let all: [String] = CommandLine.arguments.dropFirst().prefix { $0 != "--" }
    .filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) }

  /// - Parameter reason: the rest of a sentence that begins with the option.
  static func refuse(_ options: [String], because reason: String) throws {
    if let one = all.first(where: options.contains) { throw ValidationError("\(one) \(reason)") }
  }

  /// Refuses all but some, where one option decides what the command does.
  static func refuseOthers(than options: [String], with decisive: String) throws {
    guard let one = all.first(where: { $0 != decisive && !options.contains($0) }) else { return }
    throw ValidationError("\(one) does nothing with \(decisive); leave one of them out")
  }

  /// Those that mean more the more often they are given.
  private static let repeatable = ["--plugin", "--runner"]

  /// Refuses an option that is given twice: of two values the first would be dropped unread.
  static func refuseRepetition() throws {
    for (place, one) in all.enumerated()
    where !repeatable.contains(one) && all[..<place].contains(one) {
      throw CommandFailure(
        .usage, "\(one) is given twice, and only the last would count; leave one out")
    }
  }

  /// Of lists of names, separated by commas.
  static func refuseEmptyNames(_ option: String, _ value: String?) throws {
    guard let value else { return }
    try refuseEmpty(option, value)
    if Selection.split(value).contains("") {
      throw ValidationError("\(option) '\(value)' has an empty name in it")
    }
  }

  /// Of `--output` and others that take a path or a name.
  static func refuseEmpty(_ option: String, _ value: String?) throws {
    if value == "" { throw ValidationError("\(option) '' names nothing") }
  }

  static func refuseEmpty(_ option: String, _ values: [String]) throws {
    if values.contains("") { throw ValidationError("\(option) '' names nothing") }
  }
}
