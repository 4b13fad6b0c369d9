/// How long and how often to measure.
public struct Plan: Sendable, Codable, Equatable {
  /// Samples of each implementation and case; the least number where there is a deadline.
  public var rounds: Int
  /// Rounds where a single call takes longer than `longCall`.
  public var roundsOfLongCalls: Int
  /// In seconds.
  public var longCall = 0.020
  /// The most rounds where there is a deadline; nil takes all that fit.
  public var mostRounds: Int?
  /// How long measuring may take, in seconds, where nobody says so; nil takes what the rounds take.
  public var mostSeconds: Double?
  /// How often buffers are newly laid out within the rounds.
  public var blocks: Int
  /// The time that slices aim at, in seconds; a longer call is a slice of its own.
  public var slice: Double
  /// The calls of a slice are a multiple of this, so that a share of them is a whole number.
  public var callMultiple = 1
  /// The time of the clean slices in a sample, in seconds. A twentieth over a millisecond, because
  /// how long a slice takes is an estimate, and pyperf warns of values below a millisecond.
  public var sample: Double
  /// How often a dirty slice is repeated.
  public var repeats = 8
  /// How long, in seconds over the whole run, to go on with further rounds where a neighbour left
  /// fewer than half of the planned samples clean; a run with a deadline has rounds enough anyway.
  public var patience = 0.0
  /// Whether the throughput sentinel has a say in which slices are clean.
  public var usesSentinel = true
  /// A slice longer than this, in seconds, is never repeated: too long to be clean by chance.
  public var longestRepeated = 0.002

  package init(
    rounds: Int, roundsOfLongCalls: Int, longCall: Double = 0.020, mostRounds: Int? = nil,
    mostSeconds: Double? = nil, blocks: Int, slice: Double, callMultiple: Int = 1, sample: Double,
    repeats: Int = 8, patience: Double = 0.0, usesSentinel: Bool = true,
    longestRepeated: Double = 0.002
  ) {
    self.rounds = rounds
    self.roundsOfLongCalls = roundsOfLongCalls
    self.longCall = longCall
    self.mostRounds = mostRounds
    self.mostSeconds = mostSeconds
    self.blocks = blocks
    self.slice = slice
    self.callMultiple = callMultiple
    self.sample = sample
    self.repeats = repeats
    self.patience = patience
    self.usesSentinel = usesSentinel
    self.longestRepeated = longestRepeated
  }

  public static let standard = Plan(
    rounds: 27, roundsOfLongCalls: 9, blocks: 9, slice: 0.05e-3, sample: 1.05e-3, patience: 15)

  /// Nine rounds, or as many as fit into some seconds, three at least.
  public static let quick = Plan(
    rounds: 3, roundsOfLongCalls: 3, mostRounds: 9, mostSeconds: 8, blocks: 3, slice: 0.05e-3,
    sample: 1.05e-3)

  /// As many rounds as a deadline leaves room for, at least five; where the time is short, in fewer
  /// blocks, since a block's process wants some of it too.
  public static func timed(_ seconds: Double) -> Plan {
    Plan(
      rounds: 5, roundsOfLongCalls: 5, blocks: seconds < 10 ? 3 : standard.blocks, slice: 0.05e-3,
      sample: 1.05e-3)
  }

  /// One call of everything: for tests, which want to know that it runs, not how fast.
  public static let once = Plan(rounds: 1, roundsOfLongCalls: 1, blocks: 1, slice: 0, sample: 0)

  /// Whether limits are measured too: not beside slices that aim at no time, whose single calls say
  /// nothing that could be held against one.
  package var measuresLimits: Bool { slice > 0 }
}
