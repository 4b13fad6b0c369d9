import Foundation
import Subprocess
import Testing

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// libCAES.so, as C and Python programs use it.
@Suite("The shared library and its header")
struct SharedLibraryTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()
  private static let library = products.appending(path: "libCAES.so").path(percentEncoded: false)
  private static let includes = root.appending(path: "Sources/CAES/include").path(
    percentEncoded: false)

  /// A program that was not built with AddressSanitizer cannot load a library that was.
  static let isSanitized = dlsym(nil, "__asan_init") != nil

  static func isInstalled(_ program: String) async -> Bool {
    let result = try? await Subprocess.run(
      .name(program), arguments: ["--version"], output: .discarded, error: .discarded)
    return result?.terminationStatus.isSuccess ?? false
  }

  private func run(_ program: String, _ arguments: [String], in folder: URL) async throws -> String
  {
    let result = try await Subprocess.run(
      program.contains("/") ? .path(FilePath(program)) : .name(program),
      arguments: Arguments(arguments),
      workingDirectory: FilePath(folder.path(percentEncoded: false)),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    try #require(
      result.terminationStatus.isSuccess,
      "\(program) \(arguments.joined(separator: " ")):\n\(result.standardError)")
    return result.standardOutput
  }

  private func withFolder<R>(_ body: (URL) async throws -> R) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
  }

  // MARK: Documentation/Embedding.md

  /// The block of a language; each occurs once.
  private func block(_ language: String) throws -> String {
    let page = try String(
      contentsOf: Self.root.appending(path: "Documentation/Embedding.md"), encoding: .utf8)
    let parts = page.components(separatedBy: "\n```\(language)\n")
    try #require(parts.count == 2, "\(parts.count - 1) blocks of \(language)")
    return try #require(parts[1].components(separatedBy: "\n```\n").first) + "\n"
  }

  @Test(
    .disabled(if: isSanitized, "a program without AddressSanitizer cannot load this build"),
    .enabled("no cc here") { await isInstalled("cc") },
    arguments: [["-std=c11"], ["-std=c11", "-O2"]])
  func aProgramInC(_ options: [String]) async throws {
    try await withFolder { folder in
      try block("c").write(
        to: folder.appending(path: "encrypt.c"), atomically: true, encoding: .utf8)
      _ = try await run(
        "cc",
        options + [
          "-Wall", "-Wextra", "-Werror", "-I", Self.includes, "encrypt.c", Self.library,
          "-Wl,-rpath,\(Self.products.path(percentEncoded: false))", "-o", "encrypt",
        ], in: folder)
      let output = try await run(
        folder.appending(path: "encrypt").path(percentEncoded: false), [], in: folder)
      #expect(try output == block("text"))
    }
  }

  @Test(
    .disabled(if: isSanitized, "a program without AddressSanitizer cannot load this build"),
    .enabled("no python3 here") { await isInstalled("python3") })
  func aProgramInPython() async throws {
    try await withFolder { folder in
      try block("python").write(
        to: folder.appending(path: "encrypt.py"), atomically: true, encoding: .utf8)
      let output = try await run("python3", ["encrypt.py", Self.library], in: folder)
      #expect(try output == block("text"))
    }
  }

  // MARK: The header

  @Test(arguments: [
    ["clang", "-x", "c", "-std=c11", "-Wdocumentation"],
    ["clang", "-x", "c++", "-std=c++17", "-Wdocumentation"],
    ["gcc", "-x", "c", "-std=c11"],
    ["g++", "-x", "c++", "-std=c++17"],
  ])
  func compilesAlone(_ compiler: [String]) async throws {
    guard await Self.isInstalled(compiler[0]) else {
      // The toolchain brings clang; gcc is somebody's own.
      try #require(compiler[0] != "clang", "the Swift toolchain's clang is not in PATH")
      print("not compiled with \(compiler[0]): there is none here")
      return
    }
    try await withFolder { folder in
      try "#include \"caes.h\"\n".write(
        to: folder.appending(path: "alone.txt"), atomically: true, encoding: .utf8)
      _ = try await run(
        compiler[0],
        compiler.dropFirst() + [
          "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-I", Self.includes,
          "alone.txt",
        ], in: folder)
    }
  }

  @Test func everyDeclarationHasItsComment() throws {
    let lines = try String(
      contentsOf: Self.root.appending(path: "Sources/CAES/include/caes.h"), encoding: .utf8
    ).split(separator: "\n", omittingEmptySubsequences: false)
    let declarations = lines.indices.filter { lines[$0].hasPrefix("CAES_API ") }
    #expect(declarations.count >= 9)
    for line in declarations {
      #expect(lines[line - 1].hasPrefix("///"), "undocumented: \(lines[line])")
    }
  }

  // MARK: The library

  /// The symbols that the linker ld.gold defines in every library.
  private static let linkers: Set<Substring> = ["__bss_start", "_edata", "_end"]

  @Test(
    .disabled(if: isSanitized, "AddressSanitizer adds symbols of its own"),
    .enabled("no nm here") { await isInstalled("nm") })
  func onlyTheABIIsVisible() async throws {
    let symbols = Set(
      try await run("nm", ["-D", "--defined-only", Self.library], in: Self.root)
        .split(separator: "\n").compactMap { $0.split(separator: " ").last })
    let header = try String(
      contentsOf: Self.root.appending(path: "Sources/CAES/include/caes.h"), encoding: .utf8)
    let declared = Set(
      header.split(separator: "\n").filter { $0.hasPrefix("CAES_API ") }.compactMap {
        $0.prefix { $0 != "(" }.split { $0 == " " || $0 == "*" }.last
      })
    #expect(symbols.subtracting(Self.linkers) == declared)
  }

  private func needed(by library: String) async throws -> [String] {
    let headers = try await run("objdump", ["-p", library], in: Self.root)
    return headers.split(separator: "\n").compactMap { line -> String? in
      let words = line.split(separator: " ")
      return words.first == "NEEDED" ? words.last.map { String($0) } : nil
    }
  }

  @Test(
    .disabled(if: isSanitized, "AddressSanitizer's runtime needs more"),
    .enabled("no objdump here") { await isInstalled("objdump") })
  func needsLibcAndTheRuntimeThatSwiftPMAdds() async throws {
    let libraries = try await needed(by: Self.library)
    let allowed = ["libc.so.", "libswiftCore.so", "ld-linux"]
    #expect(libraries.contains { $0.hasPrefix("libc.so.") })
    #expect(
      libraries.allSatisfy { name in allowed.contains(where: name.hasPrefix) }, "\(libraries)")
  }

  /// The command of Documentation/Embedding.md.
  @Test(
    .enabled("no clang here") { await isInstalled("clang") },
    .enabled("no objdump here") { await isInstalled("objdump") },
    .enabled("no python3 here") { await isInstalled("python3") })
  func builtByClangAloneItNeedsLibcAlone() async throws {
    let page = try String(
      contentsOf: Self.root.appending(path: "Documentation/Embedding.md"), encoding: .utf8)
    let command = try #require(
      page.split(separator: "\n").first { $0.hasPrefix("clang -std=c11 -O3 -fPIC -shared") })
    try await withFolder { folder in
      try FileManager.default.createSymbolicLink(
        at: folder.appending(path: "Sources"),
        withDestinationURL: Self.root.appending(path: "Sources"))
      _ = try await run("sh", ["-c", String(command)], in: folder)
      let library = folder.appending(path: "libCAES.so").path(percentEncoded: false)
      let libraries = try await needed(by: library)
      #expect(
        libraries.allSatisfy { $0.hasPrefix("libc.so.") || $0.hasPrefix("ld-linux") },
        "\(libraries)")
      try block("python").write(
        to: folder.appending(path: "encrypt.py"), atomically: true, encoding: .utf8)
      let output = try await run("python3", ["encrypt.py", library], in: folder)
      #expect(try output == block("text"))
    }
  }
}
