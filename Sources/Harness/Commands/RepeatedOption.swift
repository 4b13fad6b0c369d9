import OptlabBasics
import OptlabLab

/// An option of this command that a failure needs again: what stands in an `Again:` line can be copied
/// into a shell, and fails as before.
struct RepeatedOption {
  var name: String
  var value: String
  /// Whether it chooses cases, and is for those workloads alone that have it.
  var isOfCases = false

  private var words: String { ShellWord.option("--" + name, value) }

  /// The command line that verifies, with those of the options that it needs.
  static func adding(
    _ options: [Self], to command: String, on workload: any Workload
  ) -> String {
    let needed = options.filter { option in
      !option.isOfCases || workload.options.contains { $0.name == option.name }
    }
    return ([command] + needed.map(\.words)).joined(separator: " ")
  }

  static func adding(_ options: [Self], to command: String, on workload: String) -> String {
    Harness.workloads[workload].map { adding(options, to: command, on: $0) } ?? command
  }

  /// The command line, without seed, of this run for one implementation alone: what fails only while
  /// it is timed passes when it is verified.
  ///
  /// - Parameter arguments: of this run.
  static func run(
    _ address: Address, arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> String {
    // What this run has saved is not to be replaced by the other one's.
    let replaced = ["--impl", "--workload", "--seed", "--output"]
    let left = ["--report", "--details"]
    var words: [String] = []
    var rest = arguments[...]
    if rest.first == "run" { rest.removeFirst() }
    while let word = rest.popFirst() {
      if replaced.contains(word) {
        rest = rest.dropFirst()
      } else if !left.contains(word), !replaced.contains(where: { word.hasPrefix($0 + "=") }) {
        words.append(word)
      }
    }
    return
      (["harness run"] + words.map(ShellWord.quoted) + [
        ShellWord.option("--impl", address.implementation), "--workload \(address.workload)",
      ]).joined(separator: " ")
  }
}

extension SelectionOptions {
  /// What decides what is verified.
  var repeated: [RepeatedOption] {
    Harness.workloads.options.filter(\.isForVerification).compactMap { option in
      cases.given[option.name].map {
        RepeatedOption(name: option.name, value: $0, isOfCases: true)
      }
    }
  }
}

extension PatienceOption {
  /// Of what comes from outside alone: beside others it would be refused.
  func repeated(for implementation: Implementation?) -> [RepeatedOption] {
    guard implementation?.externalWork != nil, let deadline else { return [] }
    let text = deadline == deadline.rounded() ? "\(Int(deadline))" : "\(deadline)"
    return [RepeatedOption(name: "deadline", value: text)]
  }
}

extension MaskOption {
  var repeated: [RepeatedOption] { mask.map { [RepeatedOption(name: "mask", value: $0)] } ?? [] }
}
