import CABICheck
import OptlabBasics

/// What a function left behind that was called on a ``CheckedStack``.
package struct CheckedCall {
  private let record: cabi_call

  /// The bytes that changed below the caller's stack pointer, lowest to highest; what has not
  /// changed in between is there as well.
  package let touched: [UInt8]
  /// What they were before.
  package let before: [UInt8]
  /// How far below the caller's stack pointer the first one is, in bytes.
  package let depth: Int
  /// How far above the return address the first changed byte is, in bytes.
  let above: Int?

  init(record: cabi_call, trace: cabi_trace) {
    self.record = record
    touched = Array(UnsafeBufferPointer(start: trace.touched, count: trace.touched_bytes))
    before = Array(UnsafeBufferPointer(start: trace.before, count: trace.touched_bytes))
    above = trace.above < 0 ? nil : trace.above
    depth =
      touched.isEmpty
      ? 0 : Int(record.stack_pointer) - Int(bitPattern: trace.touched)
  }

  /// What an `int` function returned.
  package var result: Int32 { Int32(truncatingIfNeeded: record.result) }

  /// Whether it returned; else it ended with a fault.
  package var returned: Bool { record.signal == 0 }

  /// The address that may not be touched and was, if that is how it ended.
  package var faultAddress: UInt? {
    record.fault_has_address != 0 ? UInt(record.fault_address) : nil
  }

  /// Instructions that were stopped at.
  package var steps: Int { Int(record.steps) }

  private static let upper = UInt64(CABI_UPPER_YMM | CABI_UPPER_ZMM)
  private static let directionFlag: UInt64 = 1 << 10
  private static let redZone = 128
  /// Status flags are not the caller's.
  private static let mxcsrControl: UInt32 = 0xFFC0
  private static let savedRegisters = ["rbx", "rbp", "r12", "r13", "r14", "r15"]

  /// Everything that the System V ABI does not allow, one line each; empty where all is well.
  package var breaches: [String] {
    guard returned else { return [fault] }
    var breaches: [String] = []
    let preset = words(record.preset)
    for (i, (left, preset)) in zip(words(record.left), preset).enumerated() where left != preset {
      breaches.append(
        "changes \(Self.savedRegisters[i]), which is its caller's:"
          + " 0x\(hex(left)), was 0x\(hex(preset))")
    }
    let off = Int(record.left_stack_pointer) - Int(record.stack_pointer)
    if off != 0 {
      breaches.append(
        "returns with the stack pointer \(abs(off)) bytes too \(off > 0 ? "high" : "low")")
    }
    if let above {
      breaches.append("writes above its stack frame, \(above) bytes from the return address")
    }
    // Only where each step was seen is the lowest stack pointer known.
    let lowest = Int(record.stack_pointer) - Int(record.lowest_stack_pointer)
    if 1..<Int(record.step_limit) ~= steps, depth > lowest + Self.redZone {
      breaches.append(
        "writes below the red zone, \(depth - lowest) bytes from its lowest stack pointer")
    }
    if record.left_flags & Self.directionFlag != 0 {
      breaches.append("leaves the direction flag set")
    }
    if (record.left_mxcsr ^ record.mxcsr) & Self.mxcsrControl != 0 {
      breaches.append(
        "changes MXCSR's control bits: 0x\(hex(record.left_mxcsr & Self.mxcsrControl)),"
          + " was 0x\(hex(record.mxcsr & Self.mxcsrControl))")
    }
    if record.left_x87_control != record.x87_control {
      breaches.append(
        "changes the x87 control word: 0x\(hex(record.left_x87_control)),"
          + " was 0x\(hex(record.x87_control))")
    }
    if record.left_x87_tags != 0xFFFF {
      breaches.append("leaves x87 or MMX registers in use (EMMS is missing)")
    }
    if record.in_use_before & Self.upper == 0, record.in_use & Self.upper != 0 {
      let width = record.in_use & UInt64(CABI_UPPER_ZMM) != 0 ? "zmm" : "ymm"
      breaches.append("leaves upper halves of \(width) registers in use (VZEROUPPER is missing)")
    }
    return breaches
  }

  /// What is wrong for code that can be unwound anywhere and uses indirect branch tracking.
  package var assemblyBreaches: [String] {
    var breaches: [String] = []
    if record.not_unwound != 0 {
      breaches.append(
        "cannot be unwound at \(place(record.not_unwound)):"
          + " the unwind information does not lead to the caller")
    }
    if record.missed_landing != 0 {
      breaches.append("jumps indirectly to \(place(record.missed_landing)), which is no ENDBR64")
    }
    return breaches
  }

  private var fault: String {
    let names: [Int32: String] = [
      4: "SIGILL", 5: "SIGTRAP", 7: "SIGBUS", 8: "SIGFPE", 11: "SIGSEGV",
    ]
    let name = names[record.signal] ?? "signal \(record.signal)"
    let instruction = place(record.fault_instruction)
    guard let address = faultAddress else {
      let isRefused = record.signal == 11
      return "ends with \(name) at \(instruction)" + (isRefused ? Self.refusedAddress : "")
    }
    if address == UInt(record.fault_instruction) {
      return "ends with \(name): goes on at 0x\(hex(address)), where no code is"
    }
    return "ends with \(name) at \(instruction), touching 0x\(hex(address))"
  }

  /// What a SIGSEGV without an address comes from: a general-protection fault.
  ///
  /// Source: Intel SDM volume 1, section 4.1.1 (alignment of packed operands) and 3.3.7.1 (canonical
  /// addressing).
  package static let refusedAddress =
    ", touching no page: an instruction that wants an aligned address (MOVAPS, MOVDQA, MOVNTDQ, or SSE"
    + " with a memory operand) was given another, or an address was none"

  /// An instruction, from the function's start on where it is not far from it.
  private func place(_ address: UInt64) -> String {
    let offset = Int(address) - Int(bitPattern: record.function)
    return (0..<0x10000).contains(offset) ? "+0x\(hex(offset))" : "0x\(hex(address))"
  }

  private func words<Words>(_ words: Words) -> [UInt64] {
    withUnsafeBytes(of: words) { Array($0.bindMemory(to: UInt64.self)) }
  }
}
