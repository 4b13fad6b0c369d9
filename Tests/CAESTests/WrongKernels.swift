import CAES
import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabExternal
import OptlabJSON
import OptlabLab
import OptlabReport
import OptlabStatistics
import Testing

/// A kernel that breaks one promise of caes.h, and what the verification must say about it.
struct WrongKernel: Sendable, CustomTestStringConvertible {
  typealias SetKey = @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<UInt8>?, Int) -> Int32
  typealias Crypt =
    @convention(c) (
      UnsafeRawPointer?, UnsafePointer<UInt8>?, UnsafePointer<UInt8>?, UnsafeMutablePointer<UInt8>?,
      Int
    ) -> Void
  typealias Clear = @convention(c) (UnsafeMutableRawPointer?) -> Void

  let kernel: AESKernel
  /// In the mismatch's summary.
  let summary: String
  /// In the name of its check, where that matters.
  let check: String?

  var testDescription: String { kernel.id }

  private init(
    _ id: StaticString, summary: String, check: String? = nil,
    setKey: SetKey = { WorkingParts.setKey($0, $1, $2) },
    crypt: Crypt = { WorkingParts.crypt($0, $1, $2, $3, $4) },
    clear: Clear = { WorkingParts.clear($0) }
  ) {
    let id = UnsafeRawPointer(id.utf8Start).assumingMemoryBound(to: CChar.self)
    kernel = AESKernel(
      caes_kernel(
        id: id, language: id, technique: id, required: 0, preferred: 0, flags: 0,
        context_alignment: 8, context_size: 40, set_key: setKey, crypt: crypt, clear: clear))
    self.summary = summary
    self.check = check
  }

  /// What they are made of, when nothing is wrong with it.
  static let honest = WrongKernel("honest", summary: "").kernel

  static let counterOf32Bits = WrongKernel(
    "counter of 32 bits", summary: ", expected 0x", check: "wrap at 2^32",
    crypt: { WorkingParts.crypt($0, $1, $2, $3, $4, counterBits: 32) })

  static let all = [
    counterOf32Bits,
    WrongKernel(
      "counter of 8 bits", summary: ", expected 0x",
      crypt: { WorkingParts.crypt($0, $1, $2, $3, $4, counterBits: 8) }),
    WrongKernel(
      "counter of 64 bits", summary: ", expected 0x", check: "wrap at 2^64",
      crypt: { WorkingParts.crypt($0, $1, $2, $3, $4, counterBits: 64) }),
    WrongKernel(
      "one wrong round constant", summary: "byte 0 is 0x", check: "SP 800-38A F.5.",
      setKey: { context, key, keyBytes in
        var constants = AESReference.roundConstants
        constants[6] ^= 1
        return WorkingParts.setKey(context, key, keyBytes, roundConstants: constants)
      }),
    WrongKernel(
      "ignores a partial block", summary: "byte 32 is 0x", check: "RFC 3686",
      crypt: { WorkingParts.crypt($0, $1, $2, $3, $4 & ~15) }),
    WrongKernel(
      "writes a partial block whole", summary: "writes past the output: byte 36 of 36 changed",
      crypt: { context, counter, input, output, n in
        WorkingParts.crypt(context, counter, input, output, n)
        if n % 16 != 0 { output![n] ^= 1 }
      }),
    WrongKernel(
      "writes one byte past", summary: "writes past the output: byte 64 of 64 changed",
      crypt: { context, counter, input, output, n in
        WorkingParts.crypt(context, counter, input, output, n)
        if n > 0 { output![n] ^= 1 }
      }),
    WrongKernel(
      "writes one byte before", summary: "writes 1 byte(s) before the output",
      crypt: { context, counter, input, output, n in
        WorkingParts.crypt(context, counter, input, output, n)
        if n > 0 { output![-1] ^= 1 }
      }),
    WrongKernel(
      "writes where there is nothing", summary: "writes past the output: byte 0 of 0 changed",
      crypt: { context, counter, input, output, n in
        WorkingParts.crypt(context, counter, input, output, n)
        if n == 0 { output![0] ^= 1 }
      }),
    WrongKernel(
      "changes the counter", summary: "changes the counter it was given, at byte 15",
      crypt: { context, counter, input, output, n in
        WorkingParts.crypt(context, counter, input, output, n)
        UnsafeMutablePointer(mutating: counter!)[15] &+= 1
      }),
    WrongKernel(
      "changes its input", summary: "changes its input, at byte 63 of 64",
      crypt: { context, counter, input, output, n in
        WorkingParts.crypt(context, counter, input, output, n)
        guard n > 0, input != UnsafePointer(output) else { return }
        UnsafeMutablePointer(mutating: input!)[n - 1] = 0
      }),
    WrongKernel(
      "cannot work in place", summary: ", expected 0x", check: "in place",
      crypt: { context, counter, input, output, n in
        let zeros = [UInt8](repeating: 0, count: n)
        WorkingParts.crypt(context, counter, zeros, output, n)
        for i in 0..<n { output![i] ^= input![i] }
      }),
    WrongKernel(
      "needs aligned input", summary: ", expected 0x", check: "differential",
      crypt: { context, counter, input, output, n in
        let rounded = UnsafePointer<UInt8>(bitPattern: UInt(bitPattern: input) & ~15)
        WorkingParts.crypt(context, counter, n > 600 ? rounded : input, output, n)
      }),
    WrongKernel(
      "goes wrong after 32 KiB", summary: "byte 32768 is 0x", check: "differential",
      crypt: { context, counter, input, output, n in
        WorkingParts.crypt(context, counter, input, output, n)
        if n > 32_768 { output![32_768] ^= 0x80 }
      }),
    WrongKernel(
      "takes any key", summary: "set_key returned 0 for a key of 0 bytes, expected 1",
      setKey: { context, key, keyBytes in
        keyBytes == 0
          ? WorkingParts.setKey(context, [UInt8](repeating: 0, count: 16), 16)
          : WorkingParts.setKey(context, key, keyBytes)
      }),
    WrongKernel(
      "takes no key", summary: "set_key returned 1 for a key of", setKey: { _, _, _ in 1 },
      clear: { _ in }),
    WrongKernel(
      "changes the key", summary: "changes the key it was given",
      setKey: { context, key, keyBytes in
        let code = WorkingParts.setKey(context, key, keyBytes)
        if code == 0 { UnsafeMutablePointer(mutating: key!)[0] ^= 1 }
        return code
      }),
    WrongKernel(
      "writes outside its context", summary: "writes outside its context, at byte 40 of 40",
      setKey: { context, key, keyBytes in
        let code = WorkingParts.setKey(context, key, keyBytes)
        if code == 0 { context!.storeBytes(of: 1, toByteOffset: 40, as: UInt8.self) }
        return code
      }),
    WrongKernel(
      "leaves the key", summary: "clear leaves the key in the context",
      setKey: { context, key, keyBytes in
        let code = WorkingParts.setKey(context, key, keyBytes)
        if code == 0 { (context! + 8).copyMemory(from: key!, byteCount: keyBytes) }
        return code
      }),
    WrongKernel(
      "has one key for all contexts", summary: ", expected 0x", check: "the older of two contexts",
      crypt: { _, counter, input, output, n in
        WorkingParts.latest!.crypt(counter, input, output, n, counterBits: 128)
      }),
  ]

  /// Reads all of a partial block: only a guard page can tell.
  static let readsPast = WrongKernel(
    "reads a partial block whole", summary: "",
    crypt: { context, counter, input, output, n in
      WorkingParts.crypt(context, counter, input, output, n)
      guard n % 16 != 0, input != UnsafePointer(output) else { return }
      let last = UnsafeRawPointer(input!) + (n & ~15)
      WorkingParts.sink = last.loadUnaligned(as: UInt128.self)
    }
  ).kernel
}

/// The working parts of a wrong kernel, over the reference.
private final class WorkingParts {
  let cipher: AESReference

  init(_ cipher: AESReference) { self.cipher = cipher }

  /// The last one that got a key. The tests of wrong kernels run one after the other.
  nonisolated(unsafe) static var latest: WorkingParts?
  nonisolated(unsafe) static var sink: UInt128 = 0

  static func setKey(
    _ context: UnsafeMutableRawPointer?, _ key: UnsafePointer<UInt8>?, _ keyBytes: Int,
    roundConstants: [UInt8] = AESReference.roundConstants
  ) -> Int32 {
    let key = [UInt8](UnsafeBufferPointer(start: key, count: keyBytes))
    guard let cipher = AESReference(key: key, roundConstants: roundConstants) else { return 1 }
    let parts = WorkingParts(cipher)
    latest = parts
    context!.storeBytes(of: Unmanaged.passRetained(parts), as: Unmanaged<WorkingParts>.self)
    return 0
  }

  static func crypt(
    _ context: UnsafeRawPointer?, _ counter: UnsafePointer<UInt8>?, _ input: UnsafePointer<UInt8>?,
    _ output: UnsafeMutablePointer<UInt8>?, _ n: Int, counterBits: UInt128 = 128
  ) {
    guard n > 0 else { return }
    context!.load(as: Unmanaged<WorkingParts>.self).takeUnretainedValue()
      .crypt(counter, input, output, n, counterBits: counterBits)
  }

  func crypt(
    _ counter: UnsafePointer<UInt8>?, _ input: UnsafePointer<UInt8>?,
    _ output: UnsafeMutablePointer<UInt8>?, _ n: Int, counterBits: UInt128
  ) {
    guard n > 0 else { return }
    let first = (0..<16).reduce(UInt128(0)) { $0 << 8 | UInt128(counter![$1]) }
    let counted = UInt128.max >> (128 - counterBits)
    for block in 0...(n - 1) / 16 {
      let low = (first &+ UInt128(block)) & counted
      let keystream = cipher.encrypt((first & ~counted | low).bigEndianBytes)
      for i in 16 * block..<min(16 * block + 16, n) {
        output![i] = input![i] ^ keystream[i % 16]
      }
    }
  }

  static func clear(_ context: UnsafeMutableRawPointer?) {
    context!.load(as: Unmanaged<WorkingParts>.self).release()
    context!.storeBytes(of: 0, as: UInt.self)
  }
}
