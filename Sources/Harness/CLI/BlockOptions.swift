import ArgumentParser
import HarnessKit

/// How a run tells its further processes which part of it is theirs; for nobody else. See
/// ``BlockProcess``.
struct BlockOptions: ParsableArguments {
  /// `2/7`: the third of seven.
  @Option(help: .hidden) var block: String?
  @Option(help: .hidden) var blockExcluded: String?
  @Option(help: .hidden) var blockIdleLoad: Double?

  /// nil in a run's first process.
  func process() throws -> BlockProcess? {
    guard let block else { return nil }
    let numbers = block.split(separator: "/").map { Int($0) }
    guard numbers.count == 2, let number = numbers[0], let count = numbers[1],
      (0..<count).contains(number)
    else { throw ValidationError("--block '\(block)' is no block of a run") }
    return BlockProcess(
      block: number, count: count,
      excluded: blockExcluded?.split(separator: ",").map(String.init) ?? [],
      idleLoad: blockIdleLoad)
  }
}
