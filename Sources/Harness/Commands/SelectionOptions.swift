import ArgumentParser
import OptlabBasics
import OptlabLab

/// The options by which every command chooses addresses, `workload/case/implementation`.
struct SelectionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Implementations: all, or ids separated by commas.", valueName: "ids"))
  var impl = "all"

  @Option(
    help: ArgumentHelp(
      "Workloads: all, or ids or families separated by commas (see 'list').", valueName: "ids"))
  var workload: String?

  @OptionGroup var cases: CaseOptions

  @Option(
    help: ArgumentHelp(
      "Only addresses in which this regular expression matches.", valueName: "regex"))
  var filter: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Repeat a verification's random choices.", valueName: "number"))
  var seed: UInt64?

  func validate() throws {
    try GivenOptions.refuseEmptyNames("--impl", impl)
    try GivenOptions.refuseEmptyNames("--workload", workload)
    try GivenOptions.refuseEmpty("--filter", filter)
  }

  /// The addresses chosen.
  ///
  /// - Parameters:
  ///   - sources: of implementations beside the lab's own; they take part unless `--impl` names some
  ///     of them, and then only those.
  ///   - scope: which cases to take where no option names any.
  func selection(
    from sources: ExternalSources = ExternalSources(), scope: CaseScope = .standard
  ) throws -> Selection {
    let list = Harness.workloads
    return try choosing {
      let external = try sources.implementations(beside: list)
      let implementations = try Selection.implementations(
        impl, of: list.implementations, also: external)
      return try Selection(
        try list.cases(workloads: workload, given: cases.given, scope: scope),
        implementations: implementations, filter: filter, sources: sources)
    }
  }
}

/// Chooses something by names; what it throws ends the command with the code for that.
func choosing<Value>(_ body: () throws -> Value) throws -> Value {
  do {
    return try body()
  } catch let failure as ExternalSources.NameInUse {
    throw CommandFailure(.usage, failure.description)
  } catch let failure as FreeDescriptors.Failure {
    throw CommandFailure(.inputOutput, failure.description)
  } catch let failure as Selection.Failure {
    throw CommandFailure(.usage, failure.description)
  } catch let failure as UnreadableInput {
    throw CommandFailure(.inputOutput, failure.description)
  }
}
