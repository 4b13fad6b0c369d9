import Foundation
import Testing

/// An option that would do nothing is refused before anything is done; so is a value that names
/// nothing.
@Suite("Options that would do nothing")
struct IdleOptionTests {
  struct Line: CustomTestStringConvertible, Sendable {
    var arguments: [String]
    /// What the message says.
    var words: String

    init(_ line: String, _ words: String) {
      arguments = line.split(separator: " ").map { $0 == "EMPTY" ? "" : String($0) }
      self.words = words
    }

    var testDescription: String { arguments.joined(separator: " ") }
  }

  @Test(
    "Refused with exit code 64 and a sentence that names it",
    arguments: [
      Line("--cpu-report --output x.json", "--output does nothing with --cpu-report"),
      Line("--cpu-report --impl all", "--impl does nothing with --cpu-report"),
      Line("--cpu-report --self-test", "--self-test does nothing with --cpu-report"),
      Line("--self-test --json --cpu-report", "does nothing with --cpu-report"),
      Line("--self-test --report", "--report does nothing with --self-test"),
      Line("--self-test --cycles=ns", "--cycles does nothing with --self-test"),
      Line("--deadline 3", "--deadline is for what comes from outside"),
      Line("verify --deadline 3", "--deadline is for what comes from outside"),
      Line("--cpu 0 --no-pin", "--no-pin is not to stay"),
      Line("noise --cpu 0 --no-pin", "--no-pin is not to stay"),
      Line("aa-test --cpu 0 --no-pin", "--no-pin is not to stay"),
      Line("--workload json --size 16", "--size is for aes"),
      Line("--workload aes --payload EMPTY_NAME", "--payload is for json"),
      Line("verify --workload aes --data .", "--data is for json"),
      Line("verify --workload aes-128-ctr --size 16", "--size does nothing beside --workload"),
      Line("profile --workload json --size 16", "--size is for aes"),
      Line("compare a.json b.json --cpu 0", "--cpu goes with --live"),
      Line("compare a.json b.json --no-pin", "--no-pin goes with --live"),
      Line("compare a.json b.json --mask=vaes", "--mask goes with --live"),
      Line("compare a.json b.json --time 3", "--time goes with --live"),
      Line("compare a.json b.json --cycles ns", "--cycles goes with --live"),
      Line("compare a.json b.json --seed 1", "--seed goes with --live"),
      Line("compare a.json b.json --data .", "--data goes with --live"),
      Line("compare --live --impl a,b --across-machines", "--across-machines is for files"),
      Line("report a.json --text --ladder --details", "--details does nothing with --ladder"),
      Line("profile --spin 1 --output x", "--output is for perf"),
      Line("profile --spin 1 --frequency 99", "--frequency is for perf"),
      Line("profile --spin 1 --seconds 1", "--seconds is for perf"),
      Line("profile --diff a.folded b.folded --seconds 1", "--seconds does nothing with --diff"),
      Line("profile --diff a.folded b.folded --mask aes", "--mask does nothing with --diff"),
      Line("profile --impl openssl --diff c-aesni openssl", "--impl does nothing with --diff"),
      Line("annotate --all --share 0.5", "--share does nothing with --all"),
      Line("--output EMPTY", "--output '' names nothing"),
      Line("--payload EMPTY", "--payload '' names nothing"),
      Line("--data EMPTY", "--data '' names nothing"),
      Line("--plugin EMPTY", "--plugin '' names nothing"),
      Line("--runner EMPTY", "--runner '' names nothing"),
      Line("report a.json --output EMPTY", "--output '' names nothing"),
      Line("export a.json --format csv --output EMPTY", "--output '' names nothing"),
      Line("merge a.json --output EMPTY", "--output '' names nothing"),
      Line("history . --svg EMPTY", "--svg '' names nothing"),
      Line("profile --output EMPTY", "--output '' names nothing"),
      Line("history . --machine EMPTY", "--machine '' names nothing"),
      Line("--filter EMPTY", "--filter '' names nothing"),
      Line("verify --filter EMPTY", "--filter '' names nothing"),
      Line("compare a.json b.json --filter EMPTY", "--filter '' names nothing"),
      Line("report a.json --text --filter EMPTY", "--filter '' names nothing"),
      Line("export a.json --format csv --filter EMPTY", "--filter '' names nothing"),
      Line("history . --filter EMPTY", "--filter '' names nothing"),
      Line("profile --filter EMPTY", "--filter '' names nothing"),
      Line("--mask EMPTY", "--mask '' names nothing"),
      Line("--mask aes,,", "--mask 'aes,,' has an empty name in it"),
      Line("list --mask ,aes", "--mask ',aes' has an empty name in it"),
      Line("--impl EMPTY", "--impl '' names nothing"),
      Line("--impl c-aesni,", "--impl 'c-aesni,' has an empty name in it"),
      Line("compare a.json --impl c-aesni,,openssl", "has an empty name in it"),
      Line("check a.so --impl EMPTY", "--impl '' names nothing"),
      Line("aa-test --impl EMPTY", "--impl '' names nothing"),
      Line("--workload aes,,json", "--workload 'aes,,json' has an empty name in it"),
      Line("--size 16,,64", "''"),
      Line("--payload SIMPLE,,EMPTY_NAME", "''"),
      Line("--impl foo --impl c-aesni", "--impl is given twice, and only the last would count"),
      Line("--size 16 --size=64", "--size is given twice"),
      Line("--payload SIMPLE --payload FEW", "--payload is given twice"),
      Line("verify --workload aes --workload json", "--workload is given twice"),
      Line("verify --seed 1 --seed 2", "--seed is given twice"),
      Line("compare a.json b.json --gate 1 --gate 9", "--gate is given twice"),
      Line("merge a.json --output b.json --output c.json", "--output is given twice"),
      Line("export a.json --format csv --format pyperf", "--format is given twice"),
      Line("history . --svg a --svg b", "--svg is given twice"),
      Line("profile --seconds 1 --seconds 2", "--seconds is given twice"),
      Line("profile --diff a b --diff c d", "--diff"),
      Line("annotate --share 1 --share 2", "--share is given twice"),
      Line("noise --time 1 --time 2", "--time is given twice"),
      Line("aa-test --comparisons 1 --comparisons 2", "--comparisons is given twice"),
      Line("check a.so --deadline 1 --deadline 2", "--deadline is given twice"),
    ])
  func refused(_ line: Line) async throws {
    let output = try await BuiltHarness.run(line.arguments)
    #expect(output.code == 64)
    #expect(output.stdout.isEmpty)
    let first = output.stderr.prefix { $0 != "\n" }
    #expect(first.hasPrefix("Error: ") && first.contains(line.words), "\(output.stderr)")
  }

  @Test(
    "What does something together stays allowed",
    arguments: [
      Line("--cpu-report --json --mask vaes --no-pin --cycles ns", "{"),
      Line("verify --impl memcpy --size 16", "PASS  aes-128-ctr/memcpy"),
      Line("list --mask vaes --json", "["),
    ])
  func allowed(_ line: Line) async throws {
    let output = try await BuiltHarness.run(line.arguments)
    #expect(output.code == 0, "\(output.stderr)")
    #expect(output.stdout.contains(line.words))
  }
}

/// One clear answer for each thing that is not what it is given as, or not called so.
@Suite("Names and programs that are not there, or are something else")
struct MistakenNameTests {
  private func inFolder<Value>(_ body: (_ folder: String) async throws -> Value) async throws
    -> Value
  {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "optlab-mistaken-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path(percentEncoded: false))
  }

  private func write(_ program: String, to path: String) throws {
    try Data(program.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  private static func hello(_ lines: String...) -> String {
    "#!/bin/sh\nread request\nprintf '%s\\n' 'runner 1' "
      + lines.map { "'\($0)'" }.joined(separator: " ") + " ok\nread request\n"
  }

  @Test("A name that a runner was to bring: why it did not, or what it brings instead")
  func runner() async throws {
    try await inFolder { folder in
      try write("#!/bin/sh\necho 'no licence found' >&2\nexit 3\n", to: folder + "/dies")
      try write(
        Self.hello("implementation theirs", "language sh", "workloads json-encode"),
        to: folder + "/other")
      for command in ["run", "verify"] {
        let dies = try await BuiltHarness.run(
          [command, "--impl", "c-aesni,mine", "--runner", "./dies"], in: folder)
        #expect(dies.code == 64)
        #expect(
          dies.stderr.hasPrefix(
            "Error: unknown implementation 'mine'; the runner './dies' cannot be used: the runner "
              + "ended (exit code 3) before it answered 'hello'; its last words: no licence found; "
              + "valid: all, "), "\(dies.stderr)")
        let other = try await BuiltHarness.run(
          [command, "--impl", "mine", "--runner", "./other", "--runner", "./dies"], in: folder)
        #expect(other.code == 64)
        #expect(other.stderr.contains("the runner './other' offers theirs; the runner './dies'"))
      }
    }
  }

  @Test("The same of a plugin")
  func plugin() async throws {
    try await inFolder { folder in
      try write("no library\n", to: folder + "/broken.so")
      let output = try await BuiltHarness.run(
        ["run", "--impl", "c-aesni,mine", "--plugin", "broken.so"], in: folder)
      #expect(output.code == 64)
      #expect(
        output.stderr.contains(
          "unknown implementation 'mine'; the plugin 'broken.so' cannot be used: loading: cannot be "
        ), "\(output.stderr)")
    }
  }

  @Test(
    "A runner's own mistakes are told in its row",
    arguments: [
      ("all", "json-encode", "'all' cannot be an implementation's name: it means every one"),
      (".", "json-encode", "'.' cannot be an implementation's name: "),
      ("-x", "json-encode", "'-x' cannot be an implementation's name: "),
      ("theirs", "json-encoder", "theirs does 'json-encoder', which is no workload here (did you"),
    ])
  func offers(_ id: String, _ workload: String, _ words: String) async throws {
    try await inFolder { folder in
      try write(
        Self.hello("implementation \(id)", "language sh", "workloads \(workload)"),
        to: folder + "/program")
      let output = try await BuiltHarness.run(
        [
          "verify", "--runner", "./program", "--impl", "program", "--workload", "json-encode",
          "--payload", "EMPTY",
        ], in: folder)
      #expect(output.code == 1)
      #expect(output.stdout.contains("FAIL  json-encode/program  hello\n"), "\(output.stdout)")
      #expect(output.stdout.contains(words))
    }
  }

  @Test("An empty folder has no contestants")
  func emptyFolder() async throws {
    try await inFolder { folder in
      for command in ["run", "verify"] {
        let output = try await BuiltHarness.run([command, "--contestants", "."], in: folder)
        #expect(output.code == 64 && output.stdout.isEmpty, "\(output)")
        #expect(output.stderr.contains("the folder '.' has no contestants in it"))
      }
    }
  }

  @Test("A folder is no runner, and hidden libraries are not among those of a folder")
  func folders() async throws {
    try await inFolder { folder in
      let manager = FileManager.default
      try manager.createDirectory(
        atPath: folder + "/inner/library.so", withIntermediateDirectories: true)
      for name in [".so", ".hidden.so"] { try write("x", to: "\(folder)/inner/\(name)") }
      for (arguments, message) in [
        (["run", "--runner", "inner"], "the runner 'inner' is a folder; name the program in it"),
        (["verify", "--runner", "./inner/"], "the runner './inner/' is a folder"),
        (["check", "inner"], "the folder 'inner' has no *.so in it"),
        (["run", "--plugin", "inner"], "the folder 'inner' has no *.so in it"),
      ] {
        let output = try await BuiltHarness.run(arguments, in: folder)
        #expect(output.code == 4)
        #expect(output.stdout.isEmpty)
        #expect(output.stderr.contains(message), "\(output.stderr)")
      }
    }
  }

  @Test(
    "A near miss is asked for",
    arguments: [
      (["verfy"], "'verify'"), (["comparee"], "'compare'"), (["--impl", "opensssl"], "'openssl'"),
      (["--workload", "aes-128-ctrl"], "'aes-128-ctr'"), (["--payload", "hug"], "'HUGE'"),
      (["--size", "pyase"], "'pyaes'"), (["--mask", "avx512vll"], "'avx512vl'"),
      (["profile", "--diff", "openss", "c-aesni"], "'openssl'"),
      (["aa-test", "--impl", "c-aesn"], "'c-aesni'"),
    ])
  func nearMisses(_ arguments: [String], _ meant: String) async throws {
    let output = try await BuiltHarness.run(arguments)
    #expect([4, 64].contains(output.code))
    #expect(output.stderr.contains("(did you mean \(meant)?)"), "\(output.stderr)")
  }
}
