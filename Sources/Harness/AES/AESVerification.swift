import CAES
import OptlabBasics
import OptlabLab

/// Checks an AES-CTR kernel: published vectors, then the reference at random keys, counters,
/// lengths and alignments, and every promise of caes.h that can be seen from outside.
///
/// A kernel that reads or writes where it must not hits a guard page: a disagreement like others on
/// x86-64 Linux, the end of the process elsewhere.
///
/// - Parameters:
///   - kernel: One that can run here (`Implementation.obstacle()` is nil).
///   - keyBytes: 16, 24 or 32.
///   - seed: What keys, counters, texts, and the sampled lengths and alignments follow from.
///   - exhaustively: Whether to try every length up to 4,096 bytes and every place where a counter can
///     overflow; takes about a second more.
/// - Returns: The number of checks, or the first disagreement.
public func verifyAES(
  _ kernel: AESKernel, keyBytes: Int, seed: UInt64, exhaustively: Bool = false
) -> Verdict {
  AESVerification.verdict(kernel, keyBytes: keyBytes, seed: seed) { (one) throws(Mismatch) in
    try one.checkKeyLengths()
    try one.checkVectors()
    try one.checkMessages()
    try one.checkGuardPages()
    try one.checkCalls()
    // On ordinary memory: only once the kernel is known to keep to its own.
    try one.checkThreads()
    if kernel.isOwnAssembly { try one.checkAssembly() }
    if exhaustively { try one.checkEveryPlace() }
  }
}

/// Checks how a kernel's functions are called and return, and what they leave in the stack: a part of
/// ``verifyAES(_:keyBytes:seed:)``, for one that does not keep the calling convention may take others
/// along.
package func verifyCalls(_ kernel: AESKernel, keyBytes: Int, seed: UInt64) -> Verdict {
  AESVerification.verdict(kernel, keyBytes: keyBytes, seed: seed) { (one) throws(Mismatch) in
    try one.checkCalls()
  }
}

/// Checks what is asked of assembly code beside the contract: ENDBR64, and unwinding from every
/// instruction that some messages reach.
///
/// - Parameters:
///   - lengths: Of the messages, in bytes.
///   - functions: Those that are assembly.
///   - code: Where to note which instructions ran.
package func verifyAssembly(
  _ kernel: AESKernel, keyBytes: Int, seed: UInt64, lengths: [Int],
  functions: [KernelFunction] = KernelFunction.allCases, code: VisitedCode? = nil
) -> Verdict {
  AESVerification.verdict(kernel, keyBytes: keyBytes, seed: seed) { (one) throws(Mismatch) in
    try one.checkAssembly(lengths: lengths, functions: functions, code: code)
  }
}

/// One run of ``verifyAES(_:keyBytes:seed:)``.
package struct AESVerification {
  let kernel: AESKernel
  let keyBytes: Int
  var random: SeededGenerator
  var checks = 0
  let message: CheckedMessage

  /// The longest message checked, in bytes.
  static let longest = 65_552

  init(_ kernel: AESKernel, keyBytes: Int, seed: UInt64) {
    self.kernel = kernel
    self.keyBytes = keyBytes
    random = SeededGenerator(seed: seed)
    message = CheckedMessage(capacity: Self.longest, text: random)
  }

  /// What comes of some checks of one kernel.
  static func verdict(
    _ kernel: AESKernel, keyBytes: Int, seed: UInt64,
    _ check: (inout AESVerification) throws(Mismatch) -> Void
  ) -> Verdict {
    var one = AESVerification(kernel, keyBytes: keyBytes, seed: seed)
    do {
      try check(&one)
      return .passed(checks: one.checks)
    } catch {
      return .failed(error)
    }
  }

  /// Messages of chosen and drawn lengths, counters and alignments, in contexts of all kinds.
  mutating func checkMessages() throws(Mismatch) {
    try checkLengths()
    try checkWraps()
    try checkAlignments()
    try checkLongMessages()
    try checkContexts()
  }

  // MARK: Keys

  mutating func checkKeyLengths() throws(Mismatch) {
    let wrong = [0, 1, 8, 15, 17, 20, 23, 25, 31, 33, 48, 64]
    for length in wrong {
      let context = CheckedContext(kernel, random: &random)
      let code = try context.setKey(random.bytes(length), offset: 0)
      try expect(code == Int32(CAES_BAD_KEY_LENGTH), "key length") {
        "set_key returned \(code) for a key of \(length) bytes, expected \(CAES_BAD_KEY_LENGTH)"
      }
    }
  }

  /// A context with a key in it.
  mutating func makeContext(_ key: [UInt8]) throws(Mismatch) -> CheckedContext {
    let context = CheckedContext(kernel, random: &random)
    let code = try context.setKey(key, offset: random.below(16))
    try expect(code == Int32(CAES_OK), "key") {
      "set_key returned \(code) for a key of \(key.count) bytes, expected \(CAES_OK)"
    }
    return context
  }

  /// Wiping, another key in the same context, and two contexts at a time.
  mutating func checkContexts() throws(Mismatch) {
    let (firstKey, secondKey) = (random.bytes(keyBytes), random.bytes(keyBytes))
    let counter = UInt128.random(in: 0...(.max), using: &random)
    let context = try makeContext(firstKey)
    context.clear()
    try expect(!context.contains(firstKey), "clear") { "clear leaves the key in the context" }

    let code = try context.setKey(secondKey, offset: 0)
    try expect(code == Int32(CAES_OK), "a second key in one context") {
      "set_key returned \(code) after clear, expected \(CAES_OK)"
    }
    let first = AESReference(key: firstKey)!.keystream(counter: counter, bytes: 100)
    let second = AESReference(key: secondKey)!.keystream(counter: counter, bytes: 100)
    try check("a second key in one context", context, counter, second, Placement(count: 100))
    let other = try makeContext(firstKey)
    try check("the newer of two contexts", other, counter, first, Placement(count: 100))
    try check("the older of two contexts", context, counter, second, Placement(count: 100))
  }

  // MARK: Messages

  mutating func checkVectors() throws(Mismatch) {
    for vector in AESVector.all where vector.key.count == keyBytes {
      let context = try makeContext(vector.key)
      let counter = UInt128(bigEndianBytes: vector.counter)
      let keystream = zip(vector.text, vector.ciphertext).map { $0 ^ $1 }
      for inPlace in [false, true] {
        var placement = Placement(count: vector.text.count)
        placement.inPlace = inPlace
        try check(vector.name, context, counter, keystream, placement, text: vector.text)
      }
    }
  }

  /// Every length from 0 to 600, under a new key every 100.
  mutating func checkLengths() throws(Mismatch) {
    for start in stride(from: 0, through: 600, by: 100) {
      let key = random.bytes(keyBytes)
      let context = try makeContext(key)
      let counter = UInt128.random(in: 0...(.max), using: &random)
      let keystream = AESReference(key: key)!.keystream(counter: counter, bytes: 700)
      for count in start...start + 100 {
        for inPlace in [false, true] {
          var placement = Placement(count: count, random: &random)
          placement.inPlace = inPlace
          try check("differential", context, counter, keystream, placement)
        }
      }
    }
  }

  /// The counter overflows into its next byte, half, or altogether, at every block of the first 40.
  mutating func checkWraps() throws(Mismatch) {
    let key = random.bytes(keyBytes)
    let context = try makeContext(key)
    for bits in [8, 16, 32, 64, 128] {
      let below = UInt128.max >> UInt128(128 - bits)
      for position in 0...40 {
        let above = UInt128.random(in: 0...(.max), using: &random) & ~below
        let counter = above | ((0 &- UInt128(position)) & below)
        let keystream = AESReference(key: key)!.keystream(counter: counter, bytes: 768)
        let end = 16 * position
        for count in [end, end + 1, end + 16, end + 17, 640, random.below(769)] {
          var placement = Placement(count: count, random: &random)
          placement.inPlace = random.below(4) == 0
          let what = "wrap at 2^\(bits) after block \(position)"
          try check(what, context, counter, keystream, placement)
        }
      }
    }
  }

  /// Every alignment of input and output from 0 to 63, the other one's sampled, and in place.
  mutating func checkAlignments() throws(Mismatch) {
    let key = random.bytes(keyBytes)
    let context = try makeContext(key)
    let counter = UInt128.random(in: 0...(.max), using: &random)
    let keystream = AESReference(key: key)!.keystream(counter: counter, bytes: 400)
    for alignment in 0..<64 {
      for kind in 0..<3 {
        var placement = Placement(count: 1 + random.below(400), random: &random)
        switch kind {
        case 0: placement.inputOffset = alignment
        case 1: placement.outputOffset = alignment
        default:
          placement.outputOffset = alignment
          placement.inPlace = true
        }
        try check("differential", context, counter, keystream, placement)
      }
    }
  }

  mutating func checkLongMessages() throws(Mismatch) {
    let key = random.bytes(keyBytes)
    let context = try makeContext(key)
    // One wrap at 2^16 on the way.
    let counter = UInt128.random(in: 0...(.max), using: &random) | 0xF000
    let keystream = AESReference(key: key)!.keystream(counter: counter, bytes: Self.longest)
    let fixed = [1024, 4095, 4096, 4097, 8192, 16_384, 65_521, 65_536, Self.longest]
    let sampled = (0..<24).map { _ in 601 + random.below(3497) }
    for count in fixed + sampled {
      for inPlace in [false, true] {
        var placement = Placement(count: count, random: &random)
        placement.inPlace = inPlace
        try check("differential", context, counter, keystream, placement)
      }
    }
  }

  // MARK: One check

  /// Encrypts once, and looks at everything that may and may not have changed.
  mutating func check(
    _ what: String, _ context: CheckedContext, _ counter: UInt128, _ keystream: [UInt8],
    _ placement: Placement, text: [UInt8]? = nil
  ) throws(Mismatch) {
    checks += 1
    func check() -> String { "\(what), \(keyBytes * 8)-bit key, \(placement)" }
    UnderWay.announce(check())
    do {
      try message.crypt(
        kernel, context.memory, counter: counter.bigEndianBytes, keystream: keystream, placement,
        text: text)
      try context.checkSurroundings()
    } catch {
      var mismatch = error
      mismatch.check = check()
      throw mismatch
    }
  }

  mutating func expect(_ condition: Bool, _ what: String, _ summary: () -> String)
    throws(Mismatch)
  {
    checks += 1
    if !condition {
      throw Mismatch(check: "\(what), \(keyBytes * 8)-bit key", summary: summary())
    }
  }
}
