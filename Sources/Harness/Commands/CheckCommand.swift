import ArgumentParser
import Foundation
import OptlabBasics
import OptlabExternal
import OptlabLab

/// `harness check`: verify the kernels of shared libraries, measure nothing.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Verify the kernels of shared libraries; measure nothing.",
    discussion: """
      A library exports caes_kernels, as Sources/CAES/include/caes.h says; see
      Documentation/BringYourOwnKernel.md.
      """)

  @Argument(help: ArgumentHelp("Shared libraries, or folders of them.", valueName: "file|folder"))
  var paths: [String]

  @Option(
    help: ArgumentHelp("Only these of their kernels: ids separated by commas.", valueName: "ids"))
  var impl = "all"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Repeat a verification's random choices.", valueName: "number"))
  var seed: UInt64?

  @OptionGroup var patience: PatienceOption
  @OptionGroup var hidden: MaskOption

  func validate() throws {
    try GivenOptions.refuseEmpty("check", paths)
    try GivenOptions.refuseEmptyNames("--impl", impl)
  }

  func run() throws {
    try hidden.apply()
    let libraries = try PluginPath.libraries(paths)
    let list = Harness.workloads
    try failing { try FreeDescriptors.require(to: "start a process for a plugin") }
    let plugins = Plugin.load(
      libraries, taken: list.implementations.map(\.id),
      patience: patience.deadline ?? ExternalSources.standardPatience)
    let usable = plugins.filter { $0.refusal == nil }.flatMap(\.implementations)
    try failing {
      try FreeDescriptors.require(
        FreeDescriptors.forChild + FreeDescriptors.ofLivingProcess * usable.count,
        to: "start a process for each row")
    }
    let chosen: [Implementation]
    do {
      chosen = usable.isEmpty ? [] : try Selection.implementations(impl, of: usable)
    } catch {
      throw CommandFailure(.usage, error.description)
    }
    let verification = VerificationRun(
      seed: seed, plugins: libraries, repeating: hidden.repeated, patience: patience)
    for plugin in plugins {
      if let refusal = plugin.refusal { verification.refuse(plugin.path, refusal) }
    }
    for implementation in chosen {
      for workload in list.workloads where workload.isDone(by: implementation) {
        verification.check(
          implementation, on: workload, cases: try workload.cases([:], scope: .standard))
      }
    }
    try verification.finish()
  }
}

/// `harness plugin-process`: what a run or a check starts for each kernel of a plugin.
struct PluginProcessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: PluginServer.argument,
    abstract: "Serve another process of the harness.", shouldDisplay: false)

  func run() throws {
    guard let server = PluginServer(Harness.workloads) else {
      throw CommandFailure(
        .usage, "'\(PluginServer.argument)' is for the harness itself; see harness check --help")
    }
    server.serve()
  }
}
