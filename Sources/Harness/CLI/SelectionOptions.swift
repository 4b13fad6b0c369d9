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
      "Typed payloads from a folder with twitter.json, citm_catalog.json and canada.json.",
      valueName: "folder"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "Only addresses in which this regular expression matches.", valueName: "regex"))
  var filter: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Repeat a verification's random choices.", valueName: "number"))
  var seed: UInt64?

  func validate() throws {
    try GivenOptions.refuseEmpty("--payload", payload)
    try GivenOptions.refuseEmpty("--data", data)
    try GivenOptions.refuseEmpty("--size", size)
  }

  /// The addresses chosen.
  ///
  /// - Parameters:
  ///   - foreign: implementations beside the lab's own; they take part unless `--impl` names some of
  ///     them, and then only those.
  ///   - sizes: the AES cases where `--size` names none; `payloads` likewise.
  func selection(
    also foreign: [Implementation] = [],
    sizes: [Case] = Case.standardSizes,
    payloads: @autoclosure () -> [JSONPayload] = JSONPayload.standard
  ) throws -> Selection {
    do {
      let implementations = try Selection.implementations(
        impl, of: Implementation.all, also: foreign)
      let sizes = try size.map(Selection.sizes) ?? sizes
      let workloads = try workload.map(Selection.workloads) ?? defaultWorkloads
      try refuseIdleOptions(workloads)
      let corpus = try data.map(readCorpus)
      let payloads =
        try payload.map { try readPayloads($0, also: corpus ?? []) } ?? corpus
        // Made only where they are needed: decoding them takes its time.
        ?? (workloads.contains { $0.kind == .jsonEncode } ? payloads() : [])
      return try Selection(
        workloads: workloads,
        cases: { $0.cases(sizes: sizes, payloads: payloads) },
        implementations: implementations, filter: filter)
    } catch let failure as Selection.Failure {
      throw CommandFailure(.usage, failure.description)
    }
  }

  /// Those that no chosen workload has a use for.
  private func refuseIdleOptions(_ workloads: [Workload]) throws {
    let names = workloads.map(\.id).joined(separator: ", ")
    if size != nil, !workloads.contains(where: { $0.kind != .jsonEncode }) {
      throw CommandFailure(.usage, "--size is for AES, and does nothing for \(names)")
    }
    for (option, value) in [("--payload", payload), ("--data", data)]
    where value != nil && !workloads.contains(where: { $0.kind == .jsonEncode }) {
      throw CommandFailure(.usage, "\(option) is for JSON, and does nothing for \(names)")
    }
    if data != nil, let payload {
      let chosen = payload.split(separator: ",").map(String.init)
      guard chosen.contains(where: JSONPayload.corpusNames.contains) else {
        throw CommandFailure(
          .usage,
          "--data does nothing where --payload names none of its documents, which are "
            + JSONPayload.corpusNames.joined(separator: ", "))
      }
    }
  }

  /// Naming sizes alone means AES, naming payloads alone means JSON.
  private var defaultWorkloads: [Workload] {
    let namesPayloads = payload != nil || data != nil
    return Workload.standard.filter { workload in
      workload.kind == .jsonEncode ? namesPayloads || size == nil : size != nil || !namesPayloads
    }
  }

  private func readCorpus(_ folder: String) throws -> [JSONPayload] {
    do {
      return try JSONPayload.corpus(in: URL(filePath: folder, directoryHint: .isDirectory))
    } catch {
      throw CommandFailure(.inputOutput, error.description)
    }
  }

  private func readPayloads(_ text: String, also corpus: [JSONPayload]) throws -> [JSONPayload] {
    try text.split(separator: ",").map(String.init).map { name in
      let known = JSONPayload.standard + corpus
      if let one = known.first(where: { $0.id == name }) { return one }
      let url = URL(filePath: name)
      let bytes: Data
      do {
        bytes = try Data(contentsOf: url)
      } catch {
        let names = known.map(\.id).joined(separator: ", ")
        let isPath = name.contains("/") || name.contains(".")
        throw CommandFailure(
          isPath ? .inputOutput : .usage,
          isPath
            ? "cannot read the payload '\(name)': \(FileReason.text(error))"
            : "unknown payload '\(name)'\(NearMiss.question(name, among: known.map(\.id))); valid: "
              + "\(names), or the path of a JSON file"
              + (JSONPayload.corpusNames.contains(name) ? " (this one comes with --data)" : ""))
      }
      do throws(JSONSyntaxError) {
        return try JSONPayload(
          document: [UInt8](bytes), id: url.deletingPathExtension().lastPathComponent)
      } catch {
        throw CommandFailure(.inputOutput, "the payload '\(name)' \(error.complaint)")
      }
    }
  }
}
