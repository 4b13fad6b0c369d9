import OptlabBasics

/// A published example of AES in counter mode.
package struct AESVector: Sendable, CustomStringConvertible {
  /// Where it stands: `SP 800-38A F.5.1`.
  package var name: String
  package var key: [UInt8]
  package var counter: [UInt8]
  package var text: [UInt8]
  package var ciphertext: [UInt8]

  package var description: String { name }

  private init(_ name: String, key: String, counter: String, text: String, ciphertext: String) {
    self.name = name
    self.key = Self.bytes(key)
    self.counter = Self.bytes(counter)
    self.text = Self.bytes(text)
    self.ciphertext = Self.bytes(ciphertext)
  }

  private static func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  /// SP 800-38A, then RFC 3686, for all three key lengths.
  package static let all: [AESVector] = sp800Part38A + rfc3686

  // MARK: NIST SP 800-38A, appendix F.5

  /// F.5.1, F.5.3 and F.5.5 encrypt; F.5.2, F.5.4 and F.5.6 are the same the other way round.
  private static let sp800Part38A: [AESVector] = [
    (
      "2b7e151628aed2a6abf7158809cf4f3c",
      """
      874d6191b620e3261bef6864990db6ce 9806f66b7970fdff8617187bb9fffdff
      5ae4df3edbd5d35e5b4f09020db03eab 1e031dda2fbe03d1792170a0f3009cee
      """
    ),
    (
      "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
      """
      1abc932417521ca24f2b0459fe7e6e0b 090339ec0aa6faefd5ccc2c6f4ce8e94
      1e36b26bd1ebc670d1bd1d665620abf7 4f78a7f6d29809585a97daec58c6b050
      """
    ),
    (
      "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
      """
      601ec313775789a5b7a7f504bbf3d228 f443e3ca4d62b59aca84e990cacaf5c5
      2b0930daa23de94ce87017ba2d84988d dfc9c58db67aada613c2dd08457941a6
      """
    ),
  ].enumerated().flatMap { index, example in
    let counter = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
    let text = """
      6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
      30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710
      """
    let (key, ciphertext) = example
    return [
      AESVector(
        "SP 800-38A F.5.\(2 * index + 1)", key: key, counter: counter, text: text,
        ciphertext: ciphertext),
      AESVector(
        "SP 800-38A F.5.\(2 * index + 2)", key: key, counter: counter, text: ciphertext,
        ciphertext: text),
    ]
  }

  // MARK: RFC 3686, section 6

  private static let rfc3686: [AESVector] = {
    let message = "53696e676c6520626c6f636b206d7367"  // "Single block msg"
    let count32 = "000102030405060708090a0b0c0d0e0f 101112131415161718191a1b1c1d1e1f"
    let count36 = count32 + "20212223"
    // Key; nonce and IV, which the block counter 1 follows; text; ciphertext.
    return [
      (
        "ae6852f8121067cc4bf7a5765577f39e", "000000300000000000000000", message,
        "e4095d4fb7a7b3792d6175a3261311b8"
      ),
      (
        "7e24067817fae0d743d6ce1f32539163", "006cb6dbc0543b59da48d90b", count32,
        "5104a106168a72d9790d41ee8edad388 eb2e1efc46da57c8fce630df9141be28"
      ),
      (
        "7691be035e5020a8ac6e618529f9a0dc", "00e0017b27777f3f4a1786f0", count36,
        "c1cf48a89f2ffdd9cf4652e9efdb72d7 4540a42bde6d7836d59a5ceaaef31053 25b2072f"
      ),
      (
        "16af5b145fc9f579c175f93e3bfb0eed863d06ccfdb78515", "0000004836733c147d6d93cb", message,
        "4b55384fe259c9c84e7935a003cbe928"
      ),
      (
        "7c5cb2401b3dc33c19e7340819e0f69c678c3db8e6f6a91a", "0096b03b020c6eadc2cb500d", count32,
        "453243fc609b23327edfaafa7131cd9f 8490701c5ad4a79cfc1fe0ff42f4fb00"
      ),
      (
        "02bf391ee8ecb159b959617b0965279bf59b60a786d3e0fe", "0007bdfd5cbd60278dcc0912", count36,
        "96893fc55e5c722f540b7dd1ddf7e758 d288bc95c69165884536c811662f2188 abee0935"
      ),
      (
        "776beff2851db06f4c8a0542c8696f6c6a81af1eec96b4d37fc1d689e6c1c104",
        "00000060db5672c97aa8f0b2", message, "145ad01dbf824ec7560863dc71e3e0c0"
      ),
      (
        "f6d66d6bd52d59bb0796365879eff886c66dd51a5b6a99744b50590c87a23884",
        "00faac24c1585ef15a43d875", count32,
        "f05e231b3894612c49ee000b804eb2a9 b8306b508f839d6a5530831d9344af1c"
      ),
      (
        "ff7a617ce69148e4f1726e2f43581de2aa62d9f805532edff1eed687fb54153d",
        "001cc5b751a51d70a1c11148", count36,
        "eb6c52821d0bbbf7ce7594462aca4faa b407df866569fd07f48cc0b583d6071f 1ec0e6b8"
      ),
    ].enumerated().map { index, example in
      let (key, nonceAndIV, text, ciphertext) = example
      return AESVector(
        "RFC 3686 #\(index + 1)", key: key, counter: nonceAndIV + "00000001", text: text,
        ciphertext: ciphertext)
    }
  }()
}
