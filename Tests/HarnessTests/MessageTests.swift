import Foundation
import Testing

@Suite("Help and error messages of the built harness")
struct MessageTests {
  @Test(
    arguments: [
      ("help", ["--help"]),
      ("help-run", ["run", "--help"]),
      ("help-verify", ["verify", "--help"]),
      ("help-list", ["list", "--help"]),
      ("help-report", ["report", "--help"]),
    ])
  func help(name: String, arguments: [String]) async throws {
    let output = try await BuiltHarness.run(arguments)
    #expect(output.code == 0)
    #expect(output.stderr.isEmpty)
    try Snapshot.expect(output.stdout, as: name)
  }

  struct BadInput: CustomTestStringConvertible {
    var name: String
    var arguments: [String]
    var code: Int32 = 64
    /// What the message must name.
    var input: String

    var testDescription: String { name }
  }

  @Test(
    "Bad input: one clear line that names it, nothing on stdout, the code of the table",
    arguments: [
      BadInput(name: "no-such-implementation", arguments: ["--impl", "nosuch"], input: "nosuch"),
      BadInput(name: "no-such-flag", arguments: ["--nosuch"], input: "--nosuch"),
      BadInput(name: "mistyped-command", arguments: ["verfy"], input: "verfy"),
      BadInput(name: "negative-size", arguments: ["--size", "-1"], input: "-1"),
      BadInput(name: "zero-size", arguments: ["--size", "0"], input: "0"),
      BadInput(
        name: "overflowing-size", arguments: ["--size", "99999999999GiB"], input: "99999999999GiB"),
      BadInput(name: "no-such-workload", arguments: ["--workload", "des"], input: "des"),
      BadInput(name: "no-such-payload", arguments: ["--payload", "TINY"], input: "TINY"),
      BadInput(
        name: "unreadable-payload", arguments: ["--payload", "no/such/file.json"], code: 4,
        input: "no/such/file.json"),
      BadInput(
        name: "unreadable-data", arguments: ["--data", "no/such/folder"], code: 4,
        input: "no/such/folder/twitter.json"),
      BadInput(name: "no-match", arguments: ["--filter", "^zzz$"], input: "^zzz$"),
      BadInput(name: "bad-filter", arguments: ["--filter", "("], input: "("),
      BadInput(name: "bad-mask", arguments: ["--mask", "aes,mmx9"], input: "mmx9"),
      BadInput(name: "bad-cpu", arguments: ["--cpu", "8191"], input: "8191"),
      BadInput(name: "negative-seed", arguments: ["verify", "--seed", "-1"], input: "-1"),
      BadInput(name: "json-alone", arguments: ["--json"], input: "--json"),
    ])
  func badInput(_ bad: BadInput) async throws {
    let output = try await BuiltHarness.run(bad.arguments)
    #expect(output.code == bad.code)
    #expect(output.stdout.isEmpty)
    let first = output.stderr.prefix { $0 != "\n" }
    #expect(first.hasPrefix("Error: "))
    #expect(first.contains(bad.input))
    // Two messages list what differs: this machine's CPUs, and the implementations there are.
    if !["bad-cpu", "no-such-implementation"].contains(bad.name) {
      try Snapshot.expect(output.stderr, as: bad.name)
    }
  }

  @Test("An invalid document is refused with its place")
  func invalidPayload() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "optlab-invalid.json")
    try Data(#"{"a": 1,, "b": 2}"#.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let output = try await BuiltHarness.run(["--payload", file.path(percentEncoded: false)])
    #expect(output.code == 4)
    #expect(output.stdout.isEmpty)
    #expect(output.stderr.contains(file.path(percentEncoded: false)))
    #expect(output.stderr.contains("not valid JSON"))
  }

  @Test(
    "A valid document that cannot be represented is not called invalid",
    arguments: [#"{"a":1,"a":2}"#, "[1e400]", #"["\ud800"]"#])
  func unrepresentablePayload(text: String) async throws {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "optlab-odd-\(UUID().uuidString).json")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let output = try await BuiltHarness.run(["--payload", file.path(percentEncoded: false)])
    #expect(output.code == 4 && output.stdout.isEmpty)
    #expect(output.stderr.contains("is valid JSON that cannot be represented: line 1"))
  }

  @Test("An unknown implementation: the message lists those there are")
  func validImplementations() async throws {
    let output = try await BuiltHarness.run(["--impl", "nosuch"])
    for id in ["all", "swift-table", "c-aesni", "asm-aesni", "openssl", "foundation", "simdjson"] {
      #expect(output.stderr.contains(id))
    }
  }

  @Test("OPTLAB_MASK is read like --mask")
  func maskFromEnvironment() async throws {
    let output = try await BuiltHarness.run(["list"], environment: ["OPTLAB_MASK": "mmx9"])
    #expect(output.code == 64)
    #expect(output.stderr.contains("mmx9"))
  }
}
