/// A line of a disassembly, in AT&T syntax.
struct Instruction {
  var address: UInt64
  /// Without prefixes such as `rep` and `lock`.
  var mnemonic: Substring
  var operands: Substring
  var isRepeated = false

  /// A line such as `  40113a:  rep stosb %al, %es:(%rdi)`; nil for one that is no instruction.
  init?(line: Substring) {
    guard let colon = line.firstIndex(of: ":"),
      let address = UInt64(line[..<colon].drop { $0 == " " }, radix: 16)
    else { return nil }
    self.address = address
    var rest = line[line.index(after: colon)...]
    // What follows is where it goes to, for people.
    rest = rest.prefix { $0 != "#" && $0 != "<" }
    let prefixes: Set<Substring> = [
      "rep", "repe", "repz", "repne", "repnz", "lock", "notrack", "bnd", "data16", "cs", "ds", "es",
      "fs", "gs", "addr32", "{evex}", "{vex}",
    ]
    var words = rest.split(maxSplits: 1) { $0 == " " || $0 == "\t" }
    while let first = words.first, prefixes.contains(first) {
      if first.hasPrefix("rep") { isRepeated = true }
      words = words.count > 1 ? words[1].split(maxSplits: 1) { $0 == " " || $0 == "\t" } : []
    }
    guard let mnemonic = words.first else { return nil }
    self.mnemonic = mnemonic
    operands = words.count > 1 ? words[1] : ""
  }

  var text: String { "\(mnemonic) \(operands.filter { $0 != "\t" })" }

  // MARK: What it makes of registers

  /// The registers, by number, that make up addresses.
  var addressRegisters: Set<Int> {
    if mnemonic.hasPrefix("lea") && mnemonic != "leave" || mnemonic.hasPrefix("nop") { return [] }
    var registers = Set<Int>()
    for part in operands.split(separator: "(", omittingEmptySubsequences: false).dropFirst() {
      registers.formUnion(Self.registers(in: part.prefix { $0 != ")" }))
    }
    if ["push", "pop", "call", "ret"].contains(where: { mnemonic.hasPrefix($0) }) {
      registers.insert(4)
    }
    if mnemonic.hasPrefix("leave") { registers.insert(5) }
    if mnemonic.hasPrefix("xlat") { registers.formUnion([0, 3]) }
    if isRepeated { registers.insert(1) }
    return registers
  }

  /// Those that decide where it goes, or which bytes it touches, or how long it takes.
  var decidingRegisters: Set<Int> {
    if mnemonic.hasPrefix("jrcxz") || mnemonic.hasPrefix("jecxz") || mnemonic.hasPrefix("loop") {
      return [1]
    }
    if mnemonic.hasPrefix("jmp") || mnemonic.hasPrefix("call") {
      return operands.contains("*") ? Self.registers(in: operands) : []
    }
    if mnemonic.hasPrefix("kmov") { return Self.registers(in: operands) }
    if mnemonic.hasPrefix("div") || mnemonic.hasPrefix("idiv") {
      return Self.registers(in: operands).union([0, 2])
    }
    // Microcode, bit by bit, before Zen 3.
    if mnemonic.hasPrefix("pdep") || mnemonic.hasPrefix("pext") && !mnemonic.hasPrefix("pextr") {
      return Self.registers(in: operands)
    }
    return []
  }

  /// The flags that a conditional jump looks at, as bits of rflags.
  var decidingFlags: UInt64 {
    let (carry, parity, zero, sign, overflow): (UInt64, UInt64, UInt64, UInt64, UInt64) =
      (1, 4, 0x40, 0x80, 0x800)
    switch mnemonic {
    case "jb", "jae", "jc", "jnc", "jnae", "jnb": return carry
    case "je", "jne", "jz", "jnz", "loope", "loopne": return zero
    case "jbe", "ja", "jna", "jnbe": return carry | zero
    case "js", "jns": return sign
    case "jp", "jnp", "jpe", "jpo": return parity
    case "jo", "jno": return overflow
    case "jl", "jge", "jnge", "jnl": return sign | overflow
    case "jle", "jg", "jng", "jnle": return sign | overflow | zero
    default: return 0
    }
  }

  /// Why it may not occur in a kernel, or nil. It is about what the stepper cannot see: addresses
  /// and decisions that are made in vector and mask registers.
  var objection: String? {
    if mnemonic.contains("gather") || mnemonic.contains("scatter") {
      return "addresses from a vector register"
    }
    let plain = mnemonic.first == "v" ? mnemonic.dropFirst() : mnemonic
    let toFlags = ["ptest", "testp", "comis", "ucomis", "pcmpestr", "pcmpistr", "kortest", "ktest"]
    if toFlags.contains(where: plain.hasPrefix), !plain.hasPrefix("ptestm"),
      !plain.hasPrefix("ptestnm")
    {
      return "flags from a vector or mask register"
    }
    if plain.hasPrefix("pmovmsk") || plain.hasPrefix("movmsk") {
      return "a decision from a vector register"
    }
    if plain.hasPrefix("maskmov") || plain.hasPrefix("pmaskmov") {
      return "a mask from a vector register"
    }
    let destination = operands.split(separator: ",").last?.drop { $0 == " " || $0 == "\t" } ?? ""
    if destination.hasPrefix("%k") {
      if !plain.hasPrefix("k") { return "a mask from a vector register" }
      if plain.hasPrefix("kmov"), operands.contains("(") { return "a mask from memory" }
    }
    return nil
  }

  // MARK: Registers

  /// In the order of ``ctrace_step``.
  static let registerNames = [
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
    "r14", "r15",
  ]

  private static let numbers: [Substring: Int] = {
    var numbers: [Substring: Int] = [:]
    for (number, name) in registerNames.enumerated() {
      numbers[name[...]] = number
      if number >= 8 {
        for suffix in ["d", "w", "b"] { numbers[(name + suffix)[...]] = number }
      } else {
        let core = name.dropFirst()
        numbers["e" + core] = number
        numbers[core] = number
        numbers[number < 4 ? core.prefix(1) + "l" : core + "l"] = number
        if number < 4 { numbers[core.prefix(1) + "h"] = number }
      }
    }
    return numbers
  }()

  private static func registers(in text: Substring) -> Set<Int> {
    Set(
      text.split { !$0.isLetter && !$0.isNumber && $0 != "%" }
        .filter { $0.hasPrefix("%") }.compactMap { numbers[$0.dropFirst()] })
  }
}
