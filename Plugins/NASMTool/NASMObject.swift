// nasm-object INPUT.asm OUTPUT.S: assembles INPUT with NASM and writes the same machine code as
// GNU assembly, which SwiftPM can compile into a C target.

import Foundation

@main
struct NASMObject {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else {
      stop("usage: nasm-object INPUT.asm OUTPUT.S")
    }
    let source = URL(filePath: arguments[1])
    let output = URL(filePath: arguments[2])
    do {
      let object = try assemble(source)
      let code = try RelocatableCode(elf: object)
      let text = GNUAssembly(code: code, sourceName: source.lastPathComponent).text
      let bytes = Data(text.utf8)
      // SwiftPM links this tool anew whenever `swift test` follows `swift run`, and then assembles
      // again. A file that stays as it is spares everything that depends on it.
      guard (try? Data(contentsOf: output)) != bytes else { return }
      try bytes.write(to: output, options: .atomic)
    } catch {
      stop("\(source.path(percentEncoded: false)): \(error)")
    }
  }

  static func stop(_ message: String) -> Never {
    // 'error:' in front makes SwiftPM show the line as a build error.
    FileHandle.standardError.write(Data("error: \(message)\n".utf8))
    exit(1)
  }

  /// Runs NASM, and returns the ELF64 object it wrote.
  static func assemble(_ source: URL) throws -> [UInt8] {
    guard let nasm = findInPath("nasm") else {
      stop("nasm is not installed; run 'make setup' (Debian: apt-get install nasm)")
    }
    let object = FileManager.default.temporaryDirectory
      .appending(path: "nasm-object-\(UUID().uuidString).o")
    defer { try? FileManager.default.removeItem(at: object) }

    let process = Process()
    process.executableURL = nasm
    process.arguments = [
      "-f", "elf64", "-Wall", "-Werror",
      "-I", source.deletingLastPathComponent().path(percentEncoded: false) + "/", "-o",
      object.path(percentEncoded: false), source.path(percentEncoded: false),
    ]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      stop("nasm could not assemble \(source.path(percentEncoded: false))")
    }
    return [UInt8](try Data(contentsOf: object))
  }

  static func findInPath(_ name: String) -> URL? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":")
      .map { URL(filePath: String($0)).appending(path: name) }
      .first { FileManager.default.isExecutableFile(atPath: $0.path(percentEncoded: false)) }
  }
}
