import Foundation
import Testing

/// Commands that are given little of what processes are given.
@Suite("Limits of the built harness's process", .long)
struct LimitTests {
  @Test(
    "Little of what processes are given: a good plugin passes",
    .enabled("the plugins of these tests use AES-NI") { Plugins.canRun },
    .enabled("no cc here") { await Plugins.hasCompiler },
    arguments: ["<&- 2>&-", "<&- >out; cat out", "</", "ULIMIT -n 64"])
  func goodPlugin(_ how: String) async throws {
    try await Plugins.withLibraries(["NONE"]) { folder in
      let command = "$H check \(folder)/NONE.so"
      let script =
        how.hasPrefix("ULIMIT")
        ? how.replacing("ULIMIT", with: "ulimit") + "; \(command)" : "\(command) \(how)"
      try await BuiltHarness.shell(script) { output, _ in
        #expect(output.code == 0, "\(output)")
        let passed = output.stdout.split(separator: "\n").count { $0.hasPrefix("PASS  ") }
        #expect(passed == 3, "\(output)")
      }
    }
  }

  @Test(
    "Little address space: blocks are measured all the same",
    arguments: ["ulimit -v 2500000", "ulimit -v 1500000; ulimit -n 64"])
  func addressSpace(_ limit: String) async throws {
    let run =
      "$H --impl memcpy --workload aes-128-ctr --size 16 --quick --no-pin --allow-unoptimised"
    try await BuiltHarness.shell("\(limit); \(run)") { output, _ in
      #expect(output.code == 0, "\(output)")
      #expect(output.stdout.contains("memcpy"))
    }
  }

  @Test("A file that may not grow so far: exit code 4, the old one as it was, and no other")
  func fileSize() async throws {
    let script = """
      printf old > merged.json
      (ulimit -f 16; $H merge $R --output merged.json); code=$?
      echo "$code $(cat merged.json) $(ls -A)"
      """
    try await BuiltHarness.shell(script) { output, _ in
      #expect(output.stdout == "4 old merged.json\n", "\(output)")
      #expect(output.stderr.contains("cannot write 'merged.json': File too large"), "\(output)")
    }
  }

  @Test(
    "A terminal of any width has a help that fits it, or one of 40 columns",
    arguments: ["-1", "0", "1", "26", "27", "39", "40", "80", "99999999", "9223372036854775807"])
  func help(columns: String) async throws {
    for command in ["--help", "run --help", "help compare", "verify --nosuch"] {
      try await BuiltHarness.shell("COLUMNS=\(columns) $H \(command)") { output, _ in
        #expect(output.code == (command.hasSuffix("nosuch") ? 64 : 0), "\(output)")
        #expect((output.stdout + output.stderr).contains("harness"))
      }
    }
  }

  @Test("A narrow terminal that says so itself, not by COLUMNS")
  func narrowTerminal() async throws {
    let script = """
      command -v script >/dev/null || { echo skipped; exit 0; }
      script -qec 'unset COLUMNS; stty cols 12; $H --help; echo "code $?"' /dev/null </dev/null
      """
    try await BuiltHarness.shell(script) { output, _ in
      if output.stdout == "skipped\n" {
        print("skipped: there is no script(1) to make a terminal")
        return
      }
      #expect(output.stdout.contains("code 0"), "\(output)")
    }
  }
}
