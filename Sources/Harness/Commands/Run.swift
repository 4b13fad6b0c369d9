import ArgumentParser
import Foundation
import OptlabBasics
import OptlabCPU
import OptlabLab
import OptlabMeasure
import OptlabReport
import OptlabResults

/// `harness run`: verify, measure, print tables.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Verify implementations, then measure them (the default command).")

  @OptionGroup var choice: SelectionOptions
  @OptionGroup var plugins: PluginOptions
  @OptionGroup var outside: ContestantOptions
  @OptionGroup var hidden: MaskOption

  @Flag(
    help: "A few cases of each workload; measures for at most 8 seconds.")
  var quick = false

  @Flag(help: "Add to the tables what their figures are made of.")
  var details = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Take as many rounds as fit into this time, one in each of three blocks at least.",
      valueName: "seconds"))
  var time: Double?

  @OptionGroup var place: PlacementOptions
  @OptionGroup var rounds: PlanOption

  @Option(
    help: ArgumentHelp(
      "Count cycles by this source alone: pmu, tsc*cal, ref, ns.", valueName: "source"))
  var cycles: CycleSource?

  @Flag(
    inversion: .prefixedNo,
    help: "Let the throughput sentinel judge slices; without it, only the clock does.")
  var sentinel = true

  @Option(
    help: ArgumentHelp(
      "Save the result, every slice of it, for compare, report, history and export.",
      valueName: "file"))
  var output: String?

  @Flag(
    inversion: .prefixedNo,
    help: "Measure each block in a process of its own, as differences between runs need.")
  var processes = true

  @Flag(
    help: "Write result, page and pictures into reports/TIME-MACHINE/ of the current folder.")
  var report = false

  @Flag(help: "Measure although the build is not optimised.")
  var allowUnoptimised = false

  @Flag(help: "Print what this machine is and what can run on it, and measure nothing.")
  var cpuReport = false

  @Flag(help: "Measure loops of known cost, which must come out whole, and nothing else.")
  var selfTest = false

  @Flag(help: "With --cpu-report: print JSON.")
  var json = false

  /// Whatever is no option; caught here for a better message than 'unexpected argument'.
  @Argument(help: .hidden) var unexpected: [String] = []

  func validate() throws {
    if let word = unexpected.first {
      let commands = Root.configuration.subcommands.filter { $0.configuration.shouldDisplay }
        .map { $0._commandName }
      throw ValidationError(
        "unknown command '\(word)'\(NearMiss.question(word, among: commands)); valid: "
          + commands.joined(separator: ", "))
    }
    if let time, !(time > 0 && time <= 86_400) {
      throw ValidationError("--time \(time) is not between 0 and 86400 seconds")
    }
    try rounds.check(time: time)
    if json, !cpuReport {
      throw ValidationError("--json goes with --cpu-report")
    }
    let placed = ["--mask", "--cpu", "--pin", "--no-pin"]
    if cpuReport {
      try GivenOptions.refuseOthers(than: placed + ["--cycles", "--json"], with: "--cpu-report")
    }
    if selfTest { try GivenOptions.refuseOthers(than: placed, with: "--self-test") }
    try GivenOptions.refuseEmpty("--output", output)
    try outside.validate(plugins.patience, plugins: plugins.plugin)
  }

  func run() throws {
    try hidden.apply()
    if cpuReport {
      let report = try CPUReport.current(at: place.apply(), kernels: Harness.workloads.kernelNeeds)
        .measured(Harness.workloads.workloads, source: chooseSource(forced: cycles))
      print(json ? try report.json().printableJSON : report.text(), terminator: "")
      return
    }
    if let output { try failing { try AtomicFile.check(output) } }
    if report { try failing { try ReportFolder.prepare() } }
    let started = Date()
    let placement = try place.apply()
    let identity = CPUReport.current(at: placement, kernels: Harness.workloads.kernelNeeds)
    if selfTest {
      try runSelfTest()
      return
    }
    Interruption.catchSignals()

    try requireOptimisedBuild("its figures would mean nothing", isExcused: allowUnoptimised)
    let sources = try outside.sources(plugins.patience, plugins: plugins.plugin)
    let selection = try choice.selection(from: sources, scope: quick ? .quick : .standard)

    var plan = rounds.replacing(time.map(Plan.timed) ?? (quick ? .quick : .standard))
    plan.usesSentinel = sentinel
    let seed = choice.seed ?? UInt64.random(in: 0...UInt64(UInt32.max))
    let progress = ProgressLine()
    let lab = Lab(seed: seed, progress: progress.show)
    let source = try chooseSource(forced: cycles, isJudged: !rounds.isOnce)
    let calibration = Calibration.measure()
    var result: RunResult
    var loss: BlockProcess.Failure?
    if processes {
      let run = BlockwiseRun(
        selection: selection, plan: plan, seconds: time, source: source, calibration: calibration,
        cpu: placement.cpu?.number)
      let outcome = try failing { try run.outcome(by: lab) }
      (result, loss) = (outcome.result, outcome.loss)
    } else {
      result = lab.run(
        selection, plan: plan, seconds: time, source: source, calibration: calibration)
    }
    progress.clear()
    result.chosenCPU = placement.cpu
    result.identifyInputs(by: selection)
    // Saved first and printed after, whatever becomes of either.
    var saved: [String] = []
    var losses: [String] = []
    func attempt(_ save: () throws -> String) {
      do { saved.append(try save()) } catch { losses.append(FileReason.text(error)) }
    }
    if output != nil || report, !result.rows.isEmpty {
      let cpuReport =
        result.isPartial || quick || rounds.isOnce
        ? identity : try identity.measured(Harness.workloads.workloads, source: source)
      var record = RunRecord(
        result, workloads: Harness.workloads.workloads, started: started, cpuReport: cpuReport,
        arguments: Array(CommandLine.arguments.dropFirst()))
      record.libraries.merge(selection.externalVersions) { own, _ in own }
      let partial = result.isPartial ? " as partial" : ""
      if let output {
        attempt {
          try ResultFile([record]).write(to: output)
          return "saved\(partial): \(output)"
        }
      }
      if report { attempt { "reported\(partial): \(try ReportFolder.write(record))" } }
    }
    print(result.tables(details: details), terminator: "")
    print(result.footer())
    for line in saved { print(line) }
    for warning in result.warnings() { warn(warning.text) }
    for (row, mismatch) in result.failures.uniqued(by: { "\($0.row.address.implementation)" }) {
      let address = row.address
      var text = "\n\(address.workload)/\(address.implementation) FAILED: \(mismatch.check)\n"
      text += "\(mismatch.summary)\n\(mismatch.detail)\n"
      let again =
        result.failedWhileMeasured(address)
        ? RepeatedOption.run(address)
        : RepeatedOption.adding(
          choice.repeated + hidden.repeated
            + plugins.patience.repeated(for: selection.implementation(at: address)),
          to: selection.checkCommand(address), on: address.workload)
      text += "Again: \(again) --seed \(seed)\n"
      Output.writeError(text)
    }
    for row in result.rows where row.beatsLimit {
      warn(
        "\(row.address) is faster than its limit, \(row.limit!.name), also when both were measured "
          + "again together: one of the two is wrong")
    }
    if let loss {
      losses.insert(
        "\(loss); only what was measured before is there, of \(result.plan.blocks) "
          + (result.plan.blocks == 1 ? "block" : "blocks")
          + (output == nil ? "; --output would have saved it" : ""), at: 0)
    }
    if !losses.isEmpty {
      throw CommandFailure(.inputOutput, losses.joined(separator: "\nError: "))
    }
    if result.isPartial {
      throw CommandFailure(
        .interrupted,
        result.rows.isEmpty
          ? "interrupted before the first row was measured; nothing was saved"
          : "interrupted with \(result.rows.count) rows measured"
            + (output == nil ? "; --output would have saved them" : ""))
    }
    if !result.failures.isEmpty || result.rows.contains(where: \.beatsLimit) {
      throw ExitCode(CommandFailure.Code.verificationFailed.rawValue)
    }
  }

  private func runSelfTest() throws {
    guard let test = SelfTest.run() else {
      throw CommandFailure(.verificationFailed, "there are no latency loops for this CPU")
    }
    print(test.text(), terminator: "")
    if !test.passed { throw ExitCode(CommandFailure.Code.verificationFailed.rawValue) }
  }
}
