import Foundation
import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabCPU
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabResults

@Suite("The lab's own contestants")
struct ContestantsTests {
  private static let sources = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Contestants")

  private func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "optlab-contestants-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  private static let known = WorkloadList.house.external.flatMap(\.contestants)
    .uniqued(by: \.id)

  @Test("Those that are known are those that have a folder, both ways")
  func knownAreThere() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      at: Self.sources, includingPropertiesForKeys: [.isDirectoryKey]
    ).filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
      .map(\.lastPathComponent)
    #expect(Set(folders) == Set(Self.known.map(\.name)))
  }

  @Test("Each that was not built has a row that says how to get it")
  func missing() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let contestants = Contestants(
      folder: folder.path(percentEncoded: false), of: .house)
    #expect(contestants.missing.map(\.id) == Self.known.map(\.id))
    #expect(contestants.missing.allSatisfy { $0.obstacle() == "make contestants" })

    try Data("libgcrypt20-dev is not installed\n".utf8)
      .write(to: folder.appending(path: "libgcrypt.missing"))
    try Data().write(to: folder.appending(path: "ipsec-mb.so"))
    let gcrypt = try #require(contestants.missing.first { $0.id == "libgcrypt" })
    #expect(gcrypt.obstacle() == "libgcrypt20-dev is not installed; then make contestants")
    #expect(!contestants.missing.contains { $0.id == "ipsec-mb" })
    #expect(contestants.plugins.map { URL(filePath: $0).lastPathComponent } == ["ipsec-mb.so"])
    #expect(contestants.runners.isEmpty)
  }

  @Test(
    "The Python runner offers what is known, and its rows that need no library verify",
    .enabled(if: TestRunner.obstacle == nil, "\(TestRunner.obstacle ?? "")"))
  func pythonRunner() throws {
    let program = Self.sources.appending(path: "python/runner.py").path(percentEncoded: false)
    let all = Implementation.runner(program, for: .house)
    #expect(all.map(\.id) == Self.known.filter { $0.name == "python" }.map(\.id))
    let payloads = JSONPayload.standard.filter {
      ["EMPTY", "NESTED", "json_dumps"].contains($0.id)
    }
    let json = try #require(all.first { $0.id == "python-json" })
    guard let work = json.externalWork,
      case .passed(let checks) = work.verify(
        JSONWorkload(), cases: payloads.map(Case.payload), seed: 3, exhaustively: false)
    else {
      Issue.record("python-json does not verify")
      return
    }
    #expect(checks > 100)
    // What is not installed says so; what is verifies.
    for one in all where one.id != "python-json" {
      guard let work = one.externalWork else { continue }
      if let obstacle = one.obstacle() {
        #expect(obstacle.hasSuffix("is not installed: make contestants"))
        continue
      }
      for workload in WorkloadList.house.workloads where work.does(workload) {
        let verdict = work.verify(
          workload, cases: payloads.map(Case.payload), seed: 3, exhaustively: false)
        if case .failed(let mismatch) = verdict {
          Issue.record("\(workload.id)/\(one.id): \(mismatch.check): \(mismatch.summary)")
        }
      }
    }
  }
}
