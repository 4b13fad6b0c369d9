import Foundation
import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// What binutils say about the code that was built together with these tests.
enum BuiltCode {
  private static let executable = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()

  struct ToolFailed: Error, CustomStringConvertible { var description: String }

  private static func output(_ tool: String, _ arguments: [String]) async throws -> String {
    let result = try await Subprocess.run(
      .name(tool), arguments: Arguments(arguments), output: .string(limit: 1 << 26),
      error: .string(limit: 1 << 16))
    guard case .exited(0) = result.terminationStatus else {
      throw ToolFailed(
        description: "\(tool) \(arguments.joined(separator: " ")): \(result.terminationStatus);"
          + " is Debian's binutils installed? (make setup)")
    }
    return result.standardOutput
  }

  /// `readelf`'s sections and notes of an object that NASM's plugin made.
  static func description(object: URL) async throws -> String {
    try await output("readelf", ["-W", "-S", "-n", object.path(percentEncoded: false)])
  }

  /// The objects of a target's assembly files, by the name of the file.
  static func objects(target: String) throws -> [String: URL] {
    // The tests may run from a bundle beside the build's other products.
    let outputs = executable.deletingLastPathComponent().appending(path: "plugins/outputs")
    let files = FileManager.default.enumerator(at: outputs, includingPropertiesForKeys: nil)
    var objects: [String: URL] = [:]
    for case let file as URL in files ?? .init()
    where file.pathExtension == "o" && file.pathComponents.contains(target) {
      objects[file.lastPathComponent] = file
    }
    return objects
  }

  /// A function of this process's code.
  struct Symbol {
    var name: String
    /// As linked, not as loaded.
    var address: Int
    var bytes: Int
  }

  static func symbols(prefix: String) async throws -> [Symbol] {
    // There are hundreds of thousands of others.
    let list = #"nm -S --defined-only "$1" | grep -F " $2""#
    return try await output("sh", ["-c", list, "sh", loadedFile(), prefix]).split(separator: "\n")
      .compactMap { line in
        let parts = line.split(separator: " ")
        guard parts.count == 4, "Tt".contains(parts[2]), parts[3].hasPrefix(prefix),
          let address = Int(parts[0], radix: 16), let bytes = Int(parts[1], radix: 16)
        else { return nil }
        return Symbol(name: String(parts[3]), address: address, bytes: bytes)
      }
  }

  struct Instruction {
    var address: Int
    var text: String
  }

  /// The instructions of a function, without those that only fill space.
  static func instructions(_ symbol: Symbol) async throws -> [Instruction] {
    let text = try await output(
      "objdump",
      [
        "-d", "--no-show-raw-insn", "-M", "intel", "--start-address=\(symbol.address)",
        "--stop-address=\(symbol.address + symbol.bytes)", loadedFile(),
      ])
    return text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: "\t", maxSplits: 1)
      guard parts.count == 2, parts[0].hasSuffix(":"),
        let address = Int(parts[0].dropLast().drop { $0 == " " }, radix: 16)
      else { return nil }
      return Instruction(address: address, text: String(parts[1]))
    }
    .filter { !$0.text.contains("nop") && !$0.text.hasPrefix("xchg   ax,ax") }
  }

  /// The file that the kernels' code was loaded from: the tests' own, not that of who runs them.
  private static func loadedFile() -> String {
    let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
    let tests = maps.split(separator: "\n").first { $0.hasSuffix(".xctest") }
    return tests.flatMap { $0.split(separator: " ").last }.map(String.init)
      ?? executable.path(percentEncoded: false)
  }
}
