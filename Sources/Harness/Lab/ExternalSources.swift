import Foundation

/// Where the implementations of a run come from that are not the lab's own.
public struct ExternalSources: Codable, Sendable, Equatable {
  /// Shared libraries, as given.
  public var plugins: [String] = []
  /// How many seconds a plugin may go without a step forward before it is ended.
  public var patience = Self.standardPatience
  /// How many seconds a runner may take for an answer; nil is what the protocol allows for each.
  public var runnerDeadline: Double?
  /// A folder of contestants.
  public var contestants: String?
  /// Runner programs, as given.
  public var runners: [String] = []

  /// How many seconds a plugin may go without a step forward, where nobody says so.
  public static let standardPatience = 10.0

  public init() {}
}
