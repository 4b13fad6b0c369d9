import Foundation
import Testing

/// What libraries choose by themselves.
@Suite("Libraries that ask environment and CPU themselves")
struct LibraryChoiceTests {
  /// As OPENSSL_ia32cap(3) counts bits: AES is 57, SSSE3 41.
  @Test(
    "Without AES instructions libcrypto leaves keystream on its stack, and its row says so",
    .enabled("x86-64 alone") { await Self.hasAES },
    arguments: ["~0x200000000000000", "~0x200020000000000"])
  func withoutAES(_ capabilities: String) async throws {
    let environment = ["OPENSSL_ia32cap": capabilities, "OPTLAB_MASK": ""]
    let output = try await BuiltHarness.run(
      ["verify", "--impl", "openssl", "--workload", "aes-128-ctr"], environment: environment)
    #expect(output.code == 0, "\(output.stdout)")
    #expect(
      output.stdout.contains(
        #/PASS  aes-128-ctr/openssl  \d+ checks, none of its stack: its flag CAES_LEAVES_SECRETS/#),
      "\(output.stdout)")
    let list = try await BuiltHarness.run(["list"], environment: environment).stdout
    let row = try #require(list.split(separator: "\n").first { $0.hasPrefix("openssl ") })
    #expect(row.contains("no AES instructions here") && row.contains("leaves secrets on its stack"))
    // Tables are looked up at addresses that depend on the key.
    #expect(row.contains("secret-dependent loads") == (capabilities == "~0x200020000000000"))
  }

  @Test("With them it leaves nothing, which is checked", .enabled("x86-64") { await Self.hasAES })
  func withAES() async throws {
    let output = try await BuiltHarness.run(
      ["verify", "--impl", "openssl", "--workload", "aes-128-ctr"],
      environment: ["OPTLAB_MASK": ""])
    #expect(output.code == 0 && !output.stdout.contains("CAES_LEAVES_SECRETS"), "\(output.stdout)")
  }

  @Test(
    "A plugin that leaves what follows from the key says so, or fails",
    .enabled("the plugins of these tests use AES-NI") { Plugins.canRun },
    .enabled("no cc here") { await Plugins.hasCompiler },
    arguments: [
      ("LEAVES_SECRETS", 1, "crypt leaves 8 bytes of the ciphertext, which may be a text"),
      ("LEAVES_SECRETS_AND_SAYS_SO", 0, "checks, none of its stack: its flag CAES_LEAVES_SECRETS"),
    ])
  func plugin(_ fault: String, code: Int, words: String) async throws {
    try await Plugins.withLibraries([fault]) { folder in
      let output = try await BuiltHarness.run(
        ["check", "\(fault).so"], environment: ["OPTLAB_MASK": ""], in: folder)
      #expect(Int(output.code) == code)
      #expect(output.stdout.contains(words), "\(output.stdout)")
    }
  }

  @Test("A mask does not reach libraries, and their rows say so")
  func mask() async throws {
    for (mask, isSaid) in [("ssse3", true), ("", false)] {
      let list = try await BuiltHarness.run(["list"], environment: ["OPTLAB_MASK": mask]).stdout
      for (id, library) in [
        ("openssl", "libcrypto"), ("simdjson", "simdjson"), ("memcpy", "libc"),
      ] {
        let row = try #require(list.split(separator: "\n").first { $0.hasPrefix("\(id) ") })
        #expect(row.contains("the mask does not reach \(library)") == isSaid, "\(row)")
      }
      #expect(!list.contains("reach c-aesni"))
    }
  }

  @Test("What the environment tells libraries is in the file and among the warnings")
  func environment() async throws {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "optlab-environment-\(UUID().uuidString).json").path(percentEncoded: false)
    defer { try? FileManager.default.removeItem(atPath: file) }
    let output = try await BuiltHarness.run(
      [
        "--impl", "openssl", "--size", "16", "--plan", "once",
        "--no-processes", "--allow-unoptimised", "--output", file,
      ], environment: ["OPENSSL_ia32cap": "~0x200000000000000", "MALLOC_ARENA_MAX": "1"])
    #expect(output.code == 0, "\(output.stderr)")
    #expect(
      output.stderr.contains("MALLOC_ARENA_MAX=1, OPENSSL_ia32cap=~0x200000000000000"),
      "\(output.stderr)")
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: file)))
        as? [String: Any])
    let run = try #require((json["records"] as? [[String: Any]])?.first?["run"] as? [String: Any])
    #expect(
      (run["environment"] as? [String: String])?["OPENSSL_ia32cap"] == "~0x200000000000000")
  }

  private static var hasAES: Bool { get async { Plugins.canRun } }
}
