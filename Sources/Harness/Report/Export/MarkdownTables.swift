import OptlabBasics
import OptlabResults

/// The tables of the terminal, as tables of GitHub Flavored Markdown (section 4.10).
struct MarkdownTables {
  let text: String

  init(_ rows: [ExportedRow], of file: ResultFile) {
    let chosen = Set(rows.map(\.row.address))
    let sections = file.records.map { record in
      let run = record.run
      let heading =
        "### \(MarkdownPage.escaped(record.machine.name)), \(record.started.formatted(.iso8601))"
        + (run.isPartial ? ", partial" : "") + "\n\n"
      let measured = run.rows.filter { chosen.contains($0.address) }
      let tables = measured.map(\.address.workload).uniqued(by: \.self).map { workload in
        "#### \(MarkdownPage.escaped(workload))\n\n"
          + run.table(of: measured.filter { $0.address.workload == workload }, details: false)
          .markdown
      }
      return heading + tables.joined(separator: "\n")
    }
    text = sections.joined(separator: "\n")
  }
}
