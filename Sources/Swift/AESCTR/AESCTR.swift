internal import CAES

/// AES in counter mode: a stream cipher over messages that come in pieces of any size.
///
///     var cipher = try AESCTR(key: key, nonce: nonce, initialCounter: 1)
///     let ciphertext = try cipher.update(text)
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
/// it.
///
/// **Ownership.** A cipher cannot be copied: the copy would go on with the same keystream, and two
/// texts under one keystream are no secret any more. It can be moved, to another thread as well
/// (it is Sendable); for work on one message in several threads, make a cipher in each from the key
/// and ``seek(to:)-(Position)`` there. The key schedule and the keystream that is left over are
/// overwritten when the cipher goes away.
///
/// **Length of a message.** A cipher never uses a counter block twice: a message that was started
/// with a whole counter block has at most 2^128 blocks, until the counter comes back to where it
/// began; one that was started with a nonce ends where the bytes after the nonce are used up, before
/// a carry would reach it. What goes further is an error, and is not done in part.
///
/// Source: FIPS 197 (AES) and NIST SP 800-38A, section 6.5 (counter mode) and appendix B.
public struct AESCTR: ~Copyable, @unchecked Sendable {  // its memory is its own
  private let kernel: UnsafePointer<caes_kernel>
  /// The kernel's context, then room for keystream.
  private let memory: UnsafeMutableRawBufferPointer
  /// A block of keystream, then as many bytes that are never looked at.
  private let keystream: UnsafeMutableRawPointer

  /// The first counter block of the message.
  private var start: UInt128
  /// The number of the message's last possible block; block 0 has the counter `start`.
  private var lastBlock: UInt128
  /// The number of the block of the next byte.
  private var block: UInt128 = 0
  /// How many bytes of `block` are used up: 0 to 15, and 16 only at the end of `lastBlock`.
  private var used = 0
  /// How many bytes `keystream` holds of that of `block`: 0 or 16. (A Bool would be set together
  /// with parts of its neighbours, which the next load of those then waits for.)
  private var kept = 0

  /// - Parameters:
  ///   - key: 16, 24 or 32 bytes.
  ///   - kernel: A `caes_kernel` that lives as long as the program and can run here.
  /// - Throws: ``AESCTRError/keyLength(_:)`` or ``AESCTRError/outOfMemory``.
  init(key: RawSpan, start: Start, kernel: UnsafeRawPointer) throws(AESCTRError) {
    guard key.byteCount == 16 || key.byteCount == 24 || key.byteCount == 32 else {
      throw .keyLength(key.byteCount)
    }
    let kernel = kernel.assumingMemoryBound(to: caes_kernel.self)
    let row = kernel.pointee
    let contextBytes = (row.context_size + 15) & ~15
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: contextBytes + 32, alignment: max(Int(row.context_alignment), 16))
    let context = memory.baseAddress!
    let keystream = context + contextBytes
    keystream.initializeMemory(as: UInt8.self, repeating: 0, count: 32)
    let code = key.withUnsafeBytes { key in
      row.set_key(context, key.baseAddress!.assumingMemoryBound(to: UInt8.self), key.count)
    }
    guard code == CAES_OK else {
      memory.wipe()
      memory.deallocate()
      throw .outOfMemory
    }
    self.kernel = kernel
    self.memory = memory
    self.keystream = keystream
    self.start = start.counter
    lastBlock = start.lastBlock
  }

  deinit {
    wipe()
    memory.deallocate()
  }

  /// Overwrites key schedule and keystream.
  private func wipe() {
    kernel.pointee.clear(memory.baseAddress!)
    memory.wipe()
  }

  /// Ends the cipher as `deinit` does, and shows the memory that held its secrets before that is
  /// given back.
  package consuming func end(_ look: (UnsafeRawBufferPointer) -> Void) {
    let memory = memory
    wipe()
    discard self
    look(UnsafeRawBufferPointer(memory))
    memory.deallocate()
  }

  /// The context and the keystream, while the cipher lives.
  package func withSecrets(_ look: (UnsafeRawBufferPointer) -> Void) {
    look(UnsafeRawBufferPointer(memory))
  }

  /// The id of the kernel that does the work: `c-vaes512`, or `swift-bitslice` where no native one
  /// can run. None of them has branches or addresses that depend on key or text.
  public var implementation: String { String(cString: kernel.pointee.id) }

  // MARK: Where it is

  /// Where the next byte is within the message.
  public var position: Position { Position(block: block, byte: used) }

  /// Goes to a place within the message, forwards or back; the next `update` goes on there.
  ///
  /// - Important: To encrypt the bytes of one place twice, with different text, gives both away.
  ///
  /// - Throws: ``AESCTRError/position(_:last:)`` for a place behind the message's last possible
  ///   byte; the cipher stays where it was.
  public mutating func seek(to position: Position) throws(AESCTRError) {
    let isEnd = position.block == lastBlock && position.byte == 16
    guard position.block <= lastBlock, (0..<16).contains(position.byte) || isEnd else {
      throw .position(position, last: Position(block: lastBlock, byte: 16))
    }
    if position.block != block { kept = 0 }
    block = position.block
    used = position.byte
  }

  /// Begins another message, with the same key.
  mutating func restart(_ start: Start) {
    self.start = start.counter
    lastBlock = start.lastBlock
    block = 0
    used = 0
    kept = 0
  }

  /// Whether `count` more bytes can be had.
  ///
  /// - Throws: ``AESCTRError/keystreamExhausted(requested:left:)``
  @inline(__always)
  func require(_ count: Int) throws(AESCTRError) {
    let blocksLeft = lastBlock &- block
    // With 2^59 blocks there is more left than a buffer can have bytes.
    if blocksLeft < 1 << 59 {
      let left = UInt64(truncatingIfNeeded: blocksLeft) &* 16 &+ UInt64(16 - used)
      guard UInt64(count) <= left else {
        throw .keystreamExhausted(requested: count, left: left)
      }
    }
  }

  // MARK: Pieces

  /// Encrypts or decrypts `count` bytes, which must be to be had (``require(_:)``).
  ///
  /// - Parameter output: May be `input`, may not overlap it otherwise.
  mutating func crypt(
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
    block &+= UInt128(truncatingIfNeeded: rest / 16)
    used = rest % 16
    kept = 0
    if used == 0, block &- 1 == lastBlock {
      block = lastBlock
      used = 16
    }
  }

  /// Goes on within a block of which `used` bytes are used up; `count` is at most what is left.
  private mutating func finishBlock(
    _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer, _ count: Int
  ) {
    if kept == 0 {
      keystream.storeBytes(of: 0, as: UInt128.self)
      run(UnsafeRawPointer(keystream), keystream, 16)
      kept = 16
    }
    let from = UnsafeRawPointer(keystream + used)
    var done = 0
    func add<Word: FixedWidthInteger & BitwiseCopyable>(_: Word.Type) {
      guard count & MemoryLayout<Word>.size != 0 else { return }
      let text = input.loadUnaligned(fromByteOffset: done, as: Word.self)
      let word = from.loadUnaligned(fromByteOffset: done, as: Word.self)
      output.storeBytes(of: text ^ word, toByteOffset: done, as: Word.self)
      done += MemoryLayout<Word>.size
    }
    add(UInt64.self)
    add(UInt32.self)
    add(UInt16.self)
    add(UInt8.self)
    used += count
    if used == 16, block != lastBlock {
      block &+= 1
      used = 0
      kept = 0
    }
  }

  /// One call of the kernel, with the keystream from `block` on.
  @inline(__always)
  private func run(_ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer, _ count: Int) {
    let number = start &+ block
    // Stored at once: a kernel that loads 16 bytes would wait for two stores of 8, and so for the
    // output of the call before.
    let counter = SIMD2(
      UInt64(truncatingIfNeeded: number >> 64).bigEndian,
      UInt64(truncatingIfNeeded: number).bigEndian)
    withUnsafeBytes(of: counter) { counter in
      kernel.pointee.crypt(
        memory.baseAddress!, counter.baseAddress!.assumingMemoryBound(to: UInt8.self),
        input.assumingMemoryBound(to: UInt8.self), output.assumingMemoryBound(to: UInt8.self),
        count)
    }
  }
}
