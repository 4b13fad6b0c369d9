import CTrace
import Foundation

/// What several runs that differ in nothing but their secrets have in common, and what not.
///
/// A neighbour sees which code runs and which addresses are touched. So the way through the code must
/// be the same in all runs, and no register that differs may be part of an address or decide
/// anything. That a secret is in a general register at all is not yet a leak (the last bytes of a
/// message may go through one), so the instructions that find it there are looked at one by one.
struct TraceComparison {
  private(set) var findings: [Finding] = []
  private(set) var functions: Set<String> = []
  private var steps = 0
  private var traces = 0
  private var executed: Set<UInt64> = []
  /// Registers (a bit each) and flags that differed before the instruction at an address.
  private var different: [UInt64: (registers: UInt16, flags: UInt64)] = [:]

  /// Where two runs parted: the last common instruction, and the two after it.
  private var parting: (from: UInt64, to: UInt64, or: UInt64)?

  /// Whether two runs went different ways: everything after that would differ.
  var isDivided: Bool { parting != nil }

  mutating func add(_ runs: [ctrace_trace]) {
    let first = runs[0]
    traces += runs.count
    steps += runs.reduce(0) { $0 + $1.count }
    for i in 0..<first.count { executed.insert(first.steps[i].ip) }
    for run in runs.dropFirst() {
      let count = min(first.count, run.count)
      for i in 0..<count {
        let (a, b) = (first.steps[i], run.steps[i])
        guard a.ip == b.ip else {
          parting = (i > 0 ? first.steps[i - 1].ip : a.ip, a.ip, b.ip)
          return
        }
        let flags = a.flags ^ b.flags
        let registers = a.differingRegisters(b)
        if flags != 0 || registers != 0 {
          let known = different[a.ip] ?? (0, 0)
          different[a.ip] = (known.registers | registers, known.flags | flags)
        }
      }
      // A run ends when the kernel returns: none can be the beginning of another.
      precondition(first.count == run.count)
    }
  }

  /// Looks at the instructions that met a secret, and at the whole of each function that ran.
  mutating func read(_ code: CodeMap) throws {
    if let (from, to, or) = parting {
      found(
        .path,
        "\(code.name(of: from)) goes to \(code.name(of: to)) or \(code.name(of: or)): "
          + (try code.instruction(at: from)?.text ?? ""))
    }
    for (address, (registers, flags)) in different.sorted(by: { $0.key < $1.key }) {
      guard let instruction = try code.instruction(at: address) else {
        found(.register, "\(code.name(of: address)) cannot be disassembled, and meets a secret")
        continue
      }
      let (inAddress, deciding) = (instruction.addressRegisters, instruction.decidingRegisters)
      for number in 0..<16 where registers >> UInt16(number) & 1 == 1 {
        let name = Instruction.registerNames[number]
        if inAddress.contains(number) {
          found(.register, "\(code.name(of: address)): secret in \(name): \(instruction.text)")
        } else if deciding.contains(number) {
          found(
            .register, "\(code.name(of: address)): secret in \(name) decides: \(instruction.text)")
        }
      }
      if instruction.decidingFlags & flags != 0 {
        found(.path, "\(code.name(of: address)): secret in the flags: \(instruction.text)")
      }
    }
    var seen: Set<UInt64> = []
    for address in executed.sorted() {
      guard let function = code.function(at: address),
        seen.insert(function.range.lowerBound).inserted
      else { continue }
      functions.insert(function.name)
      for instruction in try code.instructions(of: function) {
        guard let objection = instruction.objection else { continue }
        found(
          .instruction,
          "\(function.name)+0x\(String(instruction.address - function.range.lowerBound, radix: 16)): "
            + "\(objection): \(instruction.text)")
      }
    }
  }

  var summary: String {
    let met = different.count { $0.value.registers != 0 }
    return "\(steps) steps in \(traces) runs; "
      + (met == 0
        ? "no secret in a general register"
        : "secrets in general registers at \(met) instructions\(findings.isEmpty ? ", in no address" : "")")
  }

  private mutating func found(_ catcher: Catcher, _ text: String) {
    findings.append(Finding(catcher: catcher, text: text))
  }
}

extension ctrace_step {
  /// A bit for each general register.
  fileprivate func differingRegisters(_ other: ctrace_step) -> UInt16 {
    withUnsafeBytes(of: registers) { mine in
      withUnsafeBytes(of: other.registers) { theirs in
        guard memcmp(mine.baseAddress!, theirs.baseAddress!, mine.count) != 0 else { return 0 }
        let (a, b) = (mine.bindMemory(to: UInt64.self), theirs.bindMemory(to: UInt64.self))
        return (0..<16).reduce(0) { a[$1] == b[$1] ? $0 : $0 | 1 << UInt16($1) }
      }
    }
  }
}
