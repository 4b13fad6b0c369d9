import CAES
import CTrace
import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabJSON
import OptlabLab
import OptlabMeasure
import OptlabProfile
import OptlabReport

/// Under valgrind: keys and texts are declared undefined, and memcheck reports each branch and each
/// address that depends on them. (Bits that are merely computed from them are fine.)
struct MemcheckRun {
  private let options: CheckOptions
  private let code: CodeMap
  private var random: SeededGenerator
  private var report = Report()

  init(_ options: CheckOptions, code: CodeMap) {
    self.options = options
    self.code = code
    random = SeededGenerator(seed: options.seed)
  }

  /// - Returns: Whether everything is as it must be.
  mutating func run() throws -> Bool {
    guard ctrace_under_valgrind() != 0 else {
      print("not under valgrind: run 'make constant-time'")
      return false
    }
    print(
      "memcheck: key and text undefined, seed \(options.seed); keys of \(list(keyLengths)) bytes; "
        + "texts of \(list(checkedLengths)) bytes; \(checkedCounters.count) counters")
    for subject in Subject.all {
      if subject.isBeyondValgrind {
        report.left(subject, "left to the stepper: valgrind cannot run VAES and AVX-512")
      } else if case .caughtBy(let catcher) = subject.expectation, !catcher.contains(.memcheck) {
        report.left(subject, "left to the stepper: memcheck does not look at what takes how long")
      } else if let obstacle = subject.implementation.obstacle(features: .detected) {
        report.lacking(subject, obstacle, options)
      } else {
        check(subject)
      }
    }
    return report.finish("memcheck")
  }

  private mutating func check(_ subject: Subject) {
    let before = ctrace_errors()
    var flowed = 0
    var expectedFlow = 0
    for keyBytes in keyLengths {
      for counter in checkedCounters {
        for length in checkedLengths {
          guard let undefined = encrypt(subject, keyBytes, counter, length) else { return }
          flowed += undefined
          expectedFlow += length
        }
      }
    }
    let errors = ctrace_errors() - before
    // Were the output defined, memcheck would have lost sight of the secret on its way.
    guard flowed == expectedFlow else {
      report.failed(
        subject,
        "memcheck lost the secret: \(flowed) of \(expectedFlow) bytes written are undefined")
      return
    }
    let name = code.symbol(of: subject.kernel.row.crypt)
    if let symbol = subject.symbol, name != symbol {
      report.failed(subject, "ran \(name ?? "a function without a name"), expected \(symbol)")
      return
    }
    let findings =
      errors == 0
      ? []
      : [Finding(catcher: .memcheck, text: "\(errors) branches or addresses on undefined bits")]
    report.executed(
      subject,
      "\(subject.symbol.map { $0 + ", " } ?? "")\(flowed) bytes written, all from the secret",
      findings: findings,
      by: .memcheck)
  }

  /// - Returns: How many bytes of the output are undefined; nil after a failure was reported.
  private mutating func encrypt(
    _ subject: Subject, _ keyBytes: Int, _ counter: UInt128, _ length: Int
  ) -> Int? {
    let row = subject.kernel.row
    let (key, text, block) = (random.bytes(keyBytes), random.bytes(length), counter.bigEndianBytes)
    let context = UnsafeMutableRawPointer.allocate(
      byteCount: row.context_size, alignment: max(Int(row.context_alignment), 64))
    let output = UnsafeMutablePointer<UInt8>.allocate(capacity: length)
    defer {
      context.deallocate()
      output.deallocate()
    }
    var undefined = 0
    let code = key.withUnsafeBufferPointer { key in
      text.withUnsafeBufferPointer { text in
        ctrace_make_undefined(key.baseAddress, keyBytes)
        ctrace_make_undefined(text.baseAddress, length)
        let code = row.set_key(context, key.baseAddress, keyBytes)
        // What it returns tells whether the length was right, which is no secret.
        if code == CAES_OK {
          row.crypt(context, block, text.baseAddress, output, length)
          undefined = ctrace_count_undefined(output, length)
          row.clear(context)
        }
        ctrace_make_defined(key.baseAddress, keyBytes)
        ctrace_make_defined(text.baseAddress, length)
        ctrace_make_defined(output, length)
        return code
      }
    }
    guard code == CAES_OK else {
      report.failed(subject, "set_key returned \(code) for a key of \(keyBytes) bytes")
      return nil
    }
    let keystream = AESReference(key: key)!.keystream(counter: counter, bytes: length)
    guard (0..<length).allSatisfy({ output[$0] == text[$0] ^ keystream[$0] }) else {
      report.failed(subject, "encrypts \(length) bytes wrongly")
      return nil
    }
    return undefined
  }
}

/// `16, 24 and 32`.
func list(_ numbers: [Int]) -> String {
  let words = numbers.map(String.init)
  return words.dropLast().joined(separator: ", ") + " and " + (words.last ?? "")
}
