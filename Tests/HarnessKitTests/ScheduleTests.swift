import Testing

@testable import OptlabAES
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabReport
@testable import OptlabStatistics

@Suite("Rounds and blocks")
struct RoundScheduleTests {
  private let plan = Plan(
    rounds: 15, roundsOfLongCalls: 5, blocks: 3, slice: 0.2e-3, sample: 1e-3)

  @Test("Without a deadline, the planned rounds in equal blocks")
  func planned() {
    let schedule = RoundSchedule(plan: plan, start: 0, deadline: nil)
    let blocks = (0..<16).map { schedule.block(ofRound: $0, now: 1_000_000_000) }
    #expect(
      blocks == Array(repeating: 0, count: 5) + Array(repeating: 1, count: 5)
        + Array(repeating: 2, count: 5) + [nil])
  }

  @Test("With a deadline, as many rounds as fit, in blocks of equal time")
  func fitting() {
    let schedule = RoundSchedule(plan: plan, start: 0, deadline: 300_000)
    var blocks: [Int] = []
    while let block = schedule.block(ofRound: blocks.count, now: UInt64(blocks.count) * 1000) {
      blocks.append(block)
    }
    #expect((299...301).contains(blocks.count))
    for block in 0..<3 {
      #expect((98...102).contains(blocks.count { $0 == block }))
    }
  }

  @Test("A deadline that has passed leaves the least number of rounds, in all blocks")
  func tooLate() {
    let schedule = RoundSchedule(plan: plan, start: 1000, deadline: 1000)
    var blocks: [Int] = []
    while let block = schedule.block(ofRound: blocks.count, now: 5000) { blocks.append(block) }
    #expect(blocks.count == 15)
    #expect(Set(blocks) == [0, 1, 2])
  }

  @Test("Long calls take part in fewer rounds, spread evenly", arguments: [5, 3, 7])
  func longCalls(rounds: Int) {
    let pace = Sampler.Pace(calls: 1, slices: 1, repeats: 0, rounds: rounds)
    let taken = (0..<21).filter { pace.takesPart(in: $0, of: 21) }
    #expect(taken.count == rounds)
    let gaps = zip(taken, taken.dropFirst()).map { $1 - $0 }
    #expect(gaps.max()! - gaps.min()! <= 1)
  }
}

@Suite("Sampling")
struct SamplerTests {
  /// Counts its calls, and costs next to nothing.
  private final class Counting: PreparedCase {
    let unitsPerCall = 1
    var calls = 0
    func run(_ calls: Int) { self.calls += calls }
  }

  @Test("A call that is shorter than time stamps can tell took a tick, not none or less")
  func shortestSlice() throws {
    let calibration = Calibration(
      cyclesPerTick: 1, relativeError: 0, ticksPerSecond: 1e9, overheadTicks: 1e12)
    let sampler = Sampler(
      plan: .once, calibration: calibration,
      source: try CycleSourceChoice(forced: .nanoseconds, selfTest: nil), seed: 1)
    let measurement = try sampler.measure([Contestant(id: "a", prepare: { _ in Counting() })])[0]
    #expect(measurement.samples.flatMap(\.slices).allSatisfy { $0.ticks == 1 })
  }

  private func sampler(_ plan: Plan) throws -> Sampler {
    Sampler(
      plan: plan, calibration: .measure(seconds: 0.01),
      source: try CycleSourceChoice(forced: .nanoseconds, selfTest: nil), seed: 1)
  }

  @Test("Every contestant gives a sample a round, with newly prepared buffers a block")
  func rounds() throws {
    var layouts: [String: [Int]] = [:]
    let contestants = ["a", "b", "c"].map { name in
      Contestant(id: name) { layout in
        layouts[name, default: []].append(layout)
        return Counting()
      }
    }
    let plan = Plan(rounds: 6, roundsOfLongCalls: 3, blocks: 3, slice: 1e-5, sample: 2e-5)
    let measured = try sampler(plan).measure(contestants)
    #expect(measured.count == 3)
    for measurement in measured {
      #expect(measurement.samples.map(\.round) == Array(0..<6))
      #expect(measurement.samples.map(\.block) == [0, 0, 1, 1, 2, 2])
      #expect(measurement.samples.allSatisfy { $0.callsPerSlice == measurement.callsPerSlice })
      #expect(measurement.costPerCall.allSatisfy { $0.isFinite })
    }
    #expect(layouts == ["a": [0, 1, 2], "b": [0, 1, 2], "c": [0, 1, 2]])
  }

  @Test("A dirty slice is repeated no more often than the plan says")
  func repeats() throws {
    let plan = Plan(rounds: 2, roundsOfLongCalls: 1, blocks: 1, slice: 1e-5, sample: 4e-5)
    let measured = try sampler(plan).measure([Contestant(id: "a") { _ in Counting() }])
    for sample in measured[0].samples {
      let clean = sample.slices.count(where: \.isClean)
      // The number of calls is rounded, so that a slice takes two thirds of its aim at least.
      let wanted = Int((4e-5 / (1e-5 * 2 / 3)).rounded(.up))
      #expect(clean <= wanted)
      #expect(sample.slices.count <= wanted * 9)
    }
  }
}

extension RoundScheduleTests {
  @Test("Orders are a Latin square: each contestant stands in each place equally often")
  func latinSquare() throws {
    let sampler = Sampler(
      plan: plan, calibration: .measure(seconds: 0.01),
      source: try CycleSourceChoice(forced: .nanoseconds, selfTest: nil), seed: 3)
    var places: [[Int]] = Array(repeating: Array(repeating: 0, count: 4), count: 4)
    for round in 0..<12 {
      for (place, contestant) in sampler.order(round: round, of: 4).enumerated() {
        places[contestant][place] += 1
      }
    }
    #expect(places.allSatisfy { $0 == [3, 3, 3, 3] })
  }
}
