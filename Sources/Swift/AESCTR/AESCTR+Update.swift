extension AESCTR {
  // MARK: In place

  /// Encrypts or decrypts the next bytes of the message, in place.
  ///
  /// - Throws: ``AESCTRError/keystreamExhausted(requested:left:)``, as every `update` does where the
  ///   message would become longer than it can; nothing is changed then, and the cipher stays where
  ///   it was.
  public mutating func update(_ text: inout MutableRawSpan) throws(AESCTRError) {
    try require(text.byteCount)
    text.withUnsafeMutableBytes { text in
      guard let start = text.baseAddress else { return }
      crypt(UnsafeRawPointer(start), start, text.count)
    }
  }

  /// Encrypts or decrypts the next bytes of the message, in place.
  ///
  /// - Throws: ``AESCTRError/keystreamExhausted(requested:left:)``; nothing is changed then.
  public mutating func update(_ text: inout MutableSpan<UInt8>) throws(AESCTRError) {
    try require(text.count)
    text.withUnsafeMutableBytes { text in
      guard let start = text.baseAddress else { return }
      crypt(UnsafeRawPointer(start), start, text.count)
    }
  }

  /// Encrypts or decrypts the next bytes of the message, in place.
  ///
  /// - Throws: ``AESCTRError/keystreamExhausted(requested:left:)``; nothing is changed then.
  public mutating func update(_ text: inout [UInt8]) throws(AESCTRError) {
    try require(text.count)
    text.withUnsafeMutableBytes { text in
      guard let start = text.baseAddress else { return }
      crypt(UnsafeRawPointer(start), start, text.count)
    }
  }

  /// Encrypts or decrypts the next bytes of the message, in place.
  ///
  /// - Throws: ``AESCTRError/keystreamExhausted(requested:left:)``; nothing is changed then.
  public mutating func update(_ text: UnsafeMutableRawBufferPointer) throws(AESCTRError) {
    try require(text.count)
    guard let start = text.baseAddress else { return }
    crypt(UnsafeRawPointer(start), start, text.count)
  }

  // MARK: Into memory of the caller's

  /// Encrypts or decrypts the next bytes of the message.
  ///
  /// - Parameters:
  ///   - text: Any number of bytes.
  ///   - output: As many bytes; all of them are written.
  /// - Throws: ``AESCTRError/outputLength(input:output:)`` where the lengths differ, or
  ///   ``AESCTRError/keystreamExhausted(requested:left:)``; nothing is written then, and the cipher
  ///   stays where it was.
  public mutating func update(_ text: RawSpan, into output: inout MutableRawSpan)
    throws(AESCTRError)
  {
    guard text.byteCount == output.byteCount else {
      throw .outputLength(input: text.byteCount, output: output.byteCount)
    }
    try require(text.byteCount)
    text.withUnsafeBytes { text in
      output.withUnsafeMutableBytes { output in
        guard let from = text.baseAddress, let to = output.baseAddress else { return }
        crypt(from, to, text.count)
      }
    }
  }

  /// Encrypts or decrypts the next bytes of the message, as ``update(_:into:)-(RawSpan,_)``.
  public mutating func update(_ text: Span<UInt8>, into output: inout MutableSpan<UInt8>)
    throws(AESCTRError)
  {
    var bytes = output.mutableBytes
    try update(text.bytes, into: &bytes)
  }

  /// Encrypts or decrypts the next bytes of the message.
  ///
  /// - Parameters:
  ///   - text: Any number of bytes.
  ///   - output: As many bytes; all of them are written. It may be `text`'s own memory.
  /// - Throws: ``AESCTRError/outputLength(input:output:)`` where the lengths differ,
  ///   ``AESCTRError/overlap`` where the two have bytes in common but not all, or
  ///   ``AESCTRError/keystreamExhausted(requested:left:)``; nothing is written then, and the cipher
  ///   stays where it was.
  public mutating func update(
    _ text: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(AESCTRError) {
    guard text.count == output.count else {
      throw .outputLength(input: text.count, output: output.count)
    }
    try require(text.count)
    guard let from = text.baseAddress, let to = output.baseAddress else { return }
    guard from == UnsafeRawPointer(to) || from + text.count <= to || to + text.count <= from else {
      throw .overlap
    }
    crypt(from, to, text.count)
  }

  // MARK: Behind what is there

  /// Encrypts or decrypts the next bytes of the message, and appends the result.
  ///
  /// - Throws: ``AESCTRError/keystreamExhausted(requested:left:)``; nothing is appended then.
  public mutating func update(_ text: RawSpan, appendingTo output: inout [UInt8])
    throws(AESCTRError)
  {
    try require(text.byteCount)
    output.append(addingCapacity: text.byteCount) { output in
      output.withUnsafeMutableBufferPointer { output, initialized in
        text.withUnsafeBytes { text in
          guard let from = text.baseAddress, let to = output.baseAddress else { return }
          crypt(from, UnsafeMutableRawPointer(to + initialized), text.count)
          initialized += text.count
        }
      }
    }
  }

  /// Encrypts or decrypts the next bytes of the message, and appends the result.
  ///
  /// - Throws: ``AESCTRError/outputLength(input:output:)`` where `output` has less room than `text`
  ///   has bytes, or ``AESCTRError/keystreamExhausted(requested:left:)``; nothing is appended then.
  public mutating func update(_ text: RawSpan, appendingTo output: inout OutputRawSpan)
    throws(AESCTRError)
  {
    guard text.byteCount <= output.freeCapacity else {
      throw .outputLength(input: text.byteCount, output: output.freeCapacity)
    }
    try require(text.byteCount)
    text.withUnsafeBytes { text in
      output.withUnsafeMutableBytes { output, initialized in
        guard let from = text.baseAddress, let to = output.baseAddress else { return }
        crypt(from, to + initialized, text.count)
        initialized += text.count
      }
    }
  }

  /// Encrypts or decrypts the next bytes of the message.
  ///
  /// - Returns: As many bytes as `text` has.
  /// - Throws: ``AESCTRError/keystreamExhausted(requested:left:)``
  public mutating func update(_ text: [UInt8]) throws(AESCTRError) -> [UInt8] {
    try require(text.count)
    return [UInt8](unsafeUninitializedCapacity: text.count) { output, initialized in
      text.withUnsafeBytes { text in
        guard let from = text.baseAddress, let to = output.baseAddress else { return }
        crypt(from, UnsafeMutableRawPointer(to), text.count)
      }
      initialized = text.count
    }
  }

  /// Encrypts or decrypts the next bytes of the message, from any collection: a `Data`, a slice.
  ///
  /// - Returns: As many bytes as `text` has.
  /// - Throws: ``AESCTRError/keystreamExhausted(requested:left:)``
  public mutating func update(_ text: some Collection<UInt8>) throws(AESCTRError) -> [UInt8] {
    var bytes = [UInt8](text)
    try update(&bytes)
    return bytes
  }
}
