import ArgumentParser
import HarnessKit

/// `harness aa-test`: does the method find what is there, and nothing else?
struct AATestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "aa-test",
    abstract: "Compare a kernel with itself, and with itself slowed by 2 %, many times.")

  @Option(help: ArgumentHelp("The kernel.", valueName: "id"))
  var impl = "c-aesni"

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Its message size.", valueName: "size"))
  var size = "8KiB"

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
    guard (1...100_000).contains(comparisons) else {
      throw ValidationError("--comparisons \(comparisons) is not between 1 and 100000")
    }
  }

  func run() throws {
    try hidden.apply()
    let place = try place.apply()
    let kernel = try kernel()
    let bytes = try bytes()
    func prepare(_ kernel: AESKernel) -> (Int) throws -> any PreparedCase {
      { try kernel.prepareMessage(bytes: bytes, keyBytes: 16, seed: 1, layout: $0) }
    }
    // The company of an ordinary run: three other rows of the same case, the naive one aside.
    let company = Implementation.all.compactMap { other -> Contestant? in
      guard case .aes(let otherKernel) = other.work, other.id != impl, other.obstacle() == nil,
        other.id != Workload.aes128.baseline
      else { return nil }
      return Contestant(id: other.id, prepare: prepare(otherKernel))
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
      comparisons: comparisons, kernel: prepare(kernel), company: Array(company.prefix(3)),
      sampler: sampler,
      progress: { progress.show("comparison \($0 + 1) of \(comparisons)") })
    progress.clear()
    if json {
      try printJSON(test)
    } else {
      print(
        "\(impl), \(size), \(source.source.rawValue), \(place.cpu?.text ?? "not pinned")")
      print(test.text(), terminator: "")
    }
  }

  private func kernel() throws -> AESKernel {
    do {
      let chosen = try Selection.implementations(impl, of: Implementation.all)
      guard chosen.count == 1, case .aes(let kernel) = chosen[0].work else {
        throw CommandFailure(.usage, "'\(impl)' is not one AES implementation")
      }
      if let obstacle = chosen[0].obstacle() {
        throw CommandFailure(.usage, "'\(impl)' cannot run here: \(obstacle)")
      }
      return kernel
    } catch let failure as Selection.Failure {
      throw CommandFailure(.usage, failure.description)
    }
  }

  private func bytes() throws -> Int {
    do {
      let cases = try Selection.sizes(size)
      guard cases.count == 1, case .message(let bytes) = cases[0].input else {
        throw CommandFailure(.usage, "'\(size)' is not one message size")
      }
      return bytes
    } catch let failure as Selection.Failure {
      throw CommandFailure(.usage, failure.description)
    }
  }
}
