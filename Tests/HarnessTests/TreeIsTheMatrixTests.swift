import Foundation
import Testing

@Suite("The tree is the matrix: a kernel's file, its id and its symbol are one name")
struct TreeIsTheMatrixTests {
  private struct Entry: Decodable {
    var id: String
    var language: String
    var technique: String
    var workloads: [String]
  }

  private static let sources = URL(filePath: #filePath)
    .deletingLastPathComponent().appending(path: "../../Sources").standardized

  /// Stems of the files that start with `prefix` and end with `.suffix`.
  private static func stems(_ folder: String, prefix: String, suffix: String) throws -> Set<String>
  {
    let files = try FileManager.default.contentsOfDirectory(
      atPath: sources.appending(path: folder).path(percentEncoded: false))
    return Set(
      files.filter { $0.hasPrefix(prefix) && $0.hasSuffix("." + suffix) }
        .map { String($0.dropLast(suffix.count + 1)) })
  }

  private static func listed() async throws -> [Entry] {
    let output = try await BuiltHarness.run(["list", "--json"])
    #expect(output.code == 0)
    return try JSONDecoder().decode([Entry].self, from: Data(output.stdout.utf8))
  }

  @Test(
    "Files and list agree, both ways",
    arguments: [("C", "CAES", "c-", "c"), ("NASM", "CAES/asm", "asm-", "asm")])
  func kernels(language: String, folder: String, prefix: String, suffix: String) async throws {
    let files = try Self.stems(folder, prefix: prefix, suffix: suffix)
    #expect(!files.isEmpty)
    #if arch(x86_64)
      let ids = Set(try await Self.listed().filter { $0.language == language }.map(\.id))
      #expect(ids == files)
    #endif
    for file in files {
      let url = Self.sources.appending(path: "\(folder)/\(file).\(suffix)")
      let text = try String(contentsOf: url, encoding: .utf8)
      let symbol = "caes_" + file.replacing("-", with: "_")
      #expect(text.contains(symbol), "\(file) defines \(symbol)")
      let comment = language == "C" ? "//" : ";"
      let head = text.split(separator: "\n").prefix { $0.hasPrefix(comment) }
        .joined(separator: "\n")
      for label in ["Computes:", "Technique:", "Cost:", "Pays:"] {
        #expect(head.contains(label), "\(file) says \(label)")
      }
    }
  }

  @Test("Every id of the house's list is there, with what a reader needs")
  func rows() async throws {
    let entries = try await Self.listed()
    for entry in entries {
      #expect(!entry.technique.isEmpty && !entry.workloads.isEmpty, "\(entry.id)")
    }
    let systems: Set = [
      "swift-table", "c-aesni", "asm-aesni", "openssl", "foundation", "swift-simd", "simdjson",
    ]
    #if arch(x86_64)
      #expect(systems.isSubset(of: entries.map(\.id)))
    #endif
  }
}
