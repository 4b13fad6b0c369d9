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
import Testing

/// Commands that are given streams which are full, closed, gone or shared.
@Suite("Standard streams of the built harness", .long)
struct StreamTests {
  /// Every command that prints without measuring for long, in every format.
  static let printing = [
    "--help", "run --help", "list", "list --json", "--cpu-report", "--cpu-report --json",
    "--generate-completion-script bash", "verify --impl memcpy --workload aes-128-ctr",
    "report $R --text", "report $R --text --ladder", "report $R --output page",
    "compare $R --impl swift-table,c-aesni", "compare $R --impl swift-table,c-aesni --markdown",
    "history $(dirname $R)", "merge $R --output merged.json", "export $R --format csv",
    "export $R --format markdown", "export $R --format pyperf",
    "noise --time 0.1", "noise --time 0.1 --json",
  ]

  @Test("Standard output is full: exit code 4, and one line that says so", arguments: printing)
  func fullOutput(_ command: String) async throws {
    try await BuiltHarness.shell("$H \(command) >/dev/full") { output, _ in
      #expect(output.code == 4, "\(output)")
      let lines = output.stderr.split(separator: "\n").filter { !$0.hasPrefix("Warning: ") }
      #expect(
        lines == ["Error: cannot write to standard output: No space left on device"], "\(output)")
    }
  }

  @Test("Standard output is closed: exit code 4, and what is written is written")
  func closedOutput() async throws {
    try await BuiltHarness.shell("$H merge $R --output merged.json >&-") { output, folder in
      #expect(output.code == 4)
      #expect(output.stderr.hasSuffix("cannot write to standard output: Bad file descriptor\n"))
      let file = folder.appending(path: "merged.json").path(percentEncoded: false)
      #expect(throws: Never.self) { try ResultFile.read(file) }
    }
    // Nothing is printed by this one.
    try await BuiltHarness.shell("$H export $R --format csv --output rows.csv >&-") {
      output, folder in
      #expect(output.code == 0, "\(output)")
      let text = try String(contentsOf: folder.appending(path: "rows.csv"), encoding: .utf8)
      #expect(text.hasPrefix("machine,") && text.hasSuffix("\n"))
    }
  }

  @Test(
    "Standard error is full or closed: nothing else is lost",
    arguments: ["2>/dev/full", "2>&-", "2> >(true)"],
    [
      ("verify --impl nosuch", 64, nil),
      ("verify --impl memcpy --workload aes-128-ctr --mask aes", 0, "PASS  aes-128-ctr/memcpy"),
      (
        "--impl memcpy --workload aes-128-ctr --size 16 --quick --no-processes --no-pin "
          + "--allow-unoptimised --output run.json", 0, "saved: run.json"
      ),
    ])
  func noErrorStream(_ how: String, _ case: (command: String, code: Int, words: String?))
    async throws
  {
    try await BuiltHarness.shell("$H \(`case`.command) \(how)") { output, _ in
      #expect(Int(output.code) == `case`.code, "\(output)")
      let isWhole = `case`.words.map { output.stdout.contains($0) } ?? output.stdout.isEmpty
      #expect(isWhole, "\(output)")
    }
  }

  @Test("A reader that reads no further ends nothing too early: files first, no complaint")
  func readerIsGone() async throws {
    let run =
      "$H --impl memcpy --workload aes-128-ctr --size 16 --quick --no-processes --no-pin "
      + "--allow-unoptimised --output run.json --report"
    try await BuiltHarness.shell("\(run) | true; exit ${PIPESTATUS[0]}") { output, folder in
      #expect(output.code == 4)
      #expect(!output.stderr.contains("Error"), "\(output)")
      let file = folder.appending(path: "run.json").path(percentEncoded: false)
      #expect(try ResultFile.read(file).records.count == 1)
      let reports = folder.appending(path: "reports").path(percentEncoded: false)
      let names = try FileManager.default.contentsOfDirectory(atPath: reports)
      #expect(names.count == 1 && names[0].hasSuffix("Z-" + machineName(file)), "\(names)")
    }
    try await BuiltHarness.shell("$H list | head -1; exit ${PIPESTATUS[0]}") { output, _ in
      #expect(output.stdout.hasPrefix("implementation "))
      #expect(output.stderr.isEmpty)
    }
    try await BuiltHarness.shell("$H merge $R --output merged.json | true") { _, folder in
      let file = folder.appending(path: "merged.json").path(percentEncoded: false)
      #expect(throws: Never.self) { try ResultFile.read(file) }
    }
  }

  private func machineName(_ file: String) -> String {
    (try? ResultFile.read(file).records[0].machine.name) ?? "?"
  }

  @Test("A stream that does not wait, and a reader who does: everything arrives")
  func nonblocking() async throws {
    // A FIFO whose open description, shared with python3, is set not to block.
    let script = """
      command -v python3 >/dev/null || { echo skipped; exit 0; }
      python3 - <<'END'
      import os, subprocess, time
      reading, writing = os.pipe()
      os.set_blocking(writing, False)
      args = [os.environ["H"], "export", os.environ["R"], "--format", "pyperf"]
      child = subprocess.Popen(args, stdout=writing)
      os.close(writing)
      time.sleep(0.5)
      with os.fdopen(reading, "rb") as pipe: data = pipe.read()
      assert child.wait() == 0, child.returncode
      assert data == subprocess.check_output(args), len(data)
      print("whole")
      END
      """
    try await BuiltHarness.shell(script) { output, _ in
      if output.stdout == "skipped\n" {
        print("skipped: there is no python3 in PATH to make such a stream")
        return
      }
      #expect(output.stdout == "whole\n", "\(output)")
    }
  }

  @Test(
    "A file that a stream goes to is not replaced below it",
    arguments: [
      ("merge $R --output /dev/stdout", ">> o.txt"), ("merge $R --output /dev/fd/1", ">> o.txt"),
      ("merge $R --output o.txt", ">> o.txt"), ("merge $R --output ./link", ">> o.txt"),
      ("merge $R --output /dev/stderr", "2>> o.txt"), ("merge $R --output o.txt", "2>> o.txt"),
      ("merge $R --output /dev/stdin", "< o.txt"), ("merge $R --output o.txt", "< o.txt"),
      ("merge $R --output /dev/fd/7", "7>> o.txt"),
      ("export $R --format csv --output /dev/stdout", ">> o.txt"),
      ("history $(dirname $R) --svg /dev/fd/7", "7>> o.txt"),
      ("report $R --output /dev/fd/7", "7>> o.txt"),
      ("--impl memcpy --size 16 --plan once --output /dev/stdout", ">> o.txt"),
    ])
  func streamIsTheFile(_ command: String, _ how: String) async throws {
    let script = """
      echo before > o.txt; ln -s o.txt link
      $H \(command) \(how); code=$?
      echo after >> o.txt
      ls -A; exit $code
      """
    try await BuiltHarness.shell(script) { output, folder in
      #expect(output.code == 4, "\(output)")
      let text = try String(contentsOf: folder.appending(path: "o.txt"), encoding: .utf8)
      #expect(text.hasPrefix("before\n") && text.hasSuffix("after\n"), "\(text)")
      let errors = (output.stderr + text).split(separator: "\n").filter { $0.hasPrefix("Error: ") }
      #expect(
        errors.count == 1 && errors[0].contains("; name another file"), "\(output) \(text)")
      #expect(errors[0].hasSuffix("prints it") == command.hasPrefix("export"))
      #expect(output.stdout.hasSuffix("link\no.txt\n"))
    }
  }

  @Test("Both streams in one place: lines are whole and in their order")
  func onePlace() async throws {
    let script = """
      $H verify --impl c-aesni --workload aes-128-ctr --mask aes --seed 5 >both 2>&1
      cat both
      """
    try await BuiltHarness.shell(script) { output, _ in
      let lines = output.stdout.split(separator: "\n")
      #expect(lines.first == "seed 5")
      #expect(lines.contains { $0.hasPrefix("SKIP  aes-128-ctr/c-aesni") })
      #expect(lines.last?.hasPrefix("Error: nothing was verified") == true, "\(output)")
    }
  }
}
