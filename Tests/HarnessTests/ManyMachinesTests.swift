import Foundation
import OptlabAES
import OptlabBasics
import OptlabExternal
import OptlabJSON
import OptlabLab
import OptlabMeasure
import OptlabReport
import OptlabResults
import OptlabStatistics
import Subprocess
import Testing

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// The recipes of Documentation/ContinuousBenchmarking.md, run as they stand there.
@Suite("Many machines")
struct ManyMachinesTests {
  private static let parallel = ["/usr/bin/parallel", "/usr/local/bin/parallel"]
    .contains { FileManager.default.isExecutableFile(atPath: $0) }

  private static var recipe: String {
    get throws {
      let document = URL(filePath: #filePath)
        .appending(path: "../../../Documentation/ContinuousBenchmarking.md").standardized
      let text = try String(contentsOf: document, encoding: .utf8)
      let blocks = text.matches(of: /```bash\n((?:.|\n)*?)```/).map { String($0.output.1) }
      return try #require(blocks.first { $0.contains("parallel") })
    }
  }

  @Test(
    "GNU parallel: each host measures, the results come back and are merged",
    .enabled(if: parallel, "GNU parallel is not installed: apt-get install parallel"))
  func gnuParallel() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "optlab-hosts-\(UUID().uuidString)", directoryHint: .isDirectory)
    let manager = FileManager.default
    defer { try? manager.removeItem(at: folder) }
    let harness = BuiltHarness.folder.appending(path: "harness")
    // The hosts are folders, each the home of one; a checkout in it is built.
    for place in ["here", "here/bin", "one.example/optlab", "two.example/optlab"] {
      let debug = folder.appending(path: "\(place)/.build/debug")
      try manager.createDirectory(at: debug, withIntermediateDirectories: true)
      try manager.createSymbolicLink(
        at: debug.appending(path: "harness"), withDestinationURL: harness)
    }
    let ssh = folder.appending(path: "here/bin/ssh")
    try Data(
      "#!/bin/bash\ncd \"\(folder.path(percentEncoded: false))$1\" && exec bash -c \"$2\"\n".utf8
    ).write(to: ssh)
    try manager.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: ssh.path(percentEncoded: false))
    try Data("one.example\ntwo.example\n".utf8).write(to: folder.appending(path: "here/hosts"))

    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let result = try await Subprocess.run(
      .name("bash"), arguments: ["-euo", "pipefail", "-c", Self.recipe],
      environment: .inherit.updating([
        "PATH": "\(ssh.deletingLastPathComponent().path(percentEncoded: false)):\(path)",
        "RUN": "--plan once --impl swift-table --workload aes-128-ctr --size 16,64",
        // Its request for a citation goes to stderr, and its settings nowhere else than here.
        "PARALLEL_HOME": folder.path(percentEncoded: false),
      ]),
      workingDirectory: FilePath(folder.appending(path: "here").path(percentEncoded: false)),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
    for name in ["one.example.json", "two.example.json", "machines.json", "machines/index.html"] {
      #expect(
        manager.fileExists(
          atPath: folder.appending(path: "here/\(name)").path(percentEncoded: false)), "\(name)")
    }
    // Both are this machine, so their rounds are put together.
    func runs(_ name: String) throws -> [RunResult] {
      try ResultFile.read(folder.appending(path: "here/\(name).json").path(percentEncoded: false))
        .records.map(\.run)
    }
    func samples(_ run: RunResult) -> [Int] {
      run.rows.compactMap { $0.measurement?.samples.count }
    }
    let merged = try runs("machines")
    #expect(merged.count == 1)
    #expect(samples(merged[0]) == [2, 2])
    for host in ["one.example", "two.example"] {
      #expect(try runs(host).map(samples) == [[1, 1]], "\(host)")
    }
    let tables = try await BuiltHarness.run([
      "report", folder.appending(path: "here/machines.json").path(percentEncoded: false), "--text",
    ])
    #expect(tables.code == 0)
    #expect(tables.stdout.split(separator: "\n").count { $0.hasPrefix("swift-table ") } == 2)
  }
}
