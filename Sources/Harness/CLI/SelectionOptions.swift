import ArgumentParser
import Foundation
import HarnessKit

/// The options by which every command chooses addresses, `workload/case/implementation`.
struct SelectionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Implementations: all, or ids separated by commas.", valueName: "ids"))
  var impl = "all"

  @Option(
    help: ArgumentHelp("Workloads: all, aes, json, or ids separated by commas.", valueName: "ids"))
  var workload: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("AES message sizes: 16, 8KiB, 1..1024, pyaes, setup.", valueName: "sizes"))
  var size: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "JSON payloads: names, or a file of your own, separated by commas.",
      valueName: "names|file"))
  var payload: String?

  @Option(
    help: ArgumentHelp(
      "Only addresses in which this regular expression matches.", valueName: "regex"))
  var filter: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Repeat a verification's random choices.", valueName: "number"))
  var seed: UInt64?

  /// The addresses chosen.
  ///
  /// - Parameters:
  ///   - sizes: the AES cases where `--size` names none; `payloads` likewise.
  func selection(
    sizes: [Case] = Case.standardSizes, payloads: [JSONPayload] = JSONPayload.standard
  ) throws -> Selection {
    do {
      let implementations = try Selection.implementations(impl, of: Implementation.all)
      let sizes = try size.map(Selection.sizes) ?? sizes
      let payloads = try payload.map(readPayloads) ?? payloads
      let workloads = try workload.map(Selection.workloads) ?? defaultWorkloads
      return try Selection(
        workloads: workloads,
        cases: { $0.cases(sizes: sizes, payloads: payloads) },
        implementations: implementations, filter: filter)
    } catch let failure as Selection.Failure {
      throw CommandFailure(.usage, failure.description)
    }
  }

  /// Naming sizes alone means AES, naming payloads alone means JSON.
  private var defaultWorkloads: [Workload] {
    Workload.standard.filter { workload in
      workload.kind == .jsonEncode ? payload != nil || size == nil : size != nil || payload == nil
    }
  }

  private func readPayloads(_ text: String) throws -> [JSONPayload] {
    try text.split(separator: ",").map(String.init).map { name in
      if let one = JSONPayload.standard.first(where: { $0.id == name }) { return one }
      let url = URL(filePath: name)
      let bytes: Data
      do {
        bytes = try Data(contentsOf: url)
      } catch {
        let names = JSONPayload.standard.map(\.id).joined(separator: ", ")
        let isPath = name.contains("/") || name.contains(".")
        throw CommandFailure(
          isPath ? .inputOutput : .usage,
          isPath
            ? "cannot read the payload '\(name)': \(FileReason.text(error))"
            : "unknown payload '\(name)'; valid: \(names), or the path of a JSON file")
      }
      do {
        return try JSONPayload(
          document: [UInt8](bytes), id: url.deletingPathExtension().lastPathComponent)
      } catch {
        throw CommandFailure(.inputOutput, "the payload '\(name)' is not valid JSON: \(error)")
      }
    }
  }
}
