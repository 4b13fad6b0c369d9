import ArgumentParser
import Foundation
import OptlabBasics

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
    let entries = Harness.workloads.implementations.map { implementation in
      Entry(
        id: implementation.id,
        workloads: Harness.workloads.workloads.filter { $0.isDone(by: implementation) }
          .map(\.id),
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
        entry.id, Self.short(entry.workloads), entry.language,
        entry.required.isEmpty ? "-" : entry.required.joined(separator: " "),
        ([entry.technique] + entry.remarks).joined(separator: "; "),
      ])
    }
    print(table.text, terminator: "")
  }

  /// Families, where there are several workloads of one.
  private static func short(_ ids: [String]) -> String {
    ids.count == 1
      ? ids[0]
      : ids.map { Harness.workloads[$0]?.family ?? $0 }.uniqued(by: \.self)
        .joined(separator: " ")
  }
}
