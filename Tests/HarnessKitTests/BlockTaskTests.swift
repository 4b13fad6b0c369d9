import Foundation
import TestSupport
import Testing

@testable import OptlabAES
@testable import OptlabCPU
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabReport
@testable import OptlabResults

/// A block gets to do what the run was asked for, whatever options said so.
@Suite("Tasks of blocks")
struct BlockTaskTests {
  private static let folder = FileManager.default.temporaryDirectory

  private static func selection(
    workloads: [any Workload] = WorkloadList.house.standard,
    sizes: [Case] = [.message(bytes: 77), .pyaes],
    payloads: [JSONPayload], filter: String? = nil
  ) throws -> Selection {
    try Selection(
      workloads: workloads, cases: sizes + payloads.map(Case.payload), filter: filter)
  }

  private static func addresses(_ selection: Selection) -> [String] {
    selection.groups.flatMap { group in
      group.implementations.map { "\(group.workload.id)/\(group.case.id)/\($0.id)" }
    }
  }

  private static func selection(of task: BlockTask) throws -> Selection {
    try task.selection(among: .house, load: { try $0.implementations(beside: .house) })
  }

  /// Through the text that the process gets.
  private static func received(_ selection: Selection, plan: Plan = .standard) throws -> BlockTask {
    let block = BlockProcess(
      block: 2, count: plan.blocks, excluded: ["aes-128-ctr/c-aesni"], idleLoad: 0.97)
    let task = BlockTask(
      block, of: selection, plan: plan, seed: 42, seconds: 3.5, source: .reference, cpu: 1)
    return try BlockProcess.task(try JSONEncoder().encode(task))
  }

  @Test("Cases, payloads of all origins and filters come out as they went in")
  func selection() throws {
    let document = try JSONPayload(document: [UInt8](#"{"a":[1,2.5,"x"]}"#.utf8), id: "mine")
    let canada = FeatureCollection.document().text
    let corpus = try #require(try JSONPayload.corpus("canada", json: canada))
    let payloads = [JSONPayload.standard("SIMPLE")!, document, corpus]
    for filter in [nil, "json", "77B/.*aes"] as [String?] {
      let selection = try Self.selection(payloads: payloads, filter: filter)
      let task = try Self.received(selection)
      let again = try Self.selection(of: task)
      #expect(Self.addresses(again) == Self.addresses(selection))
      let both = [again, selection].map { $0.groups.compactMap(\.case.payload) }
      for (one, other) in zip(both[0], both[1]) {
        #expect(one.id == other.id && one.origin == other.origin)
        #expect(one.parts.map(\.json) == other.parts.map(\.json))
        #expect(
          one.parts.map { "\(type(of: $0.value))" } == other.parts.map { "\(type(of: $0.value))" })
      }
    }
  }

  @Test("Every named case, and lengths of every kind")
  func cases() throws {
    let sizes = try AESInput.cases("1,16B,8KiB,1000003,1MiB") + AESInput.named
    let selection = try Self.selection(
      workloads: WorkloadList.house.workloads, sizes: sizes, payloads: [])
    #expect(
      try Self.addresses(Self.selection(of: Self.received(selection))) == Self.addresses(selection))
  }

  @Test("Its share of the plan, seed, source, time and what is known already")
  func rest() throws {
    let task = try Self.received(try Self.selection(payloads: []), plan: .quick)
    #expect(task.plan.blocks == 1 && task.plan.rounds == 1 && task.plan.mostRounds == 3)
    #expect(task.seed == 42 && task.seconds == 3.5 && task.source == .reference && task.cpu == 1)
    #expect(task.block.idleLoad == 0.97 && task.block.exclusions.count == 1)
  }

  @Test("What comes from outside is named by where it comes from")
  func sources() throws {
    var sources = ExternalSources()
    sources.plugins = ["a b.so"]
    sources.runners = ["./mine"]
    sources.contestants = "folder"
    sources.patience = 3
    let selection = Selection(groups: [], sources: sources)
    #expect(try Self.received(selection).sources == sources)
  }

  @Test("What is no task is said to be none", arguments: ["", "{}", "[1]", "\u{0}"])
  func nonsense(text: String) {
    #expect(throws: BlockTask.Failure.self) { try BlockProcess.task(Data(text.utf8)) }
  }
}
