import Foundation
import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabExternal
import OptlabJSON
import OptlabLab
import OptlabMeasure
import OptlabProfile
import OptlabReport
import OptlabResults
import TestSupport
import Testing

/// perf on the machine that runs the tests.
private enum PerfHere {
  /// Why it cannot sample here, or nil.
  static let obstacle: String? = {
    do throws(PerfTool.Unavailable) {
      _ = try PerfTool.current()
      return nil
    } catch {
      return error.description
    }
  }()

  static let comment = Comment(rawValue: "perf cannot sample here: \(obstacle ?? "")")
}

@Suite("harness profile, annotate and --spin")
struct ProfileCommandTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "optlab-profile-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func stacks(_ name: String) throws -> FoldedStacks {
    try FoldedStacks(
      text: String(contentsOf: folder.appending(path: name), encoding: .utf8))
  }

  // MARK: Where perf works

  @Test(
    "Each AES kernel's own symbol is the widest frame, and the call path below it is whole",
    .long, .enabled(if: PerfHere.obstacle == nil, PerfHere.comment),
    arguments: WorkloadList.house.implementations.filter { $0.aesKernel != nil }
      .filter { $0.obstacle() == nil }.map(\.id))
  func widestFrame(id: String) async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let output = try await BuiltHarness.run([
      "profile", "--impl", id, "--workload", "aes-128-ctr", "--size", "8KiB", "--seconds", "0.1",
      "--plan", "once",
      "--output", folder.path(percentEncoded: false),
    ])
    #expect(output.code == 0, "\(output.stderr)")
    #expect(output.stdout.contains("samples of c"), "the event is printed: cycles or cpu-clock")
    let base = "aes-128-ctr-8KiB-\(id)"
    let names = try FileManager.default.contentsOfDirectory(
      atPath: folder.path(percentEncoded: false))
    #expect(Set(names) == ["\(base).svg", "\(base).folded", "\(base).speedscope.json"])

    let stacks = try stacks("\(base).folded")
    let widest = try #require(stacks.leaves.first).name
    let implementation = try #require(WorkloadList.house.implementations.first { $0.id == id })
    switch implementation.language {
    case "C", "NASM":
      // Or a part of the kernel, by a name that tells whose it is: a call in tail position leaves no
      // frame of its caller.
      let symbol = "caes_" + id.replacing("-", with: "_")
      #expect(widest == symbol || widest.hasPrefix(symbol + "_"))
    case "Swift":
      // Inlined into one function, or called from it: both bear its name.
      #expect(
        id != "swift-table" || widest.lowercased().contains("swifttable"), "widest: \(widest)")
    default:
      // Stripped, as distributions ship libraries; with debug symbols it is a function's name.
      #expect(widest.hasPrefix("[lib") || !widest.hasPrefix("["), "widest: \(widest)")
      #expect(id != "openssl" || !widest.hasPrefix("[") || widest.hasPrefix("[libcrypto.so"))
    }
    let whole = stacks.counts.filter { path, _ in
      guard path.first == "main", let loop = path.firstIndex(of: "TimedLoop.run(seconds:)"),
        path.last == widest
      else { return false }
      return path[loop...].contains("AESMessage.runNearby(_:)")
    }
    let share = whole.values.reduce(0, +) / stacks.total
    #expect(share > 0.5, "only \(share) of the samples lie in \(widest) with a whole call path")

    let svg = try String(contentsOf: folder.appending(path: "\(base).svg"), encoding: .utf8)
    #expect(svg.contains("<title>\(widest): "))
  }

  @Test(
    "annotate marks the hottest instruction of a kernel",
    .enabled(if: PerfHere.obstacle == nil, PerfHere.comment),
    arguments: [("c-aesni", "aesenc"), ("asm-aesni", "aesenc"), ("swift-table", "xor")])
  func annotate(id: String, instruction: String) async throws {
    let output = try await BuiltHarness.run([
      "annotate", "--impl", id, "--workload", "aes-128-ctr", "--size", "8KiB", "--seconds", "0.1",
      "--plan", "once",
      "--all",
    ])
    #expect(output.code == 0, "\(output.stderr)")
    let lines = output.stdout.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix(">") })
    #expect(lines.contains { $0.contains(instruction) })
    let addresses = lines.compactMap { line -> UInt64? in
      let words = line.split(separator: " ")
      guard let sign = words.firstIndex(of: "%"), words.count > sign + 2 else { return nil }
      return UInt64(words[sign + 1], radix: 16)
    }
    #expect(addresses.count > 20)
    #expect(addresses == addresses.sorted())
  }

  @Test(
    "Two implementations in one flame graph",
    .enabled(if: PerfHere.obstacle == nil, PerfHere.comment))
  func implementationDifference() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let output = try await BuiltHarness.run([
      "profile", "--diff", "swift-table", "asm-aesni", "--size", "8KiB", "--seconds", "0.1",
      "--plan", "once",
      "--output", folder.path(percentEncoded: false),
    ])
    #expect(output.code == 0, "\(output.stderr)")
    let name = "diff-aes-128-ctr-8KiB-swift-table-to-aes-128-ctr-8KiB-asm-aesni.folded"
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    let kernel = try #require(text.split(separator: "\n").first { $0.contains("caes_asm_aesni ") })
    #expect(kernel.split(separator: " ").dropLast().last == "0")
  }

  // MARK: Everywhere

  @Test("Two files of folded stacks in one flame graph")
  func fileDifference() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["old", "new"].map { folder.appending(path: "\($0).folded") }
    try Data("main;a 10\nmain;b 10\n".utf8).write(to: files[0])
    try Data("main;a 30\nmain;c 10\n".utf8).write(to: files[1])
    let output = try await BuiltHarness.run(
      ["profile", "--diff"] + files.map { $0.path(percentEncoded: false) } + [
        "--output", folder.path(percentEncoded: false),
      ])
    #expect(output.code == 0, "\(output.stderr)")
    #expect(output.stdout.contains("-50.0 points  b"))
    let text = try String(
      contentsOf: folder.appending(path: "diff-old-to-new.folded"), encoding: .utf8)
    #expect(text == "main;a 10 30\nmain;b 10 0\nmain;c 0 10\n")
    #expect(
      FileManager.default.fileExists(
        atPath: folder.appending(path: "diff-old-to-new.svg").path(percentEncoded: false)))
  }

  @Test(
    "A file that is no profile is named, with the line",
    arguments: [
      ("main;a 1\nwords\n", "line 2 is no folded stack"),
      ("main;a 10000000000000000\n", "line 1 counts 1e+16 samples, which is not between 0 and "),
      ("main;a 1\nmain;b -3\n", "line 2 counts -3.0 samples"),
      ("main;a 1 2\n", "each line ends in two numbers"),
    ])
  func badStacks(_ text: String, _ words: String) async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("main;a 1\n".utf8).write(to: folder.appending(path: "good.folded"))
    try Data(text.utf8).write(to: folder.appending(path: "bad.folded"))
    for order in [["good.folded", "bad.folded"], ["bad.folded", "good.folded"]] {
      let output = try await BuiltHarness.run(
        ["profile", "--diff"] + order, in: folder.path(percentEncoded: false))
      #expect(output.code == 4 && output.stdout.isEmpty)
      #expect(
        output.stderr.hasPrefix("Error: cannot read 'bad.folded': \(words)"), "\(output.stderr)")
    }
  }

  @Test("--spin needs no perf: it tells its process number, then what it did")
  func spin() async throws {
    let output = try await BuiltHarness.run(
      ["profile", "--impl", "openssl", "--size", "8KiB", "--spin", "0.2"], wrapper: "refuse-perf")
    #expect(output.code == 0, "\(output.stderr)")
    #expect(output.stderr.contains(/pid [0-9]+: aes-128-ctr\/8KiB\/openssl, verified/))
    #expect(output.stdout.contains(/[0-9]+ calls in [0-9]+\.[0-9]+ s: [0-9.]+ MB\/s/))
  }

  @Test(
    "perf is not there, or refused: one line with the remedy, exit code 4",
    arguments: [
      "profile", "annotate",
    ])
  func noPerf(command: String) async throws {
    let arguments = [command, "--impl", "openssl", "--size", "8KiB", "--seconds", "0.1"]
    let missing = try await BuiltHarness.run(
      arguments, environment: ["PATH": folder.path(percentEncoded: false)])
    #expect(missing.code == 4)
    #expect(missing.stdout.isEmpty)
    #expect(missing.stderr.contains("make profile-setup"))
    #expect(missing.stderr.split(separator: "\n").count == 1)

    // A perf that is there, and a kernel that lets it do nothing.
    let perf = folder.appending(path: "perf")
    try Data("#!/bin/sh\nexit 1\n".utf8).write(to: perf)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: perf.path(percentEncoded: false))
    let refused = try await BuiltHarness.run(
      arguments, environment: ["PATH": folder.path(percentEncoded: false)], wrapper: "refuse-perf")
    #expect(refused.code == 4)
    #expect(refused.stdout.isEmpty)
    #expect(refused.stderr.contains("perf may not sample here"))
    #expect(refused.stderr.contains("--spin"))
    #expect(refused.stderr.split(separator: "\n").count == 1)
  }

  @Test(
    "A perf that fails is quoted, exit code 4",
    .enabled(if: PerfHere.obstacle == nil, PerfHere.comment))
  func failingPerf() async throws {
    let perf = folder.appending(path: "perf")
    try Data("#!/bin/sh\necho 'WARNING: perf not found for kernel' >&2\nexit 2\n".utf8)
      .write(to: perf)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: perf.path(percentEncoded: false))
    let output = try await BuiltHarness.run(
      ["profile", "--impl", "openssl", "--size", "8KiB"],
      environment: ["PATH": folder.path(percentEncoded: false)])
    #expect(output.code == 4)
    #expect(output.stderr.contains("perf not found for kernel"))
    #expect(output.stdout.isEmpty)
  }

  @Test(
    "Bad input: one clear line that names it, nothing on stdout",
    arguments: [
      (["profile", "--seconds", "0"], "--seconds 0", 64),
      (["profile", "--seconds", "-1"], "--seconds -1", 64),
      (["profile", "--frequency", "0"], "--frequency 0", 64),
      (["profile", "--spin", "0", "--impl", "openssl"], "--spin 0", 64),
      (["profile", "--spin", "1", "--impl", "openssl", "--size", "16,64"], "2 are chosen", 64),
      (["profile", "--diff", "one.folded"], "one.folded", 64),
      (["profile", "--diff", "no/such.folded", "openssl"], "no/such.folded", 4),
      (["profile", "--diff", "openssl", "nosuch"], "'nosuch' is neither a file", 64),
      (["profile", "--impl", "nosuch"], "nosuch", 64),
      (["annotate", "--share", "101"], "--share 101", 64),
    ] as [([String], String, Int32)])
  func badInput(arguments: [String], names: String, code: Int32) async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let place = folder.path(percentEncoded: false)
    let output = try await BuiltHarness.run(arguments, in: place)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place).isEmpty)
    #expect(output.code == code)
    #expect(output.stdout.isEmpty)
    #expect(output.stderr.prefix { $0 != "\n" }.contains(names), "\(output.stderr)")
  }

  @Test("A folder that cannot be made is named, before anything is sampled")
  func unwritable() async throws {
    let file = folder.appending(path: "file")
    try Data("main 1\n".utf8).write(to: file)
    let output = try await BuiltHarness.run([
      "profile", "--diff", file.path(percentEncoded: false), file.path(percentEncoded: false),
      "--output", file.path(percentEncoded: false) + "/below",
    ])
    #expect(output.code == 4)
    #expect(output.stdout.isEmpty)
    #expect(
      output.stderr.contains("cannot make the folder '\(file.path(percentEncoded: false))/below'"))
  }

  @Test(
    "SIGINT while perf samples: exit code 130, and nothing is left behind",
    .enabled(if: PerfHere.obstacle == nil, PerfHere.comment))
  func interrupted() async throws {
    let temporary = folder.appending(path: "tmp")
    try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
    // perf's own process is there, and its folder.
    let output = try await Watched.run(
      [
        "profile", "--impl", "openssl,swift-table,swift-bitslice", "--size", "8KiB",
        "--seconds", "60", "--output", folder.appending(path: "out").path(percentEncoded: false),
      ], environment: ["TMPDIR": temporary.path(percentEncoded: false)]
    ) { _, children in
      let names = try? FileManager.default.contentsOfDirectory(
        atPath: temporary.path(percentEncoded: false))
      return !children.isEmpty && names?.isEmpty == false
    }
    #expect(output.end == .exited(130), "\(output.stderr)")
    #expect(output.stderr.contains("Error: interrupted"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: temporary.path(percentEncoded: false))
        .isEmpty)
  }
}
