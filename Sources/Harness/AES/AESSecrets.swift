import OptlabLab

/// Bytes that an AES-CTR kernel may leave nowhere, and a way to find them.
///
/// Words of 4 bytes are looked for at addresses that are multiples of 4, in both byte orders, and
/// 8 bytes in a row anywhere. A single secret byte, and a form that is neither AES's own nor its
/// words reversed (bit slices, say), are not recognised.
struct AESSecrets {
  private var words: [UInt32: String] = [:]
  private var runs: [UInt64: String] = [:]

  /// The key, its schedule, and for each block of the message the state after each round.
  ///
  /// - Parameters:
  ///   - counter: Of the first block.
  ///   - text: The message.
  init(key: [UInt8], counter: UInt128, text: [UInt8]) {
    let cipher = AESReference(key: key)!
    add(text, "the text")
    for (round, roundKey) in cipher.roundKeyBytes.enumerated() {
      add(roundKey, "round key \(round)")
    }
    var ciphertext: [UInt8] = []
    for block in 0..<(text.count + 15) / 16 {
      let states = cipher.states(of: (counter &+ UInt128(block)).bigEndianBytes)
      for (round, state) in states.dropLast().enumerated() {
        add(state, "block \(block)'s state before round \(round + 1)")
      }
      let keystream = states.last!
      add(keystream, "the keystream of block \(block)")
      ciphertext += zip(text[(16 * block)...], keystream).map { $0 ^ $1 }
    }
    // When a kernel decrypts, this is the text.
    add(ciphertext, "the ciphertext, which may be a text")
    add(key, "the key")
  }

  private mutating func add(_ bytes: [UInt8], _ name: String) {
    for i in stride(from: 0, through: bytes.count - 4, by: 4) {
      let word = Self.load(bytes, i, as: UInt32.self)
      words[word] = name
      words[word.byteSwapped] = name
    }
    for i in stride(from: 0, through: bytes.count - 8, by: 1) {
      runs[Self.load(bytes, i, as: UInt64.self)] = name
    }
  }

  /// - Returns: `4 bytes of round key 3, 24 bytes below the stack pointer`, for the first secret that
  ///   a call left in its stack.
  func find(in call: CheckedCall) -> String? {
    let (bytes, before) = (call.touched, call.before)
    func changed(_ range: Range<Int>) -> Bool { bytes[range] != before[range] }
    for i in stride(from: 0, through: bytes.count - 4, by: 1) {
      let depth = call.depth - i
      let place = "\(depth) bytes below its caller's stack pointer"
      if i + 8 <= bytes.count, let name = runs[Self.load(bytes, i, as: UInt64.self)],
        changed(i..<i + 8)
      {
        return "8 bytes of \(name), \(place)"
      }
      if depth % 4 == 0, let name = words[Self.load(bytes, i, as: UInt32.self)], changed(i..<i + 4)
      {
        return "4 bytes of \(name), \(place)"
      }
    }
    return nil
  }

  private static func load<Word: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: [UInt8], _ offset: Int, as: Word.Type
  ) -> Word {
    bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Word.self) }
  }
}
