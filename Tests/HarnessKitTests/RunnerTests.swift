import Foundation
import TestSupport
import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabCPU
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabProfile
@testable import OptlabReport
@testable import OptlabResults

@Suite("Runner programs", .enabled(if: TestRunner.obstacle == nil, "\(TestRunner.obstacle ?? "")"))
struct RunnerTests {
  private static func request(_ payload: JSONPayload) -> RunnerRequest {
    try! JSONWorkload().runnerRequest(.payload(payload), seed: 1, mostBytes: .max)!
  }

  private static let payloads = JSONPayload.standard.filter { ["EMPTY", "SIMPLE"].contains($0.id) }

  /// Deadlines that a loaded machine keeps, but for what is to be late.
  private static func deadlines(_ fault: TestRunner.Fault) -> RunnerProcess.Deadlines {
    var deadlines = RunnerProcess.Deadlines(bye: 60)
    switch fault {
    case .silent: deadlines.hello = 0.3
    case .hangsInVerify: deadlines.verify = 0.3
    case .hangsInRun: deadlines.run = 0.3
    default: break
    }
    return deadlines
  }

  /// The runner's only implementation, and its work.
  private func work(
    _ program: TestRunner, _ fault: TestRunner.Fault
  ) throws -> (implementation: Implementation, work: any ExternalWork) {
    let all = Implementation.runner(program.path, for: .house, deadlines: Self.deadlines(fault))
    let one = try #require(all.first)
    #expect(all.count == 1)
    guard let work = one.externalWork else { throw Wrong(text: "\(one.work)") }
    return (one, work)
  }

  private struct Wrong: Error { var text: String }

  // MARK: One that is right

  @Test("A runner that keeps the protocol is described, verified and timed")
  func good() throws {
    let program = try TestRunner(.none)
    defer { program.remove() }
    let (implementation, work) = try work(program, .none)
    #expect(implementation.id == "fake")
    #expect(implementation.language == "Python")
    #expect(implementation.technique == "gives back what it got")
    #expect(implementation.remarks == ["ns*cal", "timed output unchecked", "a fake"])
    #expect(work.versions == ["fake": "1.0"])
    #expect(implementation.obstacle() == nil)
    #expect(
      WorkloadList.house.workloads.filter { $0.isDone(by: implementation) }.map(\.id)
        == ["aes-128-ctr", "json-encode"])
    guard
      case .passed(let checks) = work.verify(
        JSONWorkload(), cases: Self.payloads.map(Case.payload), seed: 1, exhaustively: false)
    else {
      throw Wrong(text: "it does not pass")
    }
    #expect(checks > 100)
    let one = try #require(
      try work.prepare(JSONWorkload(), .payload(Self.payloads[1]), seed: 1, layout: 0)
        as? any ExternalCase)
    #expect(one.unitsPerCall == Self.payloads[1].byteCount)
    let slice = try one.takeSlice(calls: 100)
    #expect(slice.ticks > 0)
    let (before, after) = (try #require(slice.before), try #require(slice.after))
    #expect(before.chain > 0 && after.chain > 0)
  }

  @Test("What the timed calls put out is asked for where a runner keeps it, and looked at")
  func result() throws {
    for (fault, isRight) in [(TestRunner.Fault.keepsResult, true), (.wrongResult, false)] {
      let program = try TestRunner(fault)
      defer { program.remove() }
      let (implementation, work) = try work(program, fault)
      #expect(implementation.remarks == ["ns*cal", "a fake"])
      let one = try #require(
        try work.prepare(JSONWorkload(), .payload(Self.payloads[1]), seed: 1, layout: 0)
          as? any CheckedCase)
      one.run(3)
      if isRight {
        try one.check(calls: 3, thoroughly: false)
        try one.check(calls: 3, thoroughly: true)
      } else {
        #expect(throws: Mismatch.self) { try one.check(calls: 3, thoroughly: false) }
      }
    }
  }

  @Test("Of one that does not keep it, another call of the same process is looked at")
  func noResult() throws {
    let program = try TestRunner(.wrongOutput)
    defer { program.remove() }
    let (_, work) = try work(program, .wrongOutput)
    let one = try #require(
      try work.prepare(JSONWorkload(), .payload(Self.payloads[1]), seed: 1, layout: 0)
        as? any CheckedCase)
    one.run(3)
    try one.check(calls: 3, thoroughly: false)
    #expect(throws: Mismatch.self) { try one.check(calls: 3, thoroughly: true) }
  }

  @Test("A case is made ready again after another one had the process")
  func severalCases() throws {
    let program = try TestRunner(.none)
    defer { program.remove() }
    let runner = Runner(
      program: program.path, deadlines: RunnerProcess.Deadlines(),
      known: WorkloadList.house.workloads.map(\.id))
    let cases = try Self.payloads.map {
      try RunnerCase(
        runner, Self.request($0), line: Self.request($0).line("fake", "json-encode"),
        keepsResult: false)
    }
    for round in 0..<4 {
      _ = try cases[round % 2].takeSlice(calls: 1)
      let outputs = try runner.outputs(count: 1, longest: 1 << 12)
      #expect(outputs == [Self.payloads[round % 2].parts[0].json])
    }
  }

  @Test("After a crash the next request has a new process")
  func restarts() throws {
    let program = try TestRunner(.abortsInVerify)
    defer { program.remove() }
    let runner = Runner(
      program: program.path, deadlines: RunnerProcess.Deadlines(),
      known: WorkloadList.house.workloads.map(\.id))
    let one = try RunnerCase(
      runner, Self.request(Self.payloads[1]),
      line: Self.request(Self.payloads[1]).line("fake", "json-encode"), keepsResult: false)
    for _ in 0..<2 {
      #expect(throws: RunnerFailure.self) { try runner.outputs(count: 1, longest: 1 << 12) }
      #expect(try one.takeSlice(calls: 1).ticks > 0)
    }
  }

  // MARK: Those that are wrong

  /// What a failure before `hello` is answered says, by fault.
  private static let greetings: [(TestRunner.Fault, String)] = [
    (.silent, "no answer to 'hello' within 0.3 s"),
    // Too early, or in time but then no answer: by who of the two is faster.
    (.speaksFirst, "'hello'"),
    (.otherVersion, "the runner speaks 'runner 2', and this harness 'runner 1'"),
    (.nonsense, "'Welcome to fake 1.0' is no answer to 'hello'"),
    (.notText, "is no answer to 'hello'"),
    (.endlessLine, "the answer to 'hello' does not end"),
    (
      .ends,
      "the runner ended (exit code 3) before it answered 'hello'; its last words: no licence found"
    ),
    (.noImplementations, "an answer without implementations"),
    (.sameNameTwice, "the answer to 'hello': two implementations are called 'fake'"),
    (.badName, "'Fake One' cannot be an implementation's name: lower-case letters, digits"),
    (.namedAll, "'all' cannot be an implementation's name: it means every one"),
    (.namedDot, "'.' cannot be an implementation's name: "),
    (
      .unknownWorkload,
      "fake does 'json-encod', which is no workload here (did you mean 'json-encode'?); valid: aes-"
    ),
  ]

  @Test("A runner that cannot be greeted is one row that fails and says why", arguments: greetings)
  func greeting(fault: TestRunner.Fault, message: String) throws {
    let program = try TestRunner(fault, name: "stranger")
    defer { program.remove() }
    let (implementation, work) = try work(program, fault)
    #expect(implementation.id == "stranger")
    guard
      case .failed(let mismatch) = work.verify(
        JSONWorkload(), cases: Self.payloads.map(Case.payload), seed: 1, exhaustively: false)
    else {
      throw Wrong(text: "passed")
    }
    #expect(mismatch.check == "hello")
    #expect(mismatch.summary.contains(message), "\(mismatch.summary)")
  }

  private static let verdicts: [(TestRunner.Fault, String)] = [
    (.refusesPrepare, "the runner refuses every check, this one with: out of order"),
    (.noByteCount, "an answer without 'bytes'"),
    (.wrongByteCount, "3 bytes a call reported, but 2 written"),
    (.wrongOutput, "not valid JSON"),
    (.shortOutput, "not valid JSON"),
    (.oddDigits, "'output 7b7' is no answer to 'verify'"),
    (.missingOutput, "0 outputs in the answer to 'verify', expected 1"),
    (.oneOutputMore, "2 outputs in the answer to 'verify', expected 1"),
    (.abortsInVerify, "the runner ended (signal 6, Aborted) before it answered 'verify'"),
    (.hangsInVerify, "no answer to 'verify' within 0.3 s"),
  ]

  @Test(
    "A runner that does wrong work, or none, fails with a message of its own", arguments: verdicts)
  func verification(fault: TestRunner.Fault, message: String) throws {
    let program = try TestRunner(fault)
    defer { program.remove() }
    let (_, work) = try work(program, fault)
    guard
      case .failed(let mismatch) = work.verify(
        JSONWorkload(), cases: Self.payloads.map(Case.payload), seed: 1, exhaustively: false)
    else {
      throw Wrong(text: "passed")
    }
    #expect(mismatch.check == "EMPTY")
    #expect(mismatch.summary.contains(message), "\(mismatch.summary)")
  }

  @Test(
    "What a runner says that it cannot do is no mistake, and counted apart",
    arguments: [TestRunner.Fault.refusesLongText, .refusesVerify])
  func refusedChecks(fault: TestRunner.Fault) throws {
    let program = try TestRunner(fault)
    defer { program.remove() }
    let (_, work) = try work(program, fault)
    guard
      case .passed(let checks) = work.verify(
        JSONWorkload(), cases: Self.payloads.map(Case.payload), seed: 1, exhaustively: false)
    else {
      throw Wrong(text: "it does not pass")
    }
    let refused = work.refusedChecks(of: JSONWorkload())
    #expect(checks > 0 && !refused.isEmpty)
    #expect(refused.allSatisfy { $0.hasSuffix(": over 100 bytes") }, "\(refused)")
    #expect(work.refusedChecks(of: AESWorkload.aes128).isEmpty)
  }

  @Test("A case that a runner cannot do is not run, and others are")
  func refusedCase() throws {
    let program = try TestRunner(.refusesLongText)
    defer { program.remove() }
    let (_, work) = try work(program, .refusesLongText)
    let error = #expect(throws: (any Error).self) {
      try work.prepare(AESWorkload.aes128, .message(bytes: 1024), seed: 1, layout: 0)
    }
    guard
      case .unprepared("the runner cannot do it: over 100 bytes") =
        RunResult.Outcome(try #require(error))
    else { throw Wrong(text: "\(String(describing: error))") }
    _ = try work.prepare(AESWorkload.aes128, .message(bytes: 64), seed: 1, layout: 0)
  }

  @Test("The same where it says so when it is to be timed")
  func refusedRun() throws {
    let program = try TestRunner(.refusesRun)
    defer { program.remove() }
    let (_, work) = try work(program, .refusesRun)
    let one = try #require(
      try work.prepare(JSONWorkload(), .payload(Self.payloads[1]), seed: 1, layout: 0)
        as? any ExternalCase)
    let error = #expect(throws: (any Error).self) { try one.takeSlice(calls: 1) }
    guard
      case .unprepared("the runner cannot do it: no clock") =
        RunResult.Outcome(try #require(error))
    else { throw Wrong(text: "\(String(describing: error))") }
  }

  @Test("A deadline of one's own is for every answer")
  func deadline() throws {
    let deadlines = RunnerProcess.Deadlines(0.3)
    #expect(
      [deadlines.hello, deadlines.prepare, deadlines.verify, deadlines.run] == [0.3, 0.3, 0.3, 0.3])
    let program = try TestRunner(.silent)
    defer { program.remove() }
    let one = try #require(Implementation.runner(program.path, for: .house, within: 0.3).first)
    guard let work = one.externalWork else { throw Wrong(text: "\(one.work)") }
    #expect(work.refusal == "no answer to 'hello' within 0.3 s")
    #expect(work.source == "the runner '\(program.path)'")
  }

  @Test("One that does not say its name gets another than those that are in use")
  func nameInUse() throws {
    let program = try TestRunner(.ends, name: "openssl")
    defer { program.remove() }
    let all = Implementation.runner(program.path, for: .house, taken: ["openssl", "openssl~2"])
    #expect(all.map(\.id) == ["openssl~3"])
  }

  private static let times: [(TestRunner.Fault, String)] = [
    (.noTime, "says that 'run' took 0 ns"),
    (.impossibleTime, "says that 'run' took 3600000000000 ns"),
    (.hangsInRun, "no answer to 'run' within 0.3 s"),
    (.exitsInRun, "the runner ended (exit code 0) before it answered 'run'"),
    (.saysMore, "came without a request"),
  ]

  @Test("A runner that cannot say how long it took fails", arguments: times)
  func timing(fault: TestRunner.Fault, message: String) throws {
    let program = try TestRunner(fault)
    defer { program.remove() }
    let (_, work) = try work(program, fault)
    let one = try #require(
      try work.prepare(JSONWorkload(), .payload(Self.payloads[1]), seed: 1, layout: 0)
        as? any ExternalCase)
    let mismatch = try #require(
      throws: Mismatch.self, "\(fault)",
      performing: {
        _ = try one.takeSlice(calls: 1)
      })
    #expect(mismatch.check == "run 1")
    #expect(mismatch.summary.contains(message), "\(mismatch.summary)")
  }

  @Test("A ciphertext that differs is shown byte by byte")
  func wrongCiphertext() throws {
    let program = try TestRunner(.none)
    defer { program.remove() }
    let (_, work) = try work(program, .none)
    guard
      case .failed(let mismatch) = work.verify(
        AESWorkload.aes128, cases: [], seed: 1, exhaustively: false)
    else {
      throw Wrong(text: "the text itself passed for its ciphertext")
    }
    #expect(mismatch.check.contains("SP 800-38A"))
    #expect(mismatch.summary.contains("byte 0 is 0x6b, expected 0x87"))
    #expect(mismatch.offset == 0)
    #expect(mismatch.detail.contains("expected"))
  }

  @Test("A file that is no program")
  func noProgram() throws {
    let program = try TestRunner(.none)
    defer { program.remove() }
    try Data("\u{7F}ELF, but no more".utf8).write(to: URL(filePath: program.path))
    let (_, work) = try work(program, .none)
    guard
      case .failed(let mismatch) = work.verify(
        JSONWorkload(), cases: Self.payloads.map(Case.payload), seed: 1, exhaustively: false)
    else {
      throw Wrong(text: "passed")
    }
    #expect(
      mismatch.summary.contains("cannot be started: Exec format error"), "\(mismatch.summary)")
  }

  @Test(
    "Time that others had of the CPU shows in the runner's own CPU time",
    arguments: [
      (elapsed: 1_000_000, cpuTime: 1_040_000, is: false), (1_000_000, 999_000, false),
      (1_000_000, 900_000, true), (70_000_000, 68_000_000, true),
      // It started a program that does the work, and waits.
      (1_000_000, 20_000, false),
    ] as [(elapsed: Int64, cpuTime: Int64, is: Bool)])
  func preempted(elapsed: Int64, cpuTime: Int64, is expected: Bool) {
    #expect(Runner.isPreempted(elapsed: elapsed, cpuTime: cpuTime) == expected)
  }

  // MARK: Lines

  @Test("Bytes are hexadecimal digits, none of them a dash")
  func hexLines() {
    #expect(HexLine.text([]) == "-")
    #expect(HexLine.text([0, 0x7F, 0xA5]) == "007fa5")
    #expect(HexLine.bytes("-") == [])
    #expect(HexLine.bytes("007FA5") == [0, 0x7F, 0xA5])
    for wrong in ["", "0", "0g", "00 ", "--", "0x00"] {
      #expect(HexLine.bytes(Substring(wrong)) == nil, "\(wrong)")
    }
  }

  @Test("What is measured has the key, counter and text of every other row")
  func sameInput() throws {
    let kernel = AESKernel.swiftTable
    let message = try #require(
      kernel.prepareMessage(bytes: 1000, keyBytes: 32, seed: 5) as? AESMessage)
    let request = try #require(
      try AESWorkload.aes256.runnerRequest(
        .message(bytes: 1000), seed: 5, mostBytes: .max))
    let text = [UInt8](UnsafeBufferPointer(start: message.buffers.input, count: 1000))
    let fields = [message.key, message.counter, text].map(HexLine.text).joined(separator: " ")
    #expect(request.line("x", "aes-256-ctr") == "prepare x aes-256-ctr message \(fields)")
    #expect(request.unitsPerCall == 1000)
  }
}
