import CABICheck
import CAES
import OptlabBasics
import OptlabLab

extension AESVerification {
  /// Each function of the row is called as the System V ABI allows it at its worst: on a stack of
  /// its own, with random values in all registers. What it may not change must be unchanged, and
  /// no secret may be left in the stack.
  ///
  /// Where no function can be called in this way (``CheckedStack/isAvailable``), nothing is checked.
  mutating func checkCalls() throws(Mismatch) {
    guard var caller = CheckedCaller(kernel, keyBytes: keyBytes, random: &random) else { return }
    for count in Self.calledLengths {
      for inPlace in [false, true] { try caller.check(count, inPlace: inPlace) }
    }
    for count in Self.steppedLengths { try caller.check(count, attention: .steps) }
    // Sanitizers make compiled code keep what it works on in its stack frames.
    if !kernel.leavesSecrets, cabi_is_instrumented() == 0 || kernel.language == "NASM" {
      for count in Self.paintedLengths { try caller.checkSecrets(count) }
    }
    try caller.checkWrongKeyLengths()
    checks += caller.checks
  }

  /// On both sides of where kernels go another way: a partial block, one block, 4 blocks, batches of
  /// 8, 16 and 32 blocks, and more than one batch.
  private static let calledLengths: [Int] =
    [0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 100]
    + [127, 128, 129, 200, 255, 256, 257, 400, 511, 512, 513, 700, 1024, 1039, 1041, 1600]
  private static let steppedLengths = [0, 1, 20, 100, 260]
  private static let paintedLengths = [1, 16, 23, 64, 120, 250, 400, 530]
}

extension AESVerification {
  /// What is asked of assembly code beside the contract: functions begin with ENDBR64, indirect
  /// jumps land on one, and from every instruction unwinding leads to the caller.
  ///
  /// - Parameters:
  ///   - lengths: Of the messages during which every instruction is stopped at, in bytes.
  ///   - functions: Those that are assembly.
  ///   - code: Where to note which instructions ran.
  mutating func checkAssembly(
    lengths: [Int] = [0, 1, 20, 100, 260], functions: [KernelFunction] = KernelFunction.allCases,
    code: VisitedCode? = nil
  ) throws(Mismatch) {
    guard var caller = CheckedCaller(kernel, keyBytes: keyBytes, random: &random) else { return }
    caller.assembly = functions
    try caller.checkEntries()
    for count in lengths { try caller.check(count, code: code) }
    try caller.checkWrongKeyLengths(code: code)
    checks += caller.checks
  }
}

/// A function of a row, as messages name it.
package enum KernelFunction: String, CaseIterable, Sendable {
  case setKey = "set_key"
  case crypt, clear
}

extension AESKernel {
  package func address(of function: KernelFunction) -> UnsafeRawPointer {
    switch function {
    case .setKey: unsafeBitCast(row.set_key!, to: UnsafeRawPointer.self)
    case .crypt: unsafeBitCast(row.crypt!, to: UnsafeRawPointer.self)
    case .clear: unsafeBitCast(row.clear!, to: UnsafeRawPointer.self)
    }
  }
}

/// The three functions of a kernel, called with everything watched.
package struct CheckedCaller {
  let kernel: AESKernel
  private let keyBytes: Int
  private let stack: CheckedStack
  private let context: CheckedContext
  private var random: SeededGenerator
  private(set) var checks = 0

  /// - Returns: nil where nothing can be called.
  package init?(_ kernel: AESKernel, keyBytes: Int, random: inout SeededGenerator) {
    guard let stack = CheckedStack(random: &random) else { return nil }
    self.kernel = kernel
    self.keyBytes = keyBytes
    self.stack = stack
    context = CheckedContext(kernel, random: &random)
    self.random = SeededGenerator(seed: random.next())
  }

  /// The functions that are held to the rules for assembly, which costs time.
  var assembly: [KernelFunction] = []
  /// Those of which every instruction was stopped at. What is set and cleared has the same length in
  /// each message's life, so once is enough for these.
  private var stepped: Set<KernelFunction> = []

  /// The three calls of one message's life, and what came of each.
  private struct Calls {
    var key: [UInt8]
    var counter: UInt128
    var text: [UInt8]
    var output: [UInt8]
    var calls: [(function: KernelFunction, call: CheckedCall)]
  }

  /// Sets a key, encrypts a message, and clears.
  private mutating func calls(
    _ count: Int, inPlace: Bool, attention: CheckedStack.Attention, code: VisitedCode? = nil
  ) throws(Mismatch) -> Calls {
    let key = random.bytes(keyBytes)
    let text = random.bytes(count)
    // Half of them overflow in a byte, or in the lower half, on the way.
    var counter = UInt128.random(in: 0...(.max), using: &random)
    if random.below(4) == 0 { counter |= 0xFF - UInt128(random.below(8)) }
    if random.below(4) == 0 { counter |= UInt128(UInt64.max) - UInt128(random.below(32)) }
    let (keyMemory, counterMemory) = (OwnMemory(key), OwnMemory(counter.bigEndianBytes))
    let input = OwnMemory(text)
    let output = inPlace ? input : OwnMemory([UInt8](repeating: 0, count: count))
    // The functions only get their addresses.
    defer { withExtendedLifetime((keyMemory, counterMemory, input, output)) {} }

    var result = Calls(key: key, counter: counter, text: text, output: [], calls: [])
    func call(_ function: KernelFunction, _ arguments: [UInt], _ what: String) throws(Mismatch)
      -> CheckedCall
    {
      let isKnown = function != .crypt && stepped.contains(function)
      let isAssembly = assembly.contains(function) && !isKnown
      if isAssembly || attention.contains(.steps) { stepped.insert(function) }
      let check = "calling convention, \(keyBytes * 8)-bit key\(what)"
      UnderWay.announce("\(function.rawValue), \(check)")
      let call = stack.call(
        kernel.address(of: function), arguments, random: &random,
        attention: isAssembly ? .unwinding : isKnown ? attention.subtracting(.steps) : attention,
        stepLimit: isAssembly ? .max : 1000, code: code)
      checks += 1
      result.calls.append((function, call))
      let breaches = call.breaches + (isAssembly ? call.assemblyBreaches : [])
      guard breaches.isEmpty else {
        throw Mismatch(
          check: check,
          summary: "\(function.rawValue) \(breaches.joined(separator: "; "))")
      }
      return call
    }
    let memory = UInt(bitPattern: context.memory)
    let what = ", \(count) bytes" + (inPlace ? ", in place" : "")
    let code = try call(.setKey, [memory, keyMemory.address, UInt(keyBytes)], "").result
    guard code == Int32(CAES_OK) else {
      throw Mismatch(
        check: "calling convention, \(keyBytes * 8)-bit key",
        summary: "set_key returned \(code), expected \(CAES_OK)")
    }
    let arguments = [memory, counterMemory.address, input.address, output.address, UInt(count)]
    _ = try call(.crypt, arguments, what)
    result.output = Array(output.bytes)
    _ = try call(.clear, [memory], "")
    return result
  }

  /// One message, with what registers hold by chance as another input that must not matter.
  mutating func check(
    _ count: Int, inPlace: Bool = false, attention: CheckedStack.Attention = [],
    code: VisitedCode? = nil
  ) throws(Mismatch) {
    let calls = try calls(count, inPlace: inPlace, attention: attention, code: code)
    let keystream = AESReference(key: calls.key)!.keystream(counter: calls.counter, bytes: count)
    checks += 1
    if let mismatch = Mismatch(
      check: "random registers, \(keyBytes * 8)-bit key, \(count) bytes"
        + (inPlace ? ", in place" : ""),
      expected: zip(calls.text, keystream).map { $0 ^ $1 }, actual: calls.output)
    {
      throw mismatch
    }
  }

  mutating func checkEntries() throws(Mismatch) {
    for function in assembly {
      checks += 1
      let entry = UnsafeRawBufferPointer(start: kernel.address(of: function), count: 4)
      guard entry.elementsEqual([0xF3, 0x0F, 0x1E, 0xFA]) else {
        throw Mismatch(
          check: "indirect branch tracking",
          summary: "\(function.rawValue) does not begin with ENDBR64")
      }
    }
  }

  /// A secret that is found is looked for once more under another key: four bytes can agree by
  /// chance, once.
  mutating func checkSecrets(_ count: Int) throws(Mismatch) {
    // The first call of a function may run the dynamic linker, which saves registers in the stack.
    _ = try calls(count, inPlace: false, attention: [])
    if try foundSecret(count) != nil, let summary = try foundSecret(count) {
      throw Mismatch(check: "stack, \(keyBytes * 8)-bit key, \(count) bytes", summary: summary)
    }
  }

  private mutating func foundSecret(_ count: Int) throws(Mismatch) -> String? {
    let calls = try calls(count, inPlace: false, attention: [])
    let secrets = AESSecrets(key: calls.key, counter: calls.counter, text: calls.text)
    checks += 1
    for (function, call) in calls.calls {
      if let secret = secrets.find(in: call) {
        return "\(function.rawValue) leaves \(secret)"
      }
    }
    return nil
  }

  /// How many bytes of its stack each function changes at most, over some lengths.
  package mutating func stackDepths(_ counts: [Int]) throws(Mismatch) -> [String: Int] {
    var depths: [String: Int] = [:]
    for count in counts {
      for (function, call) in try calls(count, inPlace: false, attention: []).calls {
        depths[function.rawValue, default: 0] = max(
          depths[function.rawValue, default: 0], call.depth)
      }
    }
    return depths
  }

  mutating func checkWrongKeyLengths(code: VisitedCode? = nil) throws(Mismatch) {
    let isAssembly = assembly.contains(.setKey)
    for length in [0, 15, 33] {
      let key = random.bytes(length)
      UnderWay.announce("calling convention, key length \(length)")
      let call = key.withUnsafeBytes {
        stack.call(
          kernel.address(of: .setKey),
          [
            UInt(bitPattern: context.memory), UInt(bitPattern: $0.baseAddress), UInt(length),
          ], random: &random, attention: isAssembly ? .unwinding : .steps, code: code)
      }
      checks += 1
      let breaches = call.breaches + (isAssembly ? call.assemblyBreaches : [])
      guard breaches.isEmpty, call.result == Int32(CAES_BAD_KEY_LENGTH) else {
        throw Mismatch(
          check: "calling convention, key length \(length)",
          summary: breaches.isEmpty
            ? "set_key returned \(call.result), expected \(CAES_BAD_KEY_LENGTH)"
            : "set_key \(breaches.joined(separator: "; "))")
      }
    }
  }
}

/// A copy of some bytes at an address that stays.
private final class OwnMemory {
  let bytes: UnsafeMutableRawBufferPointer
  var address: UInt { UInt(bitPattern: bytes.baseAddress) }

  init(_ contents: [UInt8]) {
    bytes = .allocate(byteCount: contents.count, alignment: 16)
    bytes.copyBytes(from: contents)
  }

  deinit { bytes.deallocate() }
}
