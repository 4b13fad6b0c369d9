extension AESCTR {
  /// Encrypts or decrypts a whole message.
  ///
  /// The key schedule is computed, used and overwritten; for many messages under one key,
  /// ``restart(counter:)-(RawSpan)`` saves that.
  ///
  /// - Parameters:
  ///   - text: Any number of bytes.
  ///   - key: 16, 24 or 32 bytes.
  ///   - counter: The first counter block: 16 bytes, big-endian.
  /// - Returns: As many bytes as `text` has.
  /// - Throws: ``AESCTRError``, as ``init(key:counter:)-([UInt8],_)`` does.
  public static func crypt(_ text: [UInt8], key: [UInt8], counter: [UInt8]) throws(AESCTRError)
    -> [UInt8]
  {
    var cipher = try AESCTR(key: key, counter: counter)
    return try cipher.update(text)
  }

  /// Encrypts or decrypts a whole message, in place.
  ///
  /// - Parameters:
  ///   - text: Any number of bytes.
  ///   - key: 16, 24 or 32 bytes.
  ///   - counter: The first counter block: 16 bytes, big-endian.
  /// - Throws: ``AESCTRError``, as ``init(key:counter:)-(RawSpan,_)`` does; nothing is changed then.
  public static func crypt(_ text: inout MutableRawSpan, key: RawSpan, counter: RawSpan)
    throws(AESCTRError)
  {
    var cipher = try AESCTR(key: key, counter: counter)
    try cipher.update(&text)
  }

  /// Encrypts or decrypts a whole message.
  ///
  /// - Parameters:
  ///   - text: Any number of bytes.
  ///   - output: As many bytes; all of them are written.
  ///   - key: 16, 24 or 32 bytes.
  ///   - counter: The first counter block: 16 bytes, big-endian.
  /// - Throws: ``AESCTRError``, as ``init(key:counter:)-(RawSpan,_)`` and
  ///   ``update(_:into:)-(RawSpan,_)`` do; nothing is written then.
  public static func crypt(
    _ text: RawSpan, into output: inout MutableRawSpan, key: RawSpan, counter: RawSpan
  ) throws(AESCTRError) {
    var cipher = try AESCTR(key: key, counter: counter)
    try cipher.update(text, into: &output)
  }
}
