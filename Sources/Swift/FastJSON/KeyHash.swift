// SPDX-License-Identifier: Apache-2.0

extension String {
  /// The same for keys that are equal, which for Swift's strings means canonically equivalent.
  /// `hashValue` is, too, but costs more than to write the key.
  @inline(__always)
  func keyHash(readsLayout: Bool) -> UInt64 {
    guard readsLayout else { return UInt64(bitPattern: Int64(hashValue)) }
    let words = StringLayout.words(of: self)
    guard words.object & StringLayout.isSmall != 0 else { return keyHashOfLarge(words) }
    return keyHash(words.first, words.object & 0x00FF_FFFF_FFFF_FFFF)
  }

  /// Up to 15 bytes, with zeros behind them.
  @inline(__always)
  private func keyHash(_ first: UInt64, _ second: UInt64) -> UInt64 {
    if (first | second) & 0x8080_8080_8080_8080 != 0 { return slowKeyHash }
    let (high, low) = (first ^ 0x9E37_79B9_7F4A_7C15)
      .multipliedFullWidth(by: second ^ 0xD6E8_FEB8_6659_FD93)
    return high ^ low
  }

  /// For a key that is not all ASCII.
  private var slowKeyHash: UInt64 {
    @inline(never) get {
      asASCII?.keyHash(readsLayout: true) ?? UInt64(bitPattern: Int64(hashValue))
    }
  }

  /// The text in ASCII that this one is equal to; nil where there is none. Three characters outside
  /// of ASCII are canonically equivalent to one inside, and no others can be added.
  ///
  /// Source: UnicodeData.txt, singleton decompositions; Unicode Character Encoding Stability
  /// Policies, "Normalization Stability".
  private var asASCII: String? {
    var ascii = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\u{212A}": ascii.unicodeScalars.append("K")
      case "\u{037E}": ascii.unicodeScalars.append(";")
      case "\u{1FEF}": ascii.unicodeScalars.append("`")
      case _ where scalar.isASCII: ascii.unicodeScalars.append(scalar)
      default: return nil
      }
    }
    return ascii
  }

  @inline(never)
  private func keyHashOfLarge(_ words: StringLayout.Words) -> UInt64 {
    guard let bytes = StringLayout.largeBytes(words) else { return slowKeyHash(of: self) }
    return keyHash(of: bytes)
  }

  private func slowKeyHash(of string: String) -> UInt64 {
    var copy = string
    return copy.withUTF8 { keyHash(of: UnsafeRawBufferPointer($0)) }
  }

  private func keyHash(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    if bytes.count < 16 {
      let text = ShortText(bytes)
      return keyHash(
        UInt64(truncatingIfNeeded: text.bytes), UInt64(truncatingIfNeeded: text.bytes >> 64))
    }
    var hash: UInt64 = 0
    var seen: UInt64 = 0
    var offset = 0
    while offset < bytes.count {
      let start = min(offset, bytes.count - 8)
      let word = bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
      seen |= word
      let (high, low) = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
      hash = high ^ low &+ UInt64(truncatingIfNeeded: bytes.count)
      offset += 8
    }
    return seen & 0x8080_8080_8080_8080 != 0 ? slowKeyHash : hash
  }
}
