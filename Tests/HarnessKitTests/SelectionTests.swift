import TestSupport
import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabCPU
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabReport
@testable import OptlabResults

@Suite("Addresses and selections")
struct SelectionTests {
  @Test(
    "Sizes are read as people write them",
    arguments: [
      ("16", 16), ("16B", 16), ("8KiB", 8192), ("8k", 8192), ("1MiB", 1 << 20), ("1 MiB", 1 << 20),
      ("3GiB", 3 << 30),
    ])
  func readSize(text: String, bytes: Int) {
    #expect(ByteCount.parse(text) == bytes)
  }

  @Test(
    "What is no size is refused",
    arguments: ["", "-1", "1.5k", "KiB", "12x", "99999999999GiB", "٣"])
  func refuseSize(text: String) {
    #expect(ByteCount.parse(text) == nil)
  }

  @Test(
    "Sizes are written in the largest unit that divides them",
    arguments: [
      (16, "16B"), (1000, "1000B"), (1024, "1KiB"), (23_000, "23000B"), (1 << 24, "16MiB"),
    ])
  func writeSize(bytes: Int, text: String) {
    #expect(ByteCount.text(bytes) == text)
    #expect(ByteCount.parse(text) == bytes)
  }

  @Test("Names choose implementations, in the order of the tables")
  func names() throws {
    let all = WorkloadList.house.implementations
    let chosen = try Selection.implementations("openssl, c-aesni", of: all).map(\.id)
    #expect(chosen == all.map(\.id).filter { ["openssl", "c-aesni"].contains($0) })
    #expect(throws: Selection.Failure.self) {
      try Selection.implementations("c-aesni,nosuch", of: all)
    }
    #expect(throws: Selection.Failure.self) { try Selection.implementations("", of: all) }
  }

  @Test("A filter works on the whole address; one that matches nothing is an error")
  func filter() throws {
    let cases = [16, 8192].map(Case.message)
    let selection = try Selection(
      workloads: [AESWorkload.aes128, AESWorkload.aes256], cases: cases,
      filter: "256-ctr/8KiB/.*aesni$")
    #expect(selection.groups.count == 1)
    #expect(selection.groups[0].implementations.allSatisfy { $0.id.hasSuffix("aesni") })
    #expect(throws: Selection.Failure.self) {
      try Selection(
        workloads: [AESWorkload.aes128], cases: cases,
        filter: "zzz")
    }
    #expect(throws: Selection.Failure.self) {
      try Selection(
        workloads: [AESWorkload.aes128], cases: cases,
        filter: "(")
    }
  }

  @Test("A range of sizes is a case for each length")
  func range() throws {
    let ids = try AESInput.cases("1..4,1KiB..1025,setup").map(\.id)
    #expect(ids == ["1B", "2B", "3B", "4B", "1KiB", "1025B", "setup"])
    for text in ["0..4", "4..1", "1..", "..4", "1..5000", "1..2..3"] {
      #expect(throws: Selection.Failure.self, "\(text)") { try AESInput.cases(text) }
    }
  }

  @Test("Nothing is copied where a key schedule is timed")
  func setup() throws {
    let selection = try Selection(
      workloads: [AESWorkload.aes128], cases: [.setup(bytes: 16)])
    let ids = selection.groups[0].implementations.map(\.id)
    #expect(ids.contains("swift-table") && !ids.contains("memcpy"))
  }

  @Test("Ids are unique, and every workload has its baseline")
  func table() {
    let ids = WorkloadList.house.implementations.map(\.id)
    #expect(Set(ids).count == ids.count)
    for workload in WorkloadList.house.workloads {
      #expect(
        WorkloadList.house.implementations.contains {
          $0.id == workload.baseline && workload.isDone(by: $0)
        },
        "\(workload.id)")
    }
  }

  @Test("What a CPU lacks and what a mask hides are told apart")
  func obstacle() throws {
    let implementation = try #require(
      WorkloadList.house.implementations.first { $0.id == "c-aesni" })
    let needs = implementation.required
    #expect(implementation.obstacle(features: needs, detected: needs) == nil)
    #if arch(x86_64)
      let lacking = try #require(implementation.obstacle(features: [], detected: []))
      #expect(lacking == "lacks \(needs.names.joined(separator: ", "))")
      let masked = try #require(implementation.obstacle(features: [], detected: needs))
      #expect(masked == "masked \(needs.names.joined(separator: ", "))")
    #endif
  }
}

@Suite("Tables")
struct TextTableTests {
  @Test("Columns align; a last cell may run on")
  func layout() {
    var table = TextTable([("name", .left), ("figure", .right), ("notes", .left)])
    table.add(["a", "1.5", "x"])
    table.addGap()
    table.add(["longer", "not run: this says why at length"])
    #expect(
      table.text == """
        name    figure  notes
        a          1.5  x

        longer  not run: this says why at length

        """)
  }

  @Test(
    "Figures keep four significant digits",
    arguments: [(0.16521, "0.1652"), (1.2346, "1.235"), (22.414, "22.41"), (267.34, "267.3")])
  func figures(value: Double, text: String) {
    #expect(Figures.significant(value) == text)
  }
}
