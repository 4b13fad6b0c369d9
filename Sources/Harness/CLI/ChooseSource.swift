import ArgumentParser
import HarnessKit

extension CycleSource: ExpressibleByArgument {}

/// The cycle source of this run: the best there is, or the one asked for.
func chooseSource(forced: CycleSource?) throws -> CycleSourceChoice {
  let selfTest = SelfTest.run(seconds: 0.1, attempts: 20)
  do throws(CycleSourceChoice.Unavailable) {
    let choice = try CycleSourceChoice(forced: forced, selfTest: selfTest)
    if forced == nil, let selfTest, !selfTest.passed {
      warn("loops of known cost do not come out whole (--self-test shows which)")
    }
    return choice
  } catch {
    throw CommandFailure(.usage, error.description)
  }
}
