import ArgumentParser
import Foundation
import OptlabBasics
import OptlabLab
import OptlabResults

/// `harness compare`: what became faster, what slower, and what cannot be said.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare two results, or two implementations; with a gate for CI.",
    discussion: """
      Examples:
        harness compare old.json new.json
        harness compare old.json new.json --gate 2 --filter /8KiB/
        harness compare run.json --impl c-aesni,asm-aesni
        harness compare --live --impl c-aesni,asm-aesni --size 8KiB
        harness compare merged.json --across-machines

      A case regresses when even the lower end of its interval is above the gate; what the old result \
      has a figure for and the new one has not, does not pass a gate either. Exit codes: 0 fine, 1 the \
      new result has rows that failed, 2 regression, 3 over a quarter of the cases is unstable, 4 a file \
      is not readable, 5 not comparable, 64 wrong usage.
      """)

  @Argument(
    help: ArgumentHelp("Results of harness run --output or of merge: old, new.", valueName: "file"))
  var files: [String] = []

  @Flag(help: "Measure two implementations now, in turns, and compare them.")
  var live = false

  @Flag(help: "Compare per cent of limit, for results of different machines.")
  var acrossMachines = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Fail when a case is surely slower by more than this.", valueName: "percent")
  )
  var gate: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("A smaller difference counts as none.", valueName: "percent"))
  var minEffect = 0.5

  @Flag(help: "Print a table in Markdown.")
  var markdown = false

  @OptionGroup var choice: SelectionOptions
  @OptionGroup(title: "With --live") var machine: LiveOptions

  func validate() throws {
    if let gate, !(gate >= 0 && gate < 1000) {
      throw ValidationError("--gate \(gate) is not between 0 and 1000 per cent")
    }
    guard minEffect >= 0, minEffect < 100 else {
      throw ValidationError("--min-effect \(minEffect) is not between 0 and 100 per cent")
    }
    if live {
      guard files.isEmpty else {
        throw ValidationError("--live measures now and reads no file, such as '\(files[0])'")
      }
      guard choice.impl != "all" else {
        throw ValidationError("--live needs two implementations: --impl c-aesni,asm-aesni")
      }
      try GivenOptions.refuse(
        ["--across-machines"], because: "is for files of other machines, and --live reads none")
      return
    }
    try GivenOptions.refuse(
      ["--mask", "--cpu", "--pin", "--no-pin", "--cycles", "--time", "--plan", "--seed"],
      because: "goes with --live; files are measured already")
    try GivenOptions.refuse(
      ["--workload"] + Harness.workloads.options.map { "--" + $0.name },
      because: "goes with --live; --filter chooses among a result's addresses")
    switch files.count {
    case 0: throw ValidationError("compare needs two files: harness compare old.json new.json")
    case 1:
      if choice.impl == "all", !acrossMachines {
        throw ValidationError(
          "compare needs a second file, or two implementations of one: --impl c-aesni,asm-aesni")
      }
    case 2:
      if choice.impl != "all" {
        throw ValidationError("--impl compares two implementations of one file, and here are two")
      }
    default:
      if !acrossMachines {
        throw ValidationError("compare takes two files; \(files.count) go with --across-machines")
      }
    }
    if acrossMachines, choice.impl != "all" {
      throw ValidationError("--impl compares within one machine, --across-machines does not")
    }
  }

  func run() throws {
    let filter = try AddressFilter(live ? nil : choice.filter)
    let rules = Comparison.Rules(minimumEffect: minEffect / 100, gate: gate.map { $0 / 100 })
    let (material, labels, remarks) =
      live
      ? try measured()
      : choice.impl != "all"
        ? try ofOneFile(filter) : acrossMachines ? try ofMachines(filter) : try ofTwoFiles(filter)
    let comparison = Comparison(material, rules: rules)
    if material.isEmpty, comparison.failures.isEmpty {
      let what =
        choice.filter.map { "no case that matches '\($0)' is" } ?? "no case is"
      // Nothing on either side is a filter that was mistyped.
      let isUsage = comparison.onlyOld.isEmpty && comparison.onlyNew.isEmpty
      let isGateShut = gate != nil && !comparison.missing.isEmpty
      throw CommandFailure(
        isUsage ? .usage : isGateShut ? .regression : .notComparable,
        what + " measured on both sides"
          + Self.some(of: comparison.onlyOld, "; only in the old: ")
          + Self.some(of: comparison.onlyNew, "; only in the new: ")
          + (isGateShut ? "; what is no longer measured passes no gate" : ""))
    }
    if material.isOfOtherInputs, comparison.failures.isEmpty {
      throw CommandFailure(
        .notComparable, Self.some(of: comparison.cases.map { "\($0.name) (\($0.notes[0]))" }, ""))
    }
    for remark in remarks { warn(remark) }
    print(markdown ? comparison.markdown(labels) : comparison.text(labels), terminator: "")
    if let advice = comparison.advice { throw CommandFailure(comparison.outcome.code, advice) }
  }

  private typealias Prepared = (Comparison.Material, Comparison.Labels, remarks: [String])

  private static func some(of names: [String], _ title: String) -> String {
    guard let first = names.first else { return "" }
    return title + first + (names.count > 1 ? " and \(names.count - 1) more" : "")
  }

  // MARK: What is compared

  private func ofTwoFiles(_ filter: AddressFilter) throws -> Prepared {
    let (old, new) = try failing { try (readResult(files[0]), readResult(files[1])) }
    let both: FileComparison
    do throws(FileComparison.Obstacle) {
      both = try FileComparison(old, new, matching: filter.callAsFunction)
    } catch {
      throw CommandFailure(.notComparable, "\(files[0]) and \(files[1]): \(error)")
    }
    for obstacle in both.leftOut { warn("left out: \(obstacle)") }
    return (both.material, .init(old: "old", new: "new", unit: both.unit), both.remarks)
  }

  private func ofMachines(_ filter: AddressFilter) throws -> Prepared {
    let records = try failing { try files.flatMap { try readResult($0).records } }
    guard let first = records.first, records.count > 1 else {
      throw CommandFailure(.usage, "--across-machines needs the runs of two machines or more")
    }
    var material = Comparison.Material()
    for record in records.dropFirst() {
      if let obstacle = Comparability.obstacleAcrossMachines(first, record) {
        throw CommandFailure(.notComparable, obstacle)
      }
      material.add(
        Comparison.Material(
          first.run, record.run, acrossMachines: true, matching: filter.callAsFunction),
        machine: records.count > 2 ? "\(record.machine.name) \(record.machine.id)" : nil)
    }
    var labels = Comparison.Labels(
      old: first.machine.name, new: records.count > 2 ? "other" : records[1].machine.name,
      run: first.run)
    labels.isShare = true
    labels.unit =
      "per cent of each machine's own limit, not cycles; a ratio above 1 is farther from it "
      + "(\(first.machine.name) is \(CPUKind(first.cpuReport)))"
    return (material, labels, [])
  }

  private func implementations() throws -> (String, String) {
    let ids = choice.impl.split(separator: ",").map(String.init)
    guard ids.count == 2, ids[0] != ids[1] else {
      throw CommandFailure(
        .usage,
        "--impl '\(choice.impl)' does not name two implementations, such as "
          + "c-aesni,asm-aesni")
    }
    return (ids[0], ids[1])
  }

  private func ofOneFile(_ filter: AddressFilter) throws -> Prepared {
    let (first, second) = try implementations()
    let file = try failing { try readResult(files[0]) }
    let ids = file.records.flatMap(\.run.rows).map(\.address.implementation).uniqued(by: \.self)
    for id in [first, second] where !ids.contains(id) {
      throw CommandFailure(
        .usage,
        "'\(id)' is not in \(files[0])\(NearMiss.question(id, among: ids)); in it: "
          + ids.joined(separator: ", "))
    }
    var material = Comparison.Material()
    for (record, name) in zip(file.records, file.recordNames) {
      material.add(
        Comparison.Material(
          record.run, first: first, second: second, matching: filter.callAsFunction),
        machine: file.records.count > 1 ? name : nil)
    }
    return (
      material, .init(old: first, new: second, run: file.records.first?.run),
      []
    )
  }

  private func measured() throws -> Prepared {
    let (first, second) = try implementations()
    let run = try machine.measure(choice, implementations: [first, second])
    return (
      Comparison.Material(run, first: first, second: second),
      .init(old: first, new: second, run: run), []
    )
  }
}

extension Comparison.Labels {
  fileprivate init(old: String, new: String, run: RunResult?) {
    self.init(
      old: old, new: new, unit: run.map { "\($0.costUnits) (\($0.source.rawValue))" } ?? "")
  }
}

extension Comparison.Outcome {
  fileprivate var code: CommandFailure.Code {
    switch self {
    case .fine, .failed: .verificationFailed
    case .regressed, .missing: .regression
    case .tooUnstable: .unstable
    }
  }
}
