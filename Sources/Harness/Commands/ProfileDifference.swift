import Foundation
import OptlabBasics
import OptlabProfile

/// `harness profile --diff`: two profiles in one flame graph.
struct ProfileDifference {
  let command: ProfileCommand

  private struct Side {
    var name: String
    var stacks: FoldedStacks
  }

  /// Refuses what is neither a file nor an implementation, before anything is made or sampled for it.
  func check() throws {
    let ids = Harness.workloads.implementations.map(\.id)
    for text in command.diff where !ids.contains(text) {
      guard !FileManager.default.fileExists(atPath: text) else { continue }
      // No implementation is called so: a path, then.
      guard !text.contains(where: { $0 == "/" || $0 == "." }) else {
        throw CommandFailure(.inputOutput, "cannot read '\(text)': No such file or directory")
      }
      throw CommandFailure(
        .usage,
        "'\(text)' is neither a file of folded stacks nor an implementation"
          + "\(NearMiss.question(text, among: ids)); valid: \(ids.joined(separator: ", "))")
    }
  }

  func run() throws {
    let sides = try command.diff.map(side)
    let both = DifferentialStacks(before: sides[0].stacks, after: sides[1].stacks)
    let graph = FlameGraph(
      title: "Difference of two profiles",
      subtitles: [
        "First: \(sides[0].name), \(FoldedStacks.text(both.before.total)) samples",
        "Second: \(sides[1].name), \(FoldedStacks.text(both.after.total)) samples",
        "Red: more in the second. Blue: less. Grey: within 0.5 points.",
        "Width: mean of both shares, each profile taken as 100 %.",
      ], tree: FlameTree(both))
    for change in both.changes.prefix(8) where abs(change.points) >= 0.05 {
      print(String(format: "%+7.1f points  ", change.points) + change.name)
    }
    let base = "diff-" + sides.map { FileName.of($0.name) }.joined(separator: "-to-")
    try command.write([
      (base + ".svg", Data(graph.svg.utf8)), (base + ".folded", Data(both.text.utf8)),
    ])
  }

  /// A file of that name, or else an implementation.
  private func side(_ text: String) throws -> Side {
    if Harness.workloads.implementations.contains(where: { $0.id == text }) {
      return try recorded(text)
    }
    let stacks: FoldedStacks
    do {
      stacks = try FoldedStacks(
        text: String(decoding: Data(contentsOf: URL(filePath: text)), as: UTF8.self))
    } catch {
      throw CommandFailure(.inputOutput, "cannot read '\(text)': \(FileReason.text(error))")
    }
    guard stacks.total > 0 else {
      throw CommandFailure(.inputOutput, "'\(text)' holds no samples")
    }
    return Side(
      name: URL(filePath: text).deletingPathExtension().lastPathComponent, stacks: stacks)
  }

  private func recorded(_ id: String) throws -> Side {
    let tool = try perfTool()
    var options = command.options
    options.choice.impl = id
    let chosen = try options.chosen()
    if let failure = chosen.failure { throw failure }
    guard chosen.cases.count == 1 else {
      throw CommandFailure(
        .usage,
        "\(id) has \(chosen.cases.count) cases here; choose one with --workload, --size or --payload"
      )
    }
    let profile = try options.record(chosen.cases[0], by: tool)
    print(profile.headline)
    return Side(name: profile.address.description, stacks: profile.stacks)
  }
}
