internal import CAES

/// AES in counter mode: a stream cipher over messages that come in pieces of any size.
///
///     var cipher = try AESCTR(key: key, counter: counter)
///     let ciphertext = cipher.update(text)
///
/// Encryption and decryption are the same operation. However a message is cut into calls of
/// `update`, the output is the same.
///
/// - Important: Counter mode hides a message and does **not** authenticate it. Whoever can change
///   the ciphertext changes the text bit by bit, unnoticed: add a message authentication code, or
///   use an authenticated mode such as AES-GCM. And never use a counter block twice with the same
///   key, in one message or in two: the xor of the two texts is then plain to see.
///
/// The fastest kernel that CPU and operating system can run does the work; ``implementation`` names
/// it. The key schedule is overwritten when the value goes away.
///
/// Source: FIPS 197 (AES) and NIST SP 800-38A, section 6.5 (counter mode) and appendix B.1 (the
/// increment, here over all 128 bits, with wrap).
public struct AESCTR: ~Copyable, @unchecked Sendable {  // owns all that its pointers point to
  private enum Engine {
    case native(UnsafePointer<caes_kernel>)
    case table(SwiftTable)
  }

  private let engine: Engine
  /// A native kernel's context, then one block of keystream.
  private let memory: UnsafeMutableRawBufferPointer
  private let keystream: UnsafeMutableRawPointer

  /// Of the next byte.
  private var counter: UInt128
  /// How many bytes of the counter's block are used up, 0 to 15.
  private var used = 0
  /// Whether `keystream` holds the counter's block.
  private var hasKeystream = false

  /// Starts a message with the kernel that dispatch chose.
  ///
  /// - Parameters:
  ///   - key: 16, 24 or 32 bytes, for AES-128, AES-192 or AES-256.
  ///   - counter: The first counter block: 16 bytes, big-endian.
  /// - Throws: ``AESCTRError`` for a wrong length, for an unknown name in OPTLAB_MASK, and when
  ///   memory runs out.
  public init(key: RawSpan, counter: RawSpan) throws(AESCTRError) {
    if let name = caes_unknown_mask_name() {
      throw .unknownFeature(String(cString: name))
    }
    try self.init(key: key, counter: counter, kernel: caes_chosen_kernel())
  }

  /// Starts a message with the kernel that dispatch chose.
  ///
  /// - Parameters:
  ///   - key: 16, 24 or 32 bytes, for AES-128, AES-192 or AES-256.
  ///   - counter: The first counter block: 16 bytes, big-endian.
  /// - Throws: ``AESCTRError`` for a wrong length, for an unknown name in OPTLAB_MASK, and when
  ///   memory runs out.
  public init(key: [UInt8], counter: [UInt8]) throws(AESCTRError) {
    try self.init(key: key.span.bytes, counter: counter.span.bytes)
  }

  /// Starts a message as if only `features` (a set of `caes_feature`) counted.
  package init(key: RawSpan, counter: RawSpan, features: UInt64) throws(AESCTRError) {
    try self.init(key: key, counter: counter, kernel: caes_choose_kernel(features))
  }

  /// Starts a message with one kernel.
  ///
  /// - Parameter kernel: A `caes_kernel` that lives as long as the program and can run here; nil
  ///   for `swift-table`.
  package init(key: RawSpan, counter: RawSpan, kernel: UnsafeRawPointer?) throws(AESCTRError) {
    guard counter.byteCount == 16 else { throw .counterLength(counter.byteCount) }
    guard [16, 24, 32].contains(key.byteCount) else { throw .keyLength(key.byteCount) }

    let row = kernel?.assumingMemoryBound(to: caes_kernel.self)
    let contextBytes = ((row?.pointee.context_size ?? 0) + 15) & ~15
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: contextBytes + 16,
      alignment: max(Int(row?.pointee.context_alignment ?? 16), 16))
    let context = memory.baseAddress!
    let engine: Engine? = key.withUnsafeBytes { key in
      guard let row else { return SwiftTable(key: key).map { .table($0) } }
      let bytes = key.baseAddress!.assumingMemoryBound(to: UInt8.self)
      return row.pointee.set_key(context, bytes, key.count) == 0 ? .native(row) : nil
    }
    guard let engine else {
      memory.wipe()
      memory.deallocate()
      throw .outOfMemory
    }
    self.engine = engine
    self.memory = memory
    self.keystream = context + contextBytes
    self.counter = UInt128(
      bigEndian: counter.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt128.self))
  }

  deinit {
    if case .native(let row) = engine {
      row.pointee.clear(memory.baseAddress!)
    }
    memory.wipe()
    memory.deallocate()
  }

  /// The id of the kernel that does the work: `c-aesni`, or `swift-table` where no native one can
  /// run.
  public var implementation: String {
    switch engine {
    case .native(let row): String(cString: row.pointee.id)
    case .table: SwiftTable.id
    }
  }

  /// Encrypts or decrypts the next bytes of the message, in place.
  public mutating func update(_ text: inout MutableRawSpan) {
    text.withUnsafeMutableBytes { text in
      guard let start = text.baseAddress else { return }
      crypt(UnsafeRawPointer(start), start, text.count)
    }
  }

  /// Encrypts or decrypts the next bytes of the message.
  ///
  /// - Parameters:
  ///   - text: Any number of bytes.
  ///   - output: As many bytes; all of them are written.
  /// - Throws: ``AESCTRError/outputLength(input:output:)`` where the lengths differ; nothing is
  ///   written then, and the cipher stays where it was.
  public mutating func update(_ text: RawSpan, into output: inout MutableRawSpan)
    throws(AESCTRError)
  {
    guard text.byteCount == output.byteCount else {
      throw .outputLength(input: text.byteCount, output: output.byteCount)
    }
    text.withUnsafeBytes { text in
      output.withUnsafeMutableBytes { output in
        guard let from = text.baseAddress, let to = output.baseAddress else { return }
        crypt(from, to, text.count)
      }
    }
  }

  /// Encrypts or decrypts the next bytes of the message, in place.
  public mutating func update(_ text: inout [UInt8]) {
    text.withUnsafeMutableBytes { text in
      guard let start = text.baseAddress else { return }
      crypt(UnsafeRawPointer(start), start, text.count)
    }
  }

  /// Encrypts or decrypts the next bytes of the message.
  ///
  /// - Returns: As many bytes as `text` has.
  public mutating func update(_ text: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: text.count) { output, initialized in
      text.withUnsafeBytes { text in
        guard let from = text.baseAddress, let to = output.baseAddress else { return }
        crypt(from, UnsafeMutableRawPointer(to), text.count)
      }
      initialized = text.count
    }
  }

  // MARK: Pieces

  private mutating func crypt(
    _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer, _ count: Int
  ) {
    var done = 0
    if used > 0, count > 0 {
      done = min(16 - used, count)
      finishBlock(input, output, done)
    }
    let rest = count - done
    guard rest > 0 else { return }
    // The kernel takes a partial block as well; its keystream is made again only if more follows.
    run(input + done, output + done, rest)
    counter &+= UInt128(rest / 16)
    used = rest % 16
    hasKeystream = false
  }

  /// Goes on within a block of which `used` bytes are used up; `count` is at most what is left.
  private mutating func finishBlock(
    _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer, _ count: Int
  ) {
    if !hasKeystream {
      keystream.initializeMemory(as: UInt8.self, repeating: 0, count: 16)
      run(UnsafeRawPointer(keystream), keystream, 16)
      hasKeystream = true
    }
    for i in 0..<count {
      let byte = keystream.load(fromByteOffset: used + i, as: UInt8.self)
      let text = input.load(fromByteOffset: i, as: UInt8.self)
      output.storeBytes(of: text ^ byte, toByteOffset: i, as: UInt8.self)
    }
    used += count
    if used == 16 {
      used = 0
      hasKeystream = false
      counter &+= 1
    }
  }

  /// One call of the kernel, with the keystream from the counter's block on.
  private func run(_ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer, _ count: Int) {
    withUnsafeBytes(of: counter.bigEndian) { block in
      let block = block.baseAddress!
      switch engine {
      case .native(let row):
        row.pointee.crypt(
          memory.baseAddress!, block.assumingMemoryBound(to: UInt8.self),
          input.assumingMemoryBound(to: UInt8.self), output.assumingMemoryBound(to: UInt8.self),
          count)
      case .table(let table):
        table.crypt(counter: block, input: input, output: output, count: count)
      }
    }
  }
}
