import Foundation
import OptlabAES
import OptlabCPU
import OptlabExternal
import OptlabJSON
import OptlabLab
import OptlabMeasure
import OptlabProfile
import OptlabReport
import OptlabResults
import Testing

/// Where a process may open few files, what starts children says so and ends: it neither waits for ever
/// nor traps.
@Suite("Few file descriptors")
struct DescriptorTests {
  /// - Parameter deadline: in seconds; nobody waits for so long but where it would be for ever.
  private func expectClear(
    _ script: String, limit: Int, in folder: String? = nil, deadline: Int = 60
  ) async throws -> Int32 {
    var code: Int32 = -1
    // 124 is a deadline that has passed, above 128 is the end by a signal.
    try await BuiltHarness.shell(
      "( ulimit -n \(limit); exec timeout -k 1 \(deadline) \(script) )", in: folder
    ) { output, _ in
      code = output.code
      #expect([0, 4].contains(code), "\(limit): \(output)")
      guard code == 4 else { return }
      let errors = output.stderr.split(separator: "\n").filter { $0.hasPrefix("Error: ") }
      #expect(errors.count == 1, "\(limit): \(output)")
    }
    return code
  }

  private static let run =
    "$H --impl memcpy --workload aes-128-ctr --size 16 --plan once --no-pin --allow-unoptimised"

  @Test("A run says what is missing, and how to get it", arguments: [10, 16])
  func says(limit: Int) async throws {
    try await BuiltHarness.shell("( ulimit -n \(limit); exec timeout -k 1 60 \(Self.run) )") {
      output, _ in
      #expect(output.code == 4 && output.stdout.isEmpty, "\(output)")
      let errors = output.stderr.split(separator: "\n").filter { $0.hasPrefix("Error: ") }
      #expect(errors.count == 1, "\(output)")
      #expect(
        errors.first?.contains("cannot start a process for a block: Too many open files: ") == true
          && errors.first?.hasSuffix("raise the limit (ulimit -n), which is \(limit)") == true,
        "\(output)")
    }
  }

  @Test("A soft limit that is lower than it need be is raised")
  func soft() async throws {
    try await BuiltHarness.shell("( ulimit -S -n 10; \(Self.run) )") { output, _ in
      #expect(output.code == 0, "\(output)")
    }
  }

  @Test("Every limit from 5 on, in every command that starts others", .long, arguments: 5...44)
  func every(limit: Int) async throws {
    let runner =
      "#!/bin/sh\nread request\nprintf 'runner 1\\nimplementation theirs\\nlanguage sh\\n"
      + "workloads json-encode\\nok\\n'\nread request\necho error no\nread request\n"
    try await Plugins.withFolder { folder in
      let path = folder + "/theirs"
      try Data(runner.utf8).write(to: URL(filePath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
      try Data("main;a 1\n".utf8).write(to: URL(filePath: folder + "/a.folded"))
      var codes = [try await expectClear(Self.run, limit: limit, in: folder)]
      codes.append(
        try await expectClear(
          "$H verify --impl memcpy --workload aes-128-ctr", limit: limit, in: folder))
      codes.append(
        try await expectClear(
          "$H profile --diff a.folded a.folded --output new", limit: limit, in: folder))
      if limit == 44 { #expect(codes == [0, 0, 0]) }
      // Its row may fail for what it answers, never for a file that could not be opened.
      try await BuiltHarness.shell(
        "( ulimit -n \(limit); exec timeout -k 1 60 $H verify --runner ./theirs --impl theirs "
          + "--payload EMPTY )", in: folder
      ) { output, _ in
        #expect([0, 1, 4].contains(output.code), "\(limit): \(output)")
        #expect(!output.stdout.contains("open files"), "\(limit): \(output)")
      }
    }
  }

  @Test(
    "Every limit, with a plugin", .long,
    .enabled("the plugins of these tests use AES-NI, and a compiler") {
      await Plugins.canBeTried
    }, arguments: [5, 8, 12, 16, 20, 24, 26, 27, 28, 30, 32, 36, 40, 44])
  func plugin(limit: Int) async throws {
    try await Plugins.withLibraries(["NONE"]) { folder in
      _ = try await expectClear("env OPTLAB_MASK= $H check NONE.so", limit: limit, in: folder)
    }
  }
}
