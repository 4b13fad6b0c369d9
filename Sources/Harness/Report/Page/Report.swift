import Foundation
import OptlabBasics
import OptlabResults

/// What one or several runs found, as a page for people: the same content in HTML and in Markdown,
/// with its pictures.
///
/// The same results give the same bytes, whenever and wherever the report is made.
public struct Report {
  /// A run, and the name under which a reader knows it.
  public struct Source {
    /// Of its file: `monday.json`.
    public var name: String
    public var record: RunRecord

    public init(name: String, record: RunRecord) {
      self.name = name
      self.record = record
    }
  }

  let title: String
  let blocks: [ReportBlock]

  /// - Precondition: `sources` is not empty.
  public init(_ sources: [Source]) {
    precondition(!sources.isEmpty)
    let machines = sources.map(\.record.machine.name).uniqued(by: \.self)
    title = "Optlab on \(machines.joined(separator: ", "))"
    var blocks: [ReportBlock] = []
    if sources.count == 1 {
      let run = RunReport(sources[0].record)
      blocks.append(.heading(level: 1, run.machineName, anchor: "top"))
      blocks += run.introduction
      blocks += run.workloads(level: 2)
      blocks.append(.heading(level: 2, "This machine", anchor: "machine"))
      blocks += run.machine
      blocks += Self.method(sources.map(\.record))
      blocks.append(.heading(level: 2, "Where this comes from", anchor: "provenance"))
      blocks += run.provenance
    } else {
      blocks.append(.heading(level: 1, "\(sources.count) runs", anchor: "top"))
      blocks.append(
        .paragraph(.joined(sources.map { "\(code: $0.name)" }, separator: ", ")))
      blocks += SideBySide(sources).blocks
      for (index, source) in sources.enumerated() {
        let run = RunReport(source.record, number: index + 1)
        blocks.append(
          .heading(
            level: 2, "\(index + 1). \(source.name): \(run.machineName)", anchor: run.anchor("run"))
        )
        blocks += run.introduction
        blocks += run.workloads(level: 3)
        blocks.append(.heading(level: 3, "This machine", anchor: run.anchor("machine")))
        blocks += run.machine
        blocks.append(
          .heading(level: 3, "Where this comes from", anchor: run.anchor("provenance")))
        blocks += run.provenance
      }
      blocks += Self.method(sources.map(\.record))
    }
    self.blocks = blocks
  }

  /// The files of a report: name and content.
  public var files: [(name: String, text: String)] {
    [
      ("index.html", HTMLPage(title: title, blocks: blocks).text),
      ("report.md", MarkdownPage(blocks: blocks).text),
    ]
      + blocks.compactMap { block in
        guard case .figure(let figure) = block else { return nil }
        return ("\(figure.name).svg", figure.wide.file(id: figure.name))
      }
  }

  /// Short names for files: the last part of each path, with the folder where several share it.
  public static func names(_ paths: [String]) -> [String] {
    let parts = paths.map { $0.split(separator: "/").map(String.init) }
    return parts.enumerated().map { index, own in
      let isShared = parts.enumerated().contains {
        $0.offset != index && $0.element.last == own.last
      }
      return own.suffix(isShared ? 2 : 1).joined(separator: "/")
    }
  }
}
