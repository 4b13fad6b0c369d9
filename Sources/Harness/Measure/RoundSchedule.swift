/// When to go on with another round, and when to lay the buffers out anew.
struct RoundSchedule {
  let plan: Plan
  /// In nanoseconds.
  let start: UInt64
  let deadline: UInt64?

  /// The block that a round belongs to; nil when there are rounds enough.
  func block(ofRound round: Int, now: UInt64) -> Int? {
    guard let deadline else {
      return round < plan.rounds ? round * plan.blocks / plan.rounds : nil
    }
    if let most = plan.mostRounds, round >= most { return nil }
    // The next round will take as long as those before it did on average.
    let spent = now - start
    let next = round == 0 ? 0 : spent / UInt64(round)
    let isOver = now + next / 2 >= deadline
    if round >= plan.rounds && isOver { return nil }
    let byRounds = round * plan.blocks / plan.rounds
    let byTime = deadline > start ? Int(spent * UInt64(plan.blocks) / (deadline - start)) : 0
    // Where time is short, the least number of rounds still meets every block.
    return min(plan.blocks - 1, isOver ? max(byRounds, byTime) : byTime)
  }
}
