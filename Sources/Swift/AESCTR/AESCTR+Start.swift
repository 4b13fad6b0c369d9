extension AESCTR {
  /// Where a message begins, and how long it can become.
  struct Start {
    var counter: UInt128
    var lastBlock: UInt128

    /// - Parameter counter: 16 bytes, big-endian.
    init(counter: RawSpan) throws(AESCTRError) {
      guard counter.byteCount == 16 else { throw .counterLength(counter.byteCount) }
      self.counter = UInt128(
        bigEndian: counter.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt128.self))
      lastBlock = .max
    }

    /// - Parameters:
    ///   - nonce: 1 to 15 bytes.
    ///   - initialCounter: What the bytes behind it hold at the beginning.
    init(nonce: RawSpan, initialCounter: UInt64) throws(AESCTRError) {
      guard (1...15).contains(nonce.byteCount) else { throw .nonceLength(nonce.byteCount) }
      let counterBytes = 16 - nonce.byteCount
      let largest = ~(UInt128.max << UInt128(8 * counterBytes))
      guard initialCounter <= largest else {
        throw .initialCounter(initialCounter, counterBytes: counterBytes)
      }
      let number = nonce.withUnsafeBytes { $0.reduce(UInt128(0)) { $0 << 8 | UInt128($1) } }
      counter = number << UInt128(8 * counterBytes) | UInt128(initialCounter)
      lastBlock = largest - UInt128(initialCounter)
    }
  }

  // MARK: With a whole counter block

  /// Starts a message with the kernel that dispatch chose.
  ///
  /// - Parameters:
  ///   - key: 16, 24 or 32 bytes, for AES-128, AES-192 or AES-256.
  ///   - counter: The first counter block: 16 bytes, big-endian. It increments over all 128 bits,
  ///     with wrap.
  /// - Throws: ``AESCTRError`` for a wrong length, for an unknown name in OPTLAB_MASK, and when
  ///   memory runs out.
  public init(key: RawSpan, counter: RawSpan) throws(AESCTRError) {
    try self.init(key: key, start: Start(counter: counter), kernel: Self.chosenKernel())
  }

  /// Starts a message with the kernel that dispatch chose, as ``init(key:counter:)-(RawSpan,_)``.
  public init(key: Span<UInt8>, counter: Span<UInt8>) throws(AESCTRError) {
    try self.init(key: key.bytes, counter: counter.bytes)
  }

  /// Starts a message with the kernel that dispatch chose, as ``init(key:counter:)-(RawSpan,_)``.
  public init(key: [UInt8], counter: [UInt8]) throws(AESCTRError) {
    try self.init(key: key.span.bytes, counter: counter.span.bytes)
  }

  /// Starts a message with the kernel that dispatch chose, as ``init(key:counter:)-(RawSpan,_)``,
  /// from any collection of bytes: a `Data`, a slice. The copy of the key that this takes is
  /// overwritten.
  public init(key: some Collection<UInt8>, counter: some Collection<UInt8>) throws(AESCTRError) {
    var copy = [UInt8](key)
    defer { copy.withUnsafeMutableBytes { $0.wipe() } }
    try self.init(key: copy, counter: [UInt8](counter))
  }

  /// Begins another message with the same key; the key schedule is kept.
  ///
  /// - Parameter counter: The first counter block: 16 bytes, big-endian.
  /// - Throws: ``AESCTRError/counterLength(_:)``; the message before goes on then.
  public mutating func restart(counter: RawSpan) throws(AESCTRError) {
    restart(try Start(counter: counter))
  }

  /// Begins another message with the same key, as ``restart(counter:)-(RawSpan)``.
  public mutating func restart(counter: [UInt8]) throws(AESCTRError) {
    try restart(counter: counter.span.bytes)
  }

  // MARK: With a nonce

  /// Starts a message whose counter blocks are a nonce and a counter behind it, with the kernel that
  /// dispatch chose.
  ///
  /// The message ends before the counter would overflow: with a nonce of 12 bytes there are 2^32 -
  /// `initialCounter` blocks, so that two messages with different nonces never share a block.
  ///
  /// Source: RFC 3686, section 4 (a nonce of 4 bytes, an initialization vector of 8, and a counter
  /// that begins with 1); NIST SP 800-38A, appendix B.2, second approach.
  ///
  /// - Parameters:
  ///   - key: 16, 24 or 32 bytes, for AES-128, AES-192 or AES-256.
  ///   - nonce: 1 to 15 bytes, different for each message under one key. Usual are 8 and 12.
  ///   - initialCounter: What the `16 - nonce` bytes behind the nonce hold in the first block.
  /// - Throws: ``AESCTRError`` for a wrong length, for a counter that does not fit, for an unknown
  ///   name in OPTLAB_MASK, and when memory runs out.
  public init(key: RawSpan, nonce: RawSpan, initialCounter: UInt64 = 0) throws(AESCTRError) {
    try self.init(
      key: key, start: Start(nonce: nonce, initialCounter: initialCounter),
      kernel: Self.chosenKernel())
  }

  /// Starts a message with a nonce, as ``init(key:nonce:initialCounter:)-(RawSpan,_,_)``.
  public init(key: [UInt8], nonce: [UInt8], initialCounter: UInt64 = 0) throws(AESCTRError) {
    try self.init(
      key: key.span.bytes, nonce: nonce.span.bytes, initialCounter: initialCounter)
  }

  /// Begins another message with the same key; the key schedule is kept.
  ///
  /// - Parameters:
  ///   - nonce: 1 to 15 bytes that no other message under this key had.
  ///   - initialCounter: What the bytes behind the nonce hold in the first block.
  /// - Throws: ``AESCTRError/nonceLength(_:)`` or
  ///   ``AESCTRError/initialCounter(_:counterBytes:)``; the message before goes on then.
  public mutating func restart(nonce: RawSpan, initialCounter: UInt64 = 0) throws(AESCTRError) {
    restart(try Start(nonce: nonce, initialCounter: initialCounter))
  }

  /// Begins another message with the same key, as ``restart(nonce:initialCounter:)-(RawSpan,_)``.
  public mutating func restart(nonce: [UInt8], initialCounter: UInt64 = 0) throws(AESCTRError) {
    try restart(nonce: nonce.span.bytes, initialCounter: initialCounter)
  }
}
