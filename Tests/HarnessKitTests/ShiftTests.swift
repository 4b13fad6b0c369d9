import Foundation
import Testing

import struct OptlabMeasure.Measurement

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabCPU
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabReport
@testable import OptlabStatistics

@Suite("Student's t, Holm, and intervals over blocks")
struct ShiftTests {
  /// Values from the usual tables (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2).
  @Test(
    "Quantiles of Student's t",
    arguments: [
      (1.0, 0.025, 12.706), (2, 0.005, 9.925), (5, 0.05, 2.015), (10, 0.001, 4.144),
      (12, 0.025, 2.179), (30, 0.01, 2.457), (1e6, 0.025, 1.960),
    ])
  func quantiles(freedom: Double, tail: Double, expected: Double) {
    let t = StudentT(freedom: freedom)
    #expect(abs(t.quantile(upperTail: tail) - expected) < 0.0006)
    #expect(abs(t.upperTail(t.quantile(upperTail: tail)) / tail - 1) < 1e-9)
    #expect(abs(t.upperTail(-1) + t.upperTail(1) - 1) < 1e-12)
  }

  @Test("With two degrees of freedom there is a formula", arguments: [0.1, 1, 3, 40, 1000])
  func closedForm(t: Double) {
    let exact = 0.5 - t / (2 * (2 + t * t).squareRoot())
    #expect(abs(StudentT(freedom: 2).upperTail(t) - exact) < 1e-12 + 1e-9 * exact)
  }

  /// The procedure by hand: 0.005 <= 0.05 / 4, 0.01 <= 0.05 / 3, but 0.03 > 0.05 / 2.
  @Test("Holm's procedure on four tests at 5 %")
  func holm() {
    let values = [0.01, 0.04, 0.03, 0.005]
    let levels = Holm.levels(values, error: 0.05)
    let expectedLevels: [Double] = [0.05 / 3, 0.025, 0.025, 0.0125]
    #expect(levels == expectedLevels)
    let rejected = zip(values, levels).map { $0 <= $1 }
    #expect(rejected == [true, false, false, true])
    let adjusted = Holm.adjusted(values)
    let expected: [Double] = [0.03, 0.06, 0.06, 0.02]
    for (value, wanted) in zip(adjusted, expected) { #expect(abs(value - wanted) < 1e-12) }
    #expect(adjusted.map { $0 <= 0.05 } == rejected)
    #expect(Holm.levels([], error: 0.05).isEmpty)
    let both: [Double] = [0.025, 0.05]
    #expect(Holm.levels([0.01, 0.02], error: 0.05) == both)
  }

  /// Snedecor and Cochran's way by hand: means 3 and 6, variances 2.5 and 10 over 5 values each.
  @Test("Welch's interval by hand")
  func welch() {
    let shift = Shift(from: [1, 2, 3, 4, 5], to: [2, 4, 6, 8, 10])
    #expect(abs(shift.value - 3) < 1e-12)
    #expect(abs(shift.error - (0.5 + 2.0).squareRoot()) < 1e-12)
    let freedom = 2.5 * 2.5 / (0.25 / 4 + 4.0 / 4)
    #expect(abs(shift.freedom - freedom) < 1e-12)
    let interval = shift.interval(error: 0.05)
    #expect(abs((interval.lowerBound + interval.upperBound) / 2 - 3) < 1e-9)
    #expect(abs(shift.probability(of: interval.lowerBound) - 0.05) < 1e-9)
    #expect(abs(shift.probability(atMost: interval.lowerBound) - 0.05) < 1e-9)
  }

  /// By hand: of seven the ends go; 2 3 4 5 6 are left, mean 4; pulled in 2 2 3 4 5 6 6, squares 18.
  @Test("One block of seven that is far off does not decide")
  func trimmed() {
    let mean = TrimmedMean([100, 2, 3, 4, 5, 6, -50])
    #expect(mean.value == 4 && mean.freedom == 4)
    #expect(abs(mean.squaredError - 18.0 / 20) < 1e-12)
    #expect(TrimmedMean([1, 2, 9]).value == 4, "three cannot spare any")
    let same: [Double] = [0, 0.001, -0.001, 0.0005, -0.0005, 0.0002, -0.0002, 0.0001, 0]
    let shift = Shift(from: same, to: same.dropLast() + [0.12])
    #expect(shift.interval(error: 0.01).upperBound < 0.01)
  }

  @Test("Blocks without any spread: certain, but no division by it")
  func noSpread() {
    let same = Shift(from: [1, 1, 1], to: [1, 1, 1])
    #expect(same.probability(of: 0) == 1)
    #expect(same.interval(error: 0.01) == 0...0)
    #expect(Shift(from: [1, 1, 1], to: [2, 2, 2]).probability(of: 0) == 0)
  }

  private static func normal(_ random: inout SeededGenerator) -> Double {
    let u = Double.random(in: 1e-12..<1, using: &random)
    let v = Double.random(in: 0..<1, using: &random)
    return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
  }

  /// Costs as runs have them: each block, a process, has a level of its own, and its rounds a noise
  /// that is much smaller.
  static func measurement(
    _ level: Double, blockSpread: Double, random: inout SeededGenerator, blocks: Int = 9,
    outliers: Double = 0
  ) -> OptlabMeasure.Measurement {
    var costs: [[Double]] = []
    for _ in 0..<blocks {
      var block = blockSpread * normal(&random)
      if outliers > 0, Double.random(in: 0..<1, using: &random) < outliers { block += 0.05 }
      for _ in 0..<3 { costs.append([1e6 * level * exp(block + 0.0005 * normal(&random))]) }
    }
    return SyntheticRun.measurement(costs)
  }

  @Test(
    "The interval of two runs holds the true ratio as often as it says",
    arguments: [(0.005, 0.0), (0.001, 1.0 / 30)])
  func coverage(blockSpread: Double, outliers: Double) {
    var random = SeededGenerator(seed: 11)
    let trials = 2000
    var held = 0
    for _ in 0..<trials {
      let old = Self.measurement(
        1, blockSpread: blockSpread, random: &random, outliers: outliers)
      let new = Self.measurement(
        1.03, blockSpread: blockSpread, random: &random, outliers: outliers)
      let shift = Shift(from: BlockedCosts(old).medians, to: BlockedCosts(new).medians)
      if shift.interval(error: 0.05).contains(log(1.03)) { held += 1 }
    }
    // Three standard errors of 2000 trials are 1.5 %.
    #expect(Double(held) / Double(trials) > 0.935)
  }

  @Test("What disturbs a round in both drops out of the paired interval")
  func paired() {
    var random = SeededGenerator(seed: 5)
    var first: [[Double]] = []
    var second: [[Double]] = []
    for _ in 0..<21 {
      let disturbance = exp(0.1 * Self.normal(&random))
      first.append([1e6 * disturbance])
      second.append([1.02e6 * disturbance * exp(0.0005 * Self.normal(&random))])
    }
    let costs = BlockedCosts(SyntheticRun.measurement(first))
    let shift = Shift(
      differences: costs.paired(with: BlockedCosts(SyntheticRun.measurement(second))))
    let interval = shift.interval(error: 0.01)
    #expect(interval.contains(log(1.02)))
    #expect(interval.upperBound - interval.lowerBound < 0.005)
  }

  @Test("Dirty rounds count only where there are too few clean ones, as everywhere")
  func blocks() {
    var measurement = SyntheticRun.measurement((0..<9).map { [Double(100 + $0)] })
    #expect(
      BlockedCosts(measurement).medians.map { exp($0) * 1024 }.map { $0.rounded() }.count == 3)
    for index in measurement.samples[3].slices.indices {
      measurement.samples[3].slices[index].flags = [.sibling]
    }
    #expect(BlockedCosts(measurement).blocks.map(\.count) == [3, 2, 3])
  }
}

@Suite("Change points")
struct ChangePointTests {
  private static func series(_ levels: [(Int, Double)], seed: UInt64 = 1) -> [Double] {
    var random = SeededGenerator(seed: seed)
    return levels.flatMap { count, level in
      (0..<count).map { _ in level + 0.002 * Double.random(in: -1...1, using: &random) }
    }
  }

  @Test("Jumps are found where they are")
  func jumps() {
    let found = ChangePoints.find(
      Self.series([(8, 0), (9, 0.05), (7, 0.02)]), error: 0.01, minimumShift: 0.005)
    #expect(found.map(\.index) == [8, 17])
    #expect(abs(found[0].shift - 0.05) < 0.002 && abs(found[1].shift + 0.03) < 0.002)
  }

  @Test("Series without a jump seldom have one")
  func noJump() {
    let found = (0..<500).count {
      !ChangePoints.find(Self.series([(20, 0)], seed: UInt64($0)), error: 0.01).isEmpty
    }
    // 1 % of 500, and three standard errors.
    #expect(found <= 12)
  }

  @Test("A jump too small, or too near the end, is none")
  func none() {
    #expect(
      ChangePoints.find(Self.series([(9, 0), (9, 0.004)]), error: 0.01, minimumShift: 0.005)
        .isEmpty)
    #expect(ChangePoints.find([0, 0, 0, 0, 1], error: 0.01).isEmpty)
    #expect(ChangePoints.find([], error: 0.01).isEmpty)
  }
}
