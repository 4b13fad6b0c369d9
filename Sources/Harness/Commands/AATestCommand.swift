import ArgumentParser
import OptlabBasics
import OptlabLab
import OptlabMeasure

/// `harness aa-test`: does the method find what is there, and nothing else?
struct AATestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "aa-test",
    abstract: "Compare a kernel with itself, and with itself slowed by 2 %, many times.")

  @Option(
    help: ArgumentHelp(
      "The implementation; default: the first that can run here, the baseline aside.",
      valueName: "id"))
  var impl: String?

  @Option(help: ArgumentHelp("The workload; default: the first.", valueName: "id"))
  var workload: String?

  @OptionGroup var cases: CaseOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How often to compare.", valueName: "number"))
  var comparisons = 200

  @OptionGroup var place: PlacementOptions
  @OptionGroup var rounds: PlanOption
  @OptionGroup var hidden: MaskOption

  @Flag(help: "Print JSON, with every ratio.")
  var json = false

  func validate() throws {
    try GivenOptions.refuseEmpty("--impl", impl)
    try GivenOptions.refuseEmpty("--workload", workload)
    guard (1...100_000).contains(comparisons) else {
      throw ValidationError("--comparisons \(comparisons) is not between 1 and 100000")
    }
  }

  func run() throws {
    try hidden.apply()
    let place = try place.apply()
    let (group, kernel) = try chosen()
    func contestant(_ one: Implementation) -> Contestant {
      Contestant(id: one.id) { try group.prepare(one, seed: 1, layout: $0) }
    }
    // The company of an ordinary run: three other rows of the same case, the naive one aside.
    let company = group.implementations.filter { other in
      other.id != kernel.id && other.id != group.workload.baseline && other.obstacle() == nil
        && !other.isYardstick
    }
    let source = try chooseSource(forced: nil, isJudged: !rounds.isOnce)
    var plan = rounds.replacing(.standard)
    plan.callMultiple = 50  // of which 2 % is one call
    let sampler = Sampler(
      plan: plan, calibration: .measure(), source: source,
      seed: UInt64.random(in: 0...UInt64.max))
    let progress = ProgressLine()
    var test = AATest()
    try test.run(
      comparisons: comparisons, kernel: contestant(kernel).prepare,
      company: company.prefix(3).map(contestant),
      sampler: sampler,
      progress: { progress.show("comparison \($0 + 1) of \(comparisons)") })
    progress.clear()
    if json {
      try printJSON(test)
    } else {
      print(
        "\(group.workload.id)/\(group.case.id)/\(kernel.id), \(source.source.rawValue), \(place.cpu?.text ?? "not pinned")"
      )
      print(test.text(), terminator: "")
    }
  }

  /// A case, and the implementation that is compared with itself.
  private func chosen() throws -> (group: Selection.Group, kernel: Implementation) {
    let list = Harness.workloads
    let selection = try choosing {
      let chosen = try list.cases(workloads: workload, given: cases.given, scope: .single)
      return try Selection(
        workload == nil ? Array(chosen.prefix(1)) : chosen, implementations: list.implementations)
    }
    guard selection.groups.count == 1 else {
      let addresses = selection.groups.map { "\($0.workload.id)/\($0.case.id)" }
      throw CommandFailure(
        .usage, "one case is compared at a time, not \(addresses.joined(separator: ", "))")
    }
    let group = selection.groups[0]
    let able = group.implementations.filter { $0.obstacle() == nil }
    guard let impl else {
      guard let first = able.first(where: { $0.id != group.workload.baseline && !$0.isYardstick })
      else { throw CommandFailure(.usage, "nothing but the baseline can run here") }
      return (group, first)
    }
    guard let kernel = group.implementations.first(where: { $0.id == impl }) else {
      let ids = group.implementations.map(\.id)
      throw CommandFailure(
        .usage,
        "'\(impl)' is no implementation of \(group.workload.id)"
          + "\(NearMiss.question(impl, among: ids)); valid: \(ids.joined(separator: ", "))")
    }
    if let obstacle = kernel.obstacle() {
      throw CommandFailure(.usage, "'\(impl)' cannot run here: \(obstacle)")
    }
    return (group, kernel)
  }
}
