import CAES
import CAESAsm

/// A row of a `caes_table`: an AES-CTR implementation behind the C ABI, in whatever language.
///
/// The contract of every call is in caes.h.
public struct AESKernel: @unchecked Sendable {
  /// Constant; what it points to lives as long as the program.
  public let row: caes_kernel

  public init(_ row: caes_kernel) { self.row = row }

  public var id: String { String(cString: row.id) }
  public var language: String { String(cString: row.language) }

  /// Whether it is one of CAESAsm's, which keep more rules than the contract asks for.
  package var isOwnAssembly: Bool {
    let table = caes_asm_kernels().pointee
    return (0..<table.count).contains { table.rows[$0].id == row.id }
  }

  /// Whether its context is for one thread at a time, which the contract allows where a flag says so.
  package var isForOneThread: Bool { row.flags & UInt32(CAES_ONE_THREAD) != 0 }

  /// Whether a library behind it leaves on the stack what follows from the key, which the contract
  /// allows where a flag says so.
  package var leavesSecrets: Bool { row.flags & UInt32(CAES_LEAVES_SECRETS) != 0 }

  /// What `set_key` returns other than `CAES_OK`, with the number of bytes it was given.
  public struct KeyRefused: Error, Equatable, CustomStringConvertible {
    public var code: Int32
    public var keyBytes: Int

    public init(code: Int32, keyBytes: Int) {
      self.code = code
      self.keyBytes = keyBytes
    }

    public var description: String {
      switch Int(code) {
      case CAES_BAD_KEY_LENGTH: "a key of \(keyBytes) bytes: AES takes 16, 24 or 32"
      case CAES_NO_MEMORY: "out of memory"
      default: "set_key returned \(code)"
      }
    }
  }

  /// The memory of a kernel's context, and the key in it if there is one.
  public final class Context {
    public let kernel: AESKernel
    /// `context_size` bytes, aligned to `context_alignment` and to a cache line at least.
    public let memory: UnsafeMutableRawPointer
    public private(set) var hasKey = false

    public init(_ kernel: AESKernel) {
      self.kernel = kernel
      memory = .allocate(
        byteCount: kernel.row.context_size,
        alignment: max(Int(kernel.row.context_alignment), 64))
      memory.initializeMemory(as: UInt8.self, repeating: 0, count: kernel.row.context_size)
    }

    deinit {
      clear()
      memory.deallocate()
    }

    /// Computes the key schedule, in place of the one before if there was one.
    ///
    /// - Parameter key: 16, 24 or 32 bytes.
    /// - Throws: ``KeyRefused``; the context holds no key then.
    public func setKey(_ key: [UInt8]) throws(KeyRefused) {
      clear()
      let code = kernel.row.set_key(memory, key, key.count)
      guard code == Int32(CAES_OK) else { throw KeyRefused(code: code, keyBytes: key.count) }
      hasKey = true
    }

    /// Writes `input` xor the keystream to `output`.
    ///
    /// - Precondition: A key is set; `counter` has 16 bytes; `input` and `output` are equally long,
    ///   and are the same memory or do not overlap.
    public func crypt(
      counter: [UInt8], input: UnsafeRawBufferPointer, output: UnsafeMutableRawBufferPointer
    ) {
      precondition(hasKey && counter.count == 16 && input.count == output.count)
      kernel.row.crypt(
        memory, counter, input.baseAddress?.assumingMemoryBound(to: UInt8.self),
        output.baseAddress?.assumingMemoryBound(to: UInt8.self), input.count)
    }

    /// `text` xor the keystream.
    ///
    /// - Precondition: A key is set, and `counter` has 16 bytes.
    public func crypt(counter: [UInt8], _ text: [UInt8]) -> [UInt8] {
      [UInt8](unsafeUninitializedCapacity: text.count) { output, initialized in
        text.withUnsafeBytes {
          crypt(counter: counter, input: $0, output: UnsafeMutableRawBufferPointer(output))
        }
        initialized = text.count
      }
    }

    /// Overwrites the key schedule. Does nothing where there is no key.
    public func clear() {
      if hasKey { kernel.row.clear(memory) }
      hasKey = false
    }
  }
}
