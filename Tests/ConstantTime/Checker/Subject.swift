import CAES
import CTrace
import OptlabAES
import OptlabCPU
import OptlabExternal
import OptlabLab
import OptlabMeasure

/// What can catch a leak.
struct Catcher: OptionSet, Hashable {
  let rawValue: UInt32

  static let memcheck = Catcher(rawValue: UInt32(CTRACE_MEMCHECK))
  static let path = Catcher(rawValue: UInt32(CTRACE_PATH))
  static let register = Catcher(rawValue: UInt32(CTRACE_REGISTER))
  static let instruction = Catcher(rawValue: UInt32(CTRACE_INSTRUCTION))
  /// Those of the stepper.
  static let stepper: Catcher = [.path, .register, .instruction]
}

/// One leak that was found.
struct Finding {
  var catcher: Catcher
  var text: String
}

/// A kernel that is checked, and what the check must say about it.
struct Subject {
  enum Expectation {
    case clean
    /// Some finding of any kind.
    case caught
    /// Findings of just these kinds.
    case caughtBy(Catcher)
  }

  let implementation: Implementation
  let kernel: AESKernel
  let expectation: Expectation

  var id: String { kernel.id }

  /// A constant-time row of the lab, of which something hangs when it was not executed.
  var mustBeClean: Bool { if case .clean = expectation { true } else { false } }

  /// The name of the function, where file, id and symbol are one name.
  var symbol: String? {
    let isNative = ["C", "NASM"].contains(implementation.language) && !id.hasPrefix("leak-")
    return isNative ? "caes_" + id.replacing("-", with: "_") : nil
  }

  /// valgrind 3.19 stops at the first VAES or EVEX instruction.
  var isBeyondValgrind: Bool {
    !implementation.required.isDisjoint(with: FeatureSet(CAES_VAES, CAES_AVX512F, CAES_AVX512BW))
  }

  /// The AES rows of the lab in its order, then the kernels that leak on purpose.
  static let all: [Subject] = {
    let rows = WorkloadList(AESWorkload.all).implementations.compactMap {
      implementation -> Subject? in
      guard let kernel = implementation.aesKernel else { return nil }
      let isConstantTime = Int(kernel.row.flags) & Int(CAES_CONSTANT_TIME) != 0
      return Subject(
        implementation: implementation, kernel: kernel,
        expectation: isConstantTime ? .clean : .caught)
    }
    var count = 0
    let leaks = UnsafeBufferPointer(start: ctrace_leaks(&count), count: count)
    return rows
      + leaks.map { leak in
        let kernel = AESKernel(leak.kernel)
        return Subject(
          implementation: .aes(kernel), kernel: kernel,
          expectation: .caughtBy(Catcher(rawValue: leak.caught_by)))
      }
  }()

  /// What the findings of `catchers` say against the expectation, or nil where they are as they
  /// must be.
  func objection(to findings: [Finding], by catchers: Catcher) -> String? {
    let found = findings.reduce(into: Catcher()) { $0.formUnion($1.catcher) }
    switch expectation {
    case .clean:
      return found.isEmpty ? nil : "depends on its secrets"
    case .caught:
      return found.isEmpty ? "was NOT CAUGHT" : nil
    case .caughtBy(let expected):
      let expected = expected.intersection(catchers)
      if !expected.subtracting(found).isEmpty { return "was NOT CAUGHT" }
      return found.subtracting(expected).isEmpty ? nil : "was caught for a wrong reason"
    }
  }
}

/// Lengths of texts in bytes: around blocks, registers and batches, odd ones too.
let checkedLengths = [1, 7, 15, 16, 17, 33, 64, 100, 255, 256, 513, 1029]

/// FIPS 197, section 5: in bytes.
let keyLengths = [16, 24, 32]

/// One that overflows nowhere in the longest text, and one that carries into its high half.
let checkedCounters: [UInt128] = [
  0x0123_4567_89AB_CDEF_1032_5476_98BA_0000, 0x0123_4567_89AB_CDEF_FFFF_FFFF_FFFF_FFFD,
]
