import ArgumentParser
import OptlabMeasure

extension CycleSource: ExpressibleByArgument {}

/// The cycle source of this run: the best there is, or the one asked for.
///
/// - Parameter isJudged: false takes it on trust that loops of known cost come out whole, which on a
///   busy machine they need many attempts for.
func chooseSource(forced: CycleSource?, isJudged: Bool = true) throws -> CycleSourceChoice {
  var selfTest = isJudged ? SelfTest.run(seconds: 0.1, attempts: 20) : .run(seconds: 0, attempts: 1)
  if !isJudged { selfTest?.checks = [] }
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
