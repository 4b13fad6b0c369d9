import Foundation
import Testing

/// What a run was asked for is what its blocks measure, in every command that measures in blocks.
@Suite("Blocks of the built harness")
struct BlockCommandTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "optlab-blocks-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  @Test(
    "compare --live measures the document that it verifies, with a blank in its path")
  func ownDocument() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "my own.json")
    try Data(#"{"a":[1,2.5,"x"],"b":{"c":null}}"#.utf8).write(to: file)
    let output = try await BuiltHarness.run([
      "compare", "--live", "--impl", "swift-dropin,swift-simd", "--payload",
      file.path(percentEncoded: false), "--plan", "once", "--cycles", "ns",
    ])
    // One round is too little to say more.
    #expect(output.code == 3, "\(output.stderr)")
    #expect(output.stdout.contains("json-encode/my own"), "\(output.stdout)")
    #expect(!output.stdout.contains("EMPTY"), "\(output.stdout)")
    let names = try await BuiltHarness.run([
      "compare", "--live", "--impl", "swift-dropin,swift-simd", "--payload", "SIMPLE,NESTED",
      "--filter", "NESTED", "--plan", "once", "--cycles", "ns",
    ])
    #expect(names.code == 3, "\(names.stderr)")
    #expect(names.stdout.contains("json-encode/NESTED") && !names.stdout.contains("SIMPLE"))
  }

  @Test("A run's blocks have its mask, its payload and its filter")
  func run() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "mine.json")
    try Data("[true,false]".utf8).write(to: file)
    let saved = folder.appending(path: "run.json").path(percentEncoded: false)
    let output = try await BuiltHarness.run([
      "--payload", file.path(percentEncoded: false), "--impl", "swift-simd,simdjson", "--filter",
      "simd", "--mask", "avx2", "--plan", "once", "--cycles", "ns", "--output", saved,
    ])
    #expect(output.code == 0, "\(output.stderr)")
    let text = try String(contentsOfFile: saved, encoding: .utf8)
    #expect(text.contains(#""case":"mine""#) || text.contains(#""case": "mine""#))
    #expect(output.stdout.contains("masked: avx2"))
  }

  @Test("What a block's process is given by somebody else is refused", arguments: ["block-process"])
  func notForPeople(command: String) async throws {
    let output = try await BuiltHarness.run([command])
    #expect(output.code == 64 && output.stdout.isEmpty)
    #expect(output.stderr.contains("is for the harness itself, see harness run --help"))
  }
}
