import ArgumentParser
import Foundation
import OptlabBasics
import OptlabMeasure
import OptlabProfile

/// `harness profile`: where an implementation spends its time.
struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Sample implementations with perf; draw flame graphs.",
    discussion: """
      Writes for each case a flame graph (.svg), folded stacks (.folded) and a profile for
      speedscope (.speedscope.json).

      Examples:
        harness profile --impl asm-vaes512 --workload aes-128-ctr --size 8KiB
        harness profile --impl swift-dropin --payload HUGE
        harness profile --diff c-aesni asm-aesni --size 8KiB
        harness profile --diff before.folded after.folded
        harness profile --impl openssl --size 8KiB --spin 30   for another profiler
      """)

  @OptionGroup var options: ProfileOptions

  @Option(help: ArgumentHelp("Where the files go.", valueName: "folder"))
  var output = "profiles"

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Compare two profiles, files of folded stacks or implementations, in one flame graph: red "
        + "for more, blue for less.", valueName: "before> <after"))
  var diff: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Run one implementation in a plain loop for so long, for any other profiler; no perf.",
      valueName: "seconds"))
  var spin: Double?

  func validate() throws {
    guard diff.isEmpty || diff.count == 2 else {
      throw ValidationError(
        "--diff takes two files of folded stacks or two implementations, not \(diff.count): "
          + diff.joined(separator: " "))
    }
    if let spin {
      guard spin > 0, spin <= 86_400 else {
        throw ValidationError("--spin \(spin) is not between 0 and 86400 seconds")
      }
      guard diff.isEmpty else { throw ValidationError("--spin and --diff do not go together") }
      try GivenOptions.refuse(
        ["--output", "--seconds", "--frequency", "--call-graph"],
        because: "is for perf, which --spin does without")
    }
    try GivenOptions.refuseEmpty("--output", output)
    if !diff.isEmpty {
      try GivenOptions.refuse(
        ["--impl"], because: "does nothing with --diff, which names what it compares")
      let isRecorded = diff.contains { name in
        Harness.workloads.implementations.contains { $0.id == name }
      }
      if !isRecorded {
        try GivenOptions.refuseOthers(than: ["--diff", "--output"], with: "--diff of two files")
      }
    }
  }

  func run() throws {
    if let spin { return try SpinningCase(options: options, seconds: spin).run() }
    if diff.count == 2 {
      let difference = ProfileDifference(command: self)
      try difference.check()
      try makeFolder()
      return try difference.run()
    }
    let tool = try perfTool()
    try makeFolder()
    let chosen = try options.chosen()
    for one in chosen.cases {
      let profile = try options.record(one, by: tool)
      try show(profile, event: tool.event)
    }
    if let failure = chosen.failure { throw failure }
  }

  private func show(_ profile: Profile, event: PerfTool.Event) throws {
    let name = profile.address.description
    let stacks = profile.stacks
    let whole = String(format: "%.1f %%", 100 * profile.wholeShare)
    print(profile.headline)
    if let reason = event.reason { print("  no hardware cycles: \(reason)") }
    for leaf in stacks.leaves.prefix(5) {
      print(
        String(format: "%6.1f %%  ", 100 * leaf.count / stacks.total) + leaf.name)
    }
    print("  call paths whole, down to main: \(whole)")
    let graph = FlameGraph(
      title: name,
      subtitles: [
        "\(FoldedStacks.text(stacks.total)) samples of \(profile.event); call paths whole: \(whole)",
        "Width: share of samples. Colour: the frame's own part.",
      ], tree: FlameTree(stacks))
    let base = FileName.of(name)
    try write([
      (base + ".svg", Data(graph.svg.utf8)),
      (base + ".folded", Data(stacks.text.utf8)),
      (
        base + ".speedscope.json",
        try Speedscope(profile.samples, name: name, event: profile.event).json()
      ),
    ])
  }

  private var folder: URL { URL(filePath: output, directoryHint: .isDirectory) }

  /// Before anything is sampled for it.
  private func makeFolder() throws {
    let error = NewFolder.make(output)
    guard error == 0 else {
      throw CommandFailure(
        .inputOutput,
        "cannot make the folder '\(output)': \(String(cString: strerror(error))); "
          + "choose another one with --output")
    }
  }

  /// Writes the files of one result, and names them.
  func write(_ files: [(name: String, bytes: Data)]) throws {
    for file in files {
      let path = folder.appending(path: file.name).relativePath
      try failing { try AtomicFile.write(file.bytes, to: path) }
      print("  wrote \(path)")
    }
  }
}

/// Names of files that say what is in them.
enum FileName {
  /// `aes-128-ctr-8KiB-c-aesni` for `aes-128-ctr/8KiB/c-aesni`; other characters that a shell minds
  /// become `_`.
  static func of(_ text: String) -> String {
    String(
      text.map { character in
        if character == "/" { return "-" }
        let isPlain =
          character.isASCII && (character.isLetter || character.isNumber)
          || "-._".contains(character)
        return isPlain ? character : "_"
      })
  }
}
