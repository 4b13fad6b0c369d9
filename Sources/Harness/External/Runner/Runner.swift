import CCPU
import Foundation

/// One implementation of a runner program, in a process of its own: a crash of one takes no other
/// with it. Started when it is first needed, and anew after a failure.
final class Runner: @unchecked Sendable {
  let program: String
  let deadlines: RunnerProcess.Deadlines
  /// The ids of the workloads that it may be asked for.
  let known: [String]
  private var process: RunnerProcess?
  /// Which case the process has ready: `prepare` replaces the one before.
  private var readyCase = 0
  private var lastCase = 0
  /// What the last verification asked for and it said that it cannot do, by workload.
  var refusedChecks: [String: [String]] = [:]

  /// - Parameter process: one that said hello already, if there is one at hand.
  init(
    program: String, deadlines: RunnerProcess.Deadlines, known: [String],
    process: RunnerProcess? = nil
  ) {
    self.known = known
    self.program = program
    self.deadlines = deadlines
    self.process = process
  }

  /// Starts a program and asks what it has to offer.
  static func greet(
    program: String, deadlines: RunnerProcess.Deadlines, known: [String]
  ) throws(RunnerFailure) -> (process: RunnerProcess, offers: [RunnerOffer]) {
    let process = try RunnerProcess(program: program, deadlines: deadlines)
    var reader = RunnerOffer.Reader()
    try process.ask("hello \(RunnerProcess.version)", within: deadlines.hello) {
      (word, rest) throws(RunnerFailure) in try reader.take(word, rest)
    }
    return (process, try reader.finished(known: known))
  }

  private func ready() throws(RunnerFailure) -> RunnerProcess {
    if let process, !process.hasEnded { return process }
    process = nil
    readyCase = 0
    let (new, _) = try Self.greet(program: program, deadlines: deadlines, known: known)
    process = new
    return new
  }

  // MARK: Cases

  /// A number that no other case of this runner has.
  func newCase() -> Int {
    lastCase += 1
    return lastCase
  }

  /// Makes a case ready, unless it is.
  ///
  /// - Parameters:
  ///   - number: of ``newCase()``.
  ///   - request: the whole `prepare` line.
  ///   - unitsPerCall: what the runner must count, where that is known.
  /// - Returns: the bytes of a call, or nil where the case was ready already.
  @discardableResult
  func prepare(
    _ number: Int, _ request: String, unitsPerCall expected: Int? = nil
  ) throws(RunnerFailure) -> Int? {
    let process = try ready()
    if readyCase == number { return nil }
    readyCase = 0
    var bytes: Int?
    try process.ask(request, within: deadlines.prepare) { word, rest in
      guard word == "bytes", bytes == nil, let count = Int(rest), count > 0 || expected == 0 else {
        return false
      }
      bytes = count
      return true
    }
    guard let bytes else {
      throw RunnerFailure(request: "prepare", kind: .nonsense("an answer without 'bytes'"))
    }
    if let expected, bytes != expected {
      throw RunnerFailure(request: "prepare", kind: .wrongByteCount(bytes, expected: expected))
    }
    readyCase = number
    return bytes
  }

  /// What one call of the ready case puts out.
  ///
  /// - Parameters:
  ///   - count: of outputs.
  ///   - longest: bytes that an output may have.
  ///   - request: `verify`, or `result` for those of the last `run`.
  func outputs(
    count: Int, longest: Int, by request: String = "verify"
  ) throws(RunnerFailure) -> [[UInt8]] {
    var outputs: [[UInt8]] = []
    try ready().ask(request, within: deadlines.verify, longestLine: 2 * longest + 64) {
      word, rest in
      guard word == "output", outputs.count <= count, let bytes = HexLine.bytes(rest) else {
        return false
      }
      outputs.append(bytes)
      return true
    }
    guard outputs.count == count else {
      throw RunnerFailure(
        request: request, kind: .wrongOutputCount(outputs.count, expected: count))
    }
    return outputs
  }

  /// Does the ready case so many times.
  ///
  /// - Returns: nanoseconds of the runner's own monotonic clock, and whether others had its CPU in
  ///   some of them.
  func run(_ calls: Int) throws(RunnerFailure) -> (ns: Int64, isPreempted: Bool) {
    var elapsed: Int64?
    let process = try ready()
    let used = process.cpuTime
    let start = ccpu_monotonic_raw_ns()
    try process.ask("run \(calls)", within: deadlines.run) { word, rest in
      guard word == "elapsed", elapsed == nil, let ns = Int64(rest) else { return false }
      elapsed = ns
      return true
    }
    let all = Int64(ccpu_monotonic_raw_ns() - start)
    guard let elapsed else {
      throw RunnerFailure(request: "run", kind: .nonsense("an answer without 'elapsed'"))
    }
    // The two clocks may differ in rate, by far less than that.
    guard elapsed > 0, elapsed <= all + all / 100 + 100_000 else {
      throw RunnerFailure(request: "run", kind: .impossibleTime(elapsed, within: all))
    }
    guard let used, let now = process.cpuTime else { return (elapsed, false) }
    return (elapsed, Self.isPreempted(elapsed: elapsed, cpuTime: now - used))
  }

  /// Whether a process had not all of the CPU for all of the time that it timed. What it does beside
  /// the timed loop is in its CPU time too, so the loop's time alone is the less.
  ///
  /// A program that only waits for another one which does the work uses next to nothing: no word of
  /// the time that was lost.
  static func isPreempted(elapsed: Int64, cpuTime: Int64) -> Bool {
    cpuTime > elapsed / 10 && elapsed > cpuTime + cpuTime / 200 + 5000
  }
}

/// Bytes as they stand in lines of the protocol: hexadecimal digits, `-` for none.
public enum HexLine {
  public static func text(_ bytes: [UInt8]) -> String {
    if bytes.isEmpty { return "-" }
    let digits = [UInt8]("0123456789abcdef".utf8)
    return String(unsafeUninitializedCapacity: 2 * bytes.count) { buffer in
      for (i, byte) in bytes.enumerated() {
        buffer[2 * i] = digits[Int(byte >> 4)]
        buffer[2 * i + 1] = digits[Int(byte & 15)]
      }
      return 2 * bytes.count
    }
  }

  /// nil for what is no such text.
  static func bytes(_ text: Substring) -> [UInt8]? {
    if text == "-" { return [] }
    func digit(_ byte: UInt8) -> UInt8? {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
      default: nil
      }
    }
    let digits = [UInt8](text.utf8)
    guard !digits.isEmpty, digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    for i in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digit(digits[i]), let low = digit(digits[i + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }
}
