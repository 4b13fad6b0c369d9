import CAES
import CTrace
import Foundation
import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabExternal
import OptlabLab
import OptlabMeasure
import OptlabProfile
import OptlabReport
import OptlabStatistics

/// Runs kernels one instruction at a time under several secrets, and reads the code that ran.
struct StepperRun {
  private let options: CheckOptions
  private let code: CodeMap
  private var report = Report()
  private let traces: [ctrace_trace]

  /// Keys and texts that are compared for each case.
  private static let secrets = 4
  /// Steps of one run. More take too long to be worth it.
  private static let capacity = 1 << 20

  init(_ options: CheckOptions) throws {
    self.options = options
    code = try CodeMap()
    traces = (0..<Self.secrets).map { _ in ctrace_reserve(Self.capacity) }
  }

  /// - Returns: Whether everything is as it must be.
  mutating func run() throws -> Bool {
    guard traces.allSatisfy({ $0.steps != nil }) else {
      print("no memory for the traces")
      return false
    }
    print(
      "stepper: \(Self.secrets) random keys and texts for each case, seed \(options.seed); keys of "
        + "\(list(keyLengths)) bytes; texts of \(list(checkedLengths)) bytes; "
        + "\(checkedCounters.count) counters")
    // All are recorded before the code is looked up: that takes threads and child processes, which
    // change the heap, and so the addresses that a run finds there.
    let recorded = Subject.all.map { subject in
      (subject, Result { () throws(Failure) in try record(subject) })
    }
    for (subject, result) in recorded {
      do {
        var comparison = try result.get()
        try comparison.read(code)
        if let symbol = subject.symbol, !comparison.functions.contains(symbol) {
          throw Failure.failed("\(symbol) was not executed")
        }
        report.executed(
          subject, comparison.summary, findings: comparison.findings, by: .stepper)
      } catch Failure.lacking(let obstacle) {
        report.lacking(subject, obstacle, options)
      } catch Failure.failed(let reason) {
        report.failed(subject, reason)
      }
    }
    return report.finish("stepper")
  }

  private enum Failure: Error {
    case lacking(String)
    case failed(String)
  }

  private func record(_ subject: Subject) throws(Failure) -> TraceComparison {
    if let obstacle = subject.implementation.obstacle(features: .detected) {
      throw .lacking(obstacle)
    }
    var comparison = TraceComparison()
    // What leaks does so with short texts too, and tables take 500 steps a block.
    let lengths = subject.mustBeClean ? checkedLengths : checkedLengths.filter { $0 <= 33 }
    let counters = subject.mustBeClean ? checkedCounters : Array(checkedCounters.prefix(1))
    // memcheck saw the others with all keys.
    let keys = subject.mustBeClean && subject.isBeyondValgrind ? keyLengths : [16]
    for keyBytes in subject.mustBeClean ? keyLengths : [16] where !comparison.isDivided {
      try record(subject, CTRACE_SET_KEY, keyBytes, checkedCounters[0], 16, into: &comparison)
    }
    for keyBytes in keys {
      for counter in counters {
        for length in lengths where !comparison.isDivided {
          try record(subject, CTRACE_CRYPT, keyBytes, counter, length, into: &comparison)
        }
      }
    }
    return comparison
  }

  private func record(
    _ subject: Subject, _ phase: ctrace_phase, _ keyBytes: Int, _ counter: UInt128, _ length: Int,
    into comparison: inout TraceComparison
  ) throws(Failure) {
    var random = SeededGenerator(seed: options.seed &+ UInt64(length) << 8 &+ UInt64(keyBytes))
    let keys = Self.secrets(of: keyBytes, &random)
    let texts = Self.secrets(of: length, &random)
    var outputs = [UInt8](repeating: 0, count: length * Self.secrets)
    var traces = traces
    let result = withUnsafePointer(to: subject.kernel.row) { row in
      keys.withUnsafeBufferPointer { keys in
        texts.withUnsafeBufferPointer { texts in
          outputs.withUnsafeMutableBufferPointer { outputs in
            var what = ctrace_case()
            what.kernel = row
            what.phase = phase
            what.key_bytes = keyBytes
            what.n = length
            withUnsafeMutableBytes(of: &what.counter) { $0.copyBytes(from: counter.bigEndianBytes) }
            let secrets = (0..<Self.secrets).map { index in
              ctrace_secret(
                key: keys.baseAddress! + keyBytes * index,
                text: texts.baseAddress! + length * index,
                output: outputs.baseAddress! + length * index)
            }
            return ctrace_record(&what, secrets, Self.secrets, &traces)
          }
        }
      }
    }
    let reason = String(cString: strerror(errno))
    switch result {
    case CTRACE_OK: break
    case CTRACE_REFUSED: throw .failed("cannot be traced here: ptrace: \(reason)")
    case CTRACE_TOO_LONG: throw .failed("takes more than \(Self.capacity) steps")
    case CTRACE_TOO_LARGE:
      throw .failed("has a context of \(subject.kernel.row.context_size) bytes: no room for it")
    case CTRACE_UNSUPPORTED: throw .failed("can only be traced on Linux on x86-64")
    default: throw .failed("was ended by a signal, or refused a key of \(keyBytes) bytes")
    }
    for index in 0..<Self.secrets {
      let key = Array(keys[keyBytes * index..<keyBytes * (index + 1)])
      let keystream = AESReference(key: key)!.keystream(counter: counter, bytes: length)
      guard
        (0..<length).allSatisfy({
          outputs[length * index + $0] == texts[length * index + $0] ^ keystream[$0]
        })
      else { throw .failed("encrypts \(length) bytes wrongly when traced") }
    }
    comparison.add(traces)
  }

  /// One after the other, random; the second is the first with all bits flipped, so that whatever
  /// hangs on one bit shows.
  private static func secrets(of bytes: Int, _ random: inout SeededGenerator) -> [UInt8] {
    let first = random.bytes(bytes)
    return first + first.map { ~$0 } + random.bytes(bytes * (secrets - 2))
  }
}
