import ArgumentParser
import Foundation
import HarnessKit

/// `harness list`: every implementation there is.
struct List: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Name every implementation, with its workloads, language, technique and needs.")

  @OptionGroup var hidden: MaskOption

  @Flag(help: "Print JSON.")
  var json = false

  private struct Entry: Codable {
    var id: String
    var workloads: [String]
    var language: String
    var technique: String
    var required: [String]
    var preferred: [String]
    var remarks: [String]
  }

  func run() throws {
    try hidden.apply()
    let entries = Implementation.all.map { implementation in
      Entry(
        id: implementation.id,
        workloads: Workload.all.filter { $0.isDone(by: implementation) }.map(\.id),
        language: implementation.language, technique: implementation.technique,
        required: implementation.required.names, preferred: implementation.preferred.names,
        remarks: implementation.remarks)
    }
    if json {
      try printJSON(entries)
      return
    }
    var table = TextTable([
      ("implementation", .left), ("workloads", .left), ("language", .left), ("requires", .left),
      ("technique", .left),
    ])
    for entry in entries {
      table.add([
        entry.id, entry.workloads.count > 1 ? "aes-*-ctr" : entry.workloads[0], entry.language,
        entry.required.isEmpty ? "-" : entry.required.joined(separator: " "),
        ([entry.technique] + entry.remarks).joined(separator: "; "),
      ])
    }
    print(table.text, terminator: "")
  }
}
