import CAES
import CAESAsm
import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabExternal
import OptlabJSON
import OptlabMeasure
import OptlabProfile
import OptlabReport
import OptlabResults
import Testing
import WrongAssembly

/// A kernel that is right in what it computes, of which one function breaks a rule of the System V
/// ABI, or leaves a secret in the stack; and what the verification must say about it.
struct WrongFunction: Sendable, CustomTestStringConvertible {
  /// What it does wrong, as in functions.def.
  let name: String
  /// In the mismatch's summary, behind the name of the function.
  let summary: String
  /// In the name of the check.
  var check = "calling convention"

  var testDescription: String { name }

  static let all: [WrongFunction] =
    ["rbx", "rbp", "r12", "r13", "r14", "r15"].map {
      WrongFunction(
        name: "changes \($0)", summary: "changes \($0), which is its caller's: 0x0, was 0x")
    } + [
      WrongFunction(
        name: "changes r12 in one bit", summary: "changes r12, which is its caller's: 0x"),
      WrongFunction(
        name: "swaps r13 and r14", summary: "changes r13, which is its caller's: 0x"),
      WrongFunction(name: "uses its caller's rbp", summary: "ends with SIGBUS at +0x4"),
      WrongFunction(name: "sets the direction flag", summary: "leaves the direction flag set"),
      WrongFunction(name: "changes MXCSR", summary: "changes MXCSR's control bits: 0x"),
      WrongFunction(
        name: "changes the x87 control word", summary: "changes the x87 control word: 0x"),
      WrongFunction(
        name: "leaves MMX in use", summary: "leaves x87 or MMX registers in use (EMMS is missing)"),
      WrongFunction(
        name: "leaves ymm in use",
        summary: "leaves upper halves of ymm registers in use (VZEROUPPER is missing)"),
      WrongFunction(
        name: "leaves zmm in use",
        summary: "leaves upper halves of zmm registers in use (VZEROUPPER is missing)"),
      WrongFunction(
        name: "pops too much", summary: "returns with the stack pointer 8 bytes too high"),
      WrongFunction(
        name: "pops too little", summary: "returns with the stack pointer 8 bytes too low"),
      WrongFunction(name: "returns to what it pushed", summary: "ends with SIGSEGV at "),
      WrongFunction(
        name: "writes above its frame",
        summary: "writes above its stack frame, 16 bytes from the return address"),
      WrongFunction(
        name: "writes far above its frame",
        summary: "writes above its stack frame, 1000 bytes from the return address"),
      WrongFunction(
        name: "writes below the red zone", summary: "writes below the red zone, 184 bytes"),
      WrongFunction(name: "overflows the stack", summary: "ends with SIGSEGV at +0x4, touching 0x"),
      WrongFunction(name: "runs an invalid instruction", summary: "ends with SIGILL at +0x4"),
      WrongFunction(name: "runs into padding", summary: "ends with SIGTRAP at +0x5"),
      WrongFunction(name: "runs INT1", summary: "ends with SIGTRAP at +0x6"),
      WrongFunction(name: "divides by zero", summary: "ends with SIGFPE at +0x6"),
      WrongFunction(
        name: "spills a round key", summary: "leaves 8 bytes of round key 9, 37 bytes below",
        check: "stack"),
      WrongFunction(
        name: "spills a word of the key schedule", summary: "leaves 4 bytes of round key 4, ",
        check: "stack"),
      WrongFunction(
        name: "spills the text", summary: "leaves 8 bytes of the text, ", check: "stack"),
      WrongFunction(
        name: "spills the output", summary: "leaves 8 bytes of the ciphertext, which may be a text",
        check: "stack"),
      WrongFunction(
        name: "spills the keystream", summary: "leaves 8 bytes of the keystream of block 0, ",
        check: "stack"),
      WrongFunction(
        name: "relies on rax", summary: "byte 0 is 0x", check: "random registers"),
      WrongFunction(
        name: "relies on xmm7", summary: "byte 0 is 0x", check: "random registers"),
    ]

  /// Those that only the rules for assembly forbid.
  static let unfitForTheLab = [
    WrongFunction(
      name: "pushes without unwind information", summary: "cannot be unwound at +0x5: "),
    WrongFunction(
      name: "lacks ENDBR64", summary: "does not begin with ENDBR64",
      check: "indirect branch tracking"),
    WrongFunction(
      name: "jumps indirectly to no ENDBR64",
      summary: "jumps indirectly to +0xd, which is no ENDBR64"),
  ]

  // MARK: As kernels

  /// Which function of the row is wrong.
  enum Slot: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case crypt, clear
    var testDescription: String { rawValue }
  }

  /// What its working parts are.
  static let right = AESKernel(
    (0..<caes_asm_kernels().pointee.count).lazy.map { caes_asm_kernels().pointee.rows[$0] }
      .first { String(cString: $0.id) == "asm-aesni" }!)

  private nonisolated(unsafe) static let functions: [String: wrong_function] = {
    var count = 0
    let functions = UnsafeBufferPointer(start: wrong_functions(&count), count: count)
    return Dictionary(uniqueKeysWithValues: functions.map { (String(cString: $0.name), $0) })
  }()

  static var names: Set<String> { Set(functions.keys) }

  /// Why it cannot run here, or nil.
  static func obstacle(_ name: String) -> String? {
    let function = functions[name]!
    if function.needs_avx512 != 0, !FeatureSet.detected.contains(FeatureSet(CAES_AVX512F)) {
      return "lacks avx512f"
    }
    if function.needs_avx != 0, !FeatureSet.detected.contains(FeatureSet(CAES_AVX2)) {
      return "lacks avx2"
    }
    return nil
  }

  static func kernel(_ name: String, _ slot: Slot) -> AESKernel {
    let address = unsafeBitCast(functions[name]!.function!, to: UnsafeRawPointer.self)
    var row = right.row
    row.id = wrongID
    row.context_size += Int(WRONG_PREFIX)
    // The working parts' address goes where the wrong function looks for it.
    switch slot {
    case .crypt:
      row.crypt = unsafeBitCast(address, to: WrongKernel.Crypt.self)
      row.set_key = { context, key, keyBytes in
        context!.storeBytes(
          of: unsafeBitCast(WrongFunction.right.row.crypt!, to: UInt.self), as: UInt.self)
        return WrongFunction.right.row.set_key(context! + Int(WRONG_PREFIX), key, keyBytes)
      }
      row.clear = { WrongFunction.right.row.clear($0! + Int(WRONG_PREFIX)) }
    case .clear:
      row.clear = unsafeBitCast(address, to: WrongKernel.Clear.self)
      row.set_key = { context, key, keyBytes in
        context!.storeBytes(
          of: unsafeBitCast(WrongFunction.right.row.clear!, to: UInt.self), as: UInt.self)
        return WrongFunction.right.row.set_key(context! + Int(WRONG_PREFIX), key, keyBytes)
      }
      row.crypt = {
        WrongFunction.right.row.crypt($0! + Int(WRONG_PREFIX), $1, $2, $3, $4)
      }
    }
    return AESKernel(row)
  }

  private nonisolated(unsafe) static let wrongID: UnsafePointer<CChar> = {
    let id: StaticString = "wrong-assembly"
    return UnsafeRawPointer(id.utf8Start).assumingMemoryBound(to: CChar.self)
  }()
}
