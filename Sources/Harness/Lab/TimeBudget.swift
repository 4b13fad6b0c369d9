import Foundation
import OptlabBasics

/// How a run's time is shared among its blocks, and what is said where it does not suffice.
struct TimeBudget {
  var blocks: Int
  /// For all of the run; nil takes what the plan takes.
  var seconds: Double?
  /// What of it went into verifying, for which the limit is not meant, in seconds.
  var verifying: Double
  /// Of the longest block so far.
  private(set) var longest = 0.0

  /// Blocks that a run has however little time there is: fewer say nothing about how processes differ.
  static let fewestBlocks = 3
  /// A run shorter than this needs no announcement.
  private static let worthSaying = 8.0
  /// What a process needs before it measures anything, in seconds.
  private static let startup = 0.15

  /// For what the user gave: all of a run.
  init(blocks: Int, seconds: Double?) {
    self.blocks = blocks
    self.seconds = seconds
    verifying = 0
  }

  /// For a plan's own limit: of measuring alone.
  ///
  /// - Parameter verifying: seconds that went by before measuring began.
  init(blocks: Int, measuring seconds: Double?, verifying: Double) {
    self.blocks = blocks
    self.seconds = seconds.map { $0 + verifying }
    self.verifying = verifying
  }

  /// Whether another block is begun.
  ///
  /// - Parameters:
  ///   - block: its number, from 0.
  ///   - spent: seconds since the run began.
  func hasRoom(forBlock block: Int, spent: Double) -> Bool {
    guard let seconds, block >= Self.fewestBlocks else { return true }
    return spent + longest / 2 <= seconds
  }

  /// The seconds that a block has to measure in; nil for as long as the plan takes.
  func share(ofBlock block: Int, spent: Double) -> Double? {
    seconds.map { max(0.01, ($0 - spent) / Double(blocks - block) - Self.startup) }
  }

  mutating func took(_ seconds: Double) { longest = max(longest, seconds) }

  /// What is to be said beforehand of the time that a run takes, as soon as its first block is done;
  /// nil where it is short, or as long as was asked for.
  func forecast(afterBlock block: Int, spent: Double) -> String? {
    guard block == 0, blocks > 1 else { return nil }
    guard let seconds else {
      let all = spent + longest * Double(blocks - 1)
      return all < Self.worthSaying ? nil : "takes about \(Figures.seconds(all)) in all"
    }
    let all = spent + longest * Double(min(blocks, Self.fewestBlocks) - 1) - verifying
    let (took, limit) = (Figures.seconds(all), Figures.seconds(seconds - verifying))
    guard all > (seconds - verifying) * 1.1, took != limit else { return nil }
    let what =
      verifying > 0
      ? "measuring takes about \(took) instead of \(limit), after \(Figures.seconds(verifying)) of "
        + "verifying"
      : "takes about \(took) instead of \(limit)"
    return "\(what): the least that so many rows need; choose fewer (--filter, --size)"
  }
}
