import CABICheck
import OptlabBasics

/// A stack on which a function is called to see whether it keeps the System V ABI, and what it
/// leaves behind.
///
/// Source: System V ABI, AMD64 supplement, section 3.2.
public final class CheckedStack {
  /// What to look at while the function runs; the first two cost some 20
  /// microseconds an instruction.
  package struct Attention: OptionSet, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }

    /// Stops after each instruction: how low the stack pointer goes, and where indirect jumps land.
    package static let steps = Attention(rawValue: Int32(CABI_STEP))
    /// Unwinds after each instruction, too.
    package static let unwinding = Attention(rawValue: Int32(CABI_STEP | CABI_UNWIND))
    /// Looks at nothing that it leaves in the stack, which takes longer than a short call.
    package static let noTrace = Attention(rawValue: Int32(CABI_NO_TRACE))
  }

  /// False elsewhere than on x86-64 Linux: nothing can be called there.
  package static let isAvailable = cabi_is_available() == 1

  /// What cannot be checked on this machine, one line each.
  public static let limits: [String] = {
    guard isAvailable else {
      return ["calling convention and stack are not checked: needs x86-64 Linux"]
    }
    return cabi_upper_state_is_known() == 1
      ? [] : ["upper vector state is not checked: this CPU's XGETBV does not tell"]
  }()

  private let stack: OpaquePointer

  /// - Parameter random: What the stack is painted with.
  /// - Returns: nil where nothing can be called.
  package init?(random: inout SeededGenerator) {
    guard Self.isAvailable else { return nil }
    guard let stack = cabi_stack_create(random.next()) else {
      fatalError("no memory for a stack of 256 KiB")
    }
    self.stack = stack
  }

  deinit { cabi_stack_destroy(stack) }

  /// Calls a function with integer arguments, on this stack painted anew.
  ///
  /// - Parameters:
  ///   - function: The address of one that keeps the C calling convention.
  ///   - arguments: Up to six.
  ///   - random: What everything follows from that the function may not rely on.
  ///   - stepLimit: A function is not looked at for longer; what depends on every step is not judged
  ///     then.
  ///   - code: Where to note which instructions ran.
  package func call(
    _ function: UnsafeRawPointer, _ arguments: [UInt], random: inout SeededGenerator,
    attention: Attention = [], stepLimit: Int = 1000, code: VisitedCode? = nil
  ) -> CheckedCall {
    precondition(arguments.count <= 6)
    var record = cabi_call()
    record.function = function
    fill(&record.arguments) { $0 < arguments.count ? UInt64(arguments[$0]) : random.next() }
    fill(&record.garbage) { _ in random.next() }
    // Addresses that no CPU takes: a function that uses a register of its caller's faults.
    fill(&record.preset) { _ in random.next() & ~(1 << 62) | 1 << 63 }
    withUnsafeMutableBytes(of: &record.vectors) { $0.copyBytes(from: random.bytes($0.count)) }
    // Rounding, flush to zero and denormals are zero; every exception masked.
    record.mxcsr = 0x1F80 | UInt32(truncatingIfNeeded: random.next()) & 0xE040
    record.x87_control = 0x037F | UInt16(random.below(4)) << 10
    record.options = UInt32(attention.rawValue)
    record.step_limit = UInt64(stepLimit)
    if let code {
      record.code = code.start
      record.visited = code.marks.baseAddress
      record.code_bytes = code.marks.count
    }
    cabi_run(stack, &record)
    let trace =
      attention.contains(.noTrace)
      ? cabi_trace(touched: nil, touched_bytes: 0, before: nil, above: -1) : cabi_stack_trace(stack)
    return CheckedCall(record: record, trace: trace)
  }

  private func fill<Words>(_ words: inout Words, with word: (Int) -> UInt64) {
    withUnsafeMutableBytes(of: &words) { bytes in
      for i in 0..<bytes.count / 8 {
        bytes.storeBytes(of: word(i), toByteOffset: 8 * i, as: UInt64.self)
      }
    }
  }
}

/// Which bytes of a piece of code are where an instruction that ran begins.
package final class VisitedCode {
  package let start: UnsafePointer<UInt8>
  package let marks: UnsafeMutableBufferPointer<UInt8>

  package init(start: UnsafeRawPointer, bytes: Int) {
    self.start = start.assumingMemoryBound(to: UInt8.self)
    marks = .allocate(capacity: bytes)
    marks.initialize(repeating: 0)
  }

  deinit { marks.deallocate() }
}
