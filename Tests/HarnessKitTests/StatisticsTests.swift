import Foundation
import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabCPU
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabProfile
@testable import OptlabReport
@testable import OptlabResults
@testable import OptlabStatistics

@Suite("Order statistics")
struct OrderStatisticsTests {
  @Test("Quantiles by definition 7", arguments: [(0.0, 1.0), (0.25, 2.0), (0.5, 3.0), (0.9, 4.6)])
  func quantiles(p: Double, expected: Double) {
    #expect(abs(OrderStatistics([5, 3, 1, 4, 2]).quantile(p) - expected) < 1e-12)
  }

  @Test("An even number of values: the median lies between the middle two")
  func evenMedian() {
    #expect(OrderStatistics([4, 1, 3, 2]).median == 2.5)
  }

  /// Ranks from the table in Conover, "Practical Nonparametric Statistics", 1999, or by summing
  /// binomial coefficients by hand: for n = 15 and 99 %, 1 + 15 + 105 of 32,768 on each side.
  @Test(
    "Ranks of the median's interval",
    arguments: [(15, 0.99, 3, 13), (21, 0.99, 5, 17), (5, 0.9, 1, 5), (20, 0.95, 6, 15)])
  func interval(n: Int, confidence: Double, low: Double, high: Double) throws {
    let values = (1...n).map(Double.init).shuffled()
    let interval = try #require(OrderStatistics(values).medianInterval(confidence: confidence))
    #expect(interval == low...high)
  }

  @Test("Too few values have no interval")
  func noInterval() {
    #expect(OrderStatistics([1, 2, 3, 4]).medianInterval(confidence: 0.95) == nil)
  }

  @Test("The interval covers the median as often as it says")
  func coverage() throws {
    var generator = SeededGenerator(seed: 1)
    var covered = 0
    let trials = 4000
    for _ in 0..<trials {
      // Skewed on purpose: nothing may depend on the shape.
      let values = (0..<15).map { _ in -log(Double.random(in: 0..<1, using: &generator)) }
      let interval = try #require(OrderStatistics(values).medianInterval(confidence: 0.95))
      if interval.contains(log(2.0)) { covered += 1 }
    }
    // The true share is 0.9648 for n = 15; three standard errors are 0.0088.
    #expect((0.95...0.98).contains(Double(covered) / Double(trials)))
  }

  @Test("Tukey's fences count outliers and drop none")
  func outliers() {
    let values = OrderStatistics([10, 11, 12, 13, 14, 100])
    #expect(values.outliers == 1)
    #expect(values.sorted.count == 6)
  }
}

@Suite("Paired comparison")
struct PairedComparisonTests {
  /// Rounds that drift by a factor of two, which both implementations share.
  private func rounds(_ factor: Double, jitter: Double, seed: UInt64 = 7) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    return (0..<21).map { round in
      (1 + Double(round) / 20) * factor
        * Double.random(in: 1 - jitter...1 + jitter, using: &generator)
    }
  }

  @Test(
    "A difference is seen through drift that both share",
    arguments: [
      (1.02, PairedComparison.Verdict.slower), (0.98, .faster), (1.0, .same), (1.002, .same),
    ])
  func verdict(factor: Double, expected: PairedComparison.Verdict) {
    let comparison = PairedComparison(
      first: rounds(1, jitter: 0.002, seed: 1), second: rounds(factor, jitter: 0.002, seed: 2))
    #expect(comparison.verdict() == expected)
    #expect(abs(comparison.ratio / factor - 1) < 0.005)
  }

  @Test("Noise that hides any difference is called unstable, not same")
  func unstable() {
    let comparison = PairedComparison(
      first: rounds(1, jitter: 0.4, seed: 3), second: rounds(1, jitter: 0.4, seed: 4))
    #expect(comparison.verdict() == .unstable)
  }

  @Test("Too few rounds say nothing")
  func fewRounds() {
    #expect(PairedComparison(first: [1, 1], second: [2, 2]).verdict() == .unstable)
  }

  @Test("The least effect is the user's to choose")
  func minimumEffect() {
    let comparison = PairedComparison(
      first: rounds(1, jitter: 0.0001, seed: 5), second: rounds(1.003, jitter: 0.0001, seed: 6))
    #expect(comparison.verdict() == .same)
    #expect(comparison.verdict(minimumEffect: 0.001) == .slower)
  }
}
