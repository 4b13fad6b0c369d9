import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabCPU
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabResults

/// By looks, not by a clock.
@Suite("How long a child process is waited for")
struct ChildPatienceTests {
  /// Looks until something is to be done.
  ///
  /// - Returns: what, and at which look; nil where there is nothing to be done in half an hour.
  private func first(
    passesOn: Bool = true, interruptedFrom start: Int = .max, cpuTime: (Int) -> Int64?
  ) -> (step: ChildPatience.Step, look: Int)? {
    var patience = ChildPatience(interval: 0.5, passesOn: passesOn)
    for look in 1...3600 {
      let step = patience.look(isInterrupted: look >= start, cpuTime: cpuTime(look))
      if step != .wait { return (step, look) }
    }
    return nil
  }

  @Test("One that works, or of which nothing is known, is waited for as long as it takes")
  func works() {
    #expect(first { Int64($0) } == nil)
    // Now and then, as one that waits for a runner.
    #expect(first { Int64($0 / 200) } == nil)
    #expect(first { _ in nil } == nil)
  }

  @Test("One that uses no CPU is ended after two minutes, whenever it began to do nothing")
  func silent() throws {
    for start in [1, 100] {
      let end = try #require(first { Int64(min($0, start)) })
      #expect(end.step == .end(.silent) && end.look == start + 240)
    }
  }

  @Test("An interruption is passed on once, and five seconds later it is the end")
  func interrupted() {
    var patience = ChildPatience(interval: 0.5, passesOn: true)
    var steps: [ChildPatience.Step] = []
    for look in 1...14 {
      steps.append(patience.look(isInterrupted: look > 4, cpuTime: Int64(look)))
    }
    #expect(steps[4] == .interrupt && steps[13] == .end(.interrupted))
    #expect(steps.indices.allSatisfy { [4, 13].contains($0) || steps[$0] == .wait })
  }

  @Test("One that ends by no interruption is ended after the same time")
  func notPassedOn() throws {
    let end = try #require(first(passesOn: false, interruptedFrom: 4) { Int64($0) })
    #expect(end.step == .end(.interrupted) && end.look == 13)
  }
}
