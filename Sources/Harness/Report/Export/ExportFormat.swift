import Foundation
import OptlabBasics
import OptlabResults

/// Formats of other programs that a result can be given to them in.
public enum ExportFormat: String, CaseIterable, Sendable {
  /// Of Python's pyperf, version 1.0: `pyperf show`, `stats`, `check`, `compare_to` read it.
  case pyperf
  /// What Google Benchmark's `--benchmark_format=json` prints, which its `compare.py` reads.
  case googleBenchmark = "google-benchmark"
  /// The `customSmallerIsBetter` tool of the GitHub action `github-action-benchmark`.
  case githubActionBenchmark = "github-action-benchmark"
  /// Bencher Metric Format.
  case bmf
  /// One line a row (RFC 4180), in full precision.
  case csv
  /// The tables of the terminal (GitHub Flavored Markdown, section 4.10).
  case markdown

  /// Why a result cannot be given in a format.
  public struct Failure: Error, Equatable, CustomStringConvertible {
    public var description: String
  }

  /// The file's text.
  ///
  /// - Parameter filter: a regular expression; addresses without a match are left out.
  public func text(_ file: ResultFile, filter: String? = nil) throws(Failure) -> String {
    try content(file, filter: filter).text
  }

  /// The file's text, and what its reader should know of it that the format has no place for.
  ///
  /// - Parameter filter: a regular expression; addresses without a match are left out.
  package func content(
    _ file: ResultFile, filter: String? = nil
  ) throws(Failure) -> (text: String, warning: String?) {
    let regex: Regex<AnyRegexOutput>?
    do {
      regex = try filter.map { try Regex($0) }
    } catch {
      throw Failure(description: "'\(filter!)' is not a regular expression: \(error)")
    }
    var rows = ExportedRow.all(file) { regex.map($0.description.contains) ?? true }
    guard !rows.isEmpty else {
      throw Failure(
        description: filter.map { "the filter '\($0)' matches no measured row" }
          ?? "there is no measured row in it")
    }
    var warning: String?
    if !holdsMarks {
      let marked = rows.count(where: \.measurement.isMarked)
      let all = rows.count
      rows.removeAll(where: \.measurement.isMarked)
      if marked > 0 {
        let left =
          "of \(all) rows \(marked) are contended or unstable, for which \(rawValue) has no mark"
        let remedy = "measure them again on a quieter machine (harness noise), or with more --time"
        guard !rows.isEmpty else { throw Failure(description: "\(left): \(remedy)") }
        warning = "\(left), and are left out: \(remedy)"
      }
    }
    return (text(rows, of: file), warning)
  }

  /// Whether it has a place for what stands against a row. One that has none would show its figure as
  /// good as any, and raise alarms by it.
  private var holdsMarks: Bool { self != .bmf }

  private func text(_ rows: [ExportedRow], of file: ResultFile) -> String {
    switch self {
    case .pyperf: Self.json(PyperfSuite(rows))
    case .googleBenchmark: Self.json(GoogleBenchmarkOutput(rows), keys: .convertToSnakeCase)
    case .githubActionBenchmark: Self.json(rows.map(GitHubActionBenchmark.init))
    case .bmf: Self.json(BencherMetrics(rows), keys: .convertToSnakeCase)
    case .csv: CSVTable(rows).text
    case .markdown: MarkdownTables(rows, of: file).text
    }
  }

  private static func json(
    _ value: some Encodable, keys: JSONEncoder.KeyEncodingStrategy = .useDefaultKeys
  ) -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = keys
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self).printableJSON + "\n"
    } catch {
      preconditionFailure("strings and finite numbers do encode: \(error)")
    }
  }
}
