import OptlabBasics
import OptlabExternal
import OptlabLab

extension AESWorkload: ExternalWorkload {
  public var pluginABI: (any PluginABI)? { AESPluginABI() }

  public var contestants: [Contestants.Known] {
    [
      ("c-example", "C"), ("libgcrypt", "libgcrypt"), ("ipsec-mb", "ipsec-mb"),
      ("swift-crypto", "swift-crypto"),
    ].map { Contestants.Known(name: $0, ending: "so", id: $0, language: $1) }
      + ["python-pyaes", "python-cryptography"].map {
        Contestants.Known(name: "python", ending: "runner", id: $0, language: "Python")
      }
  }

  public func runnerRequest(_ one: Case, seed: UInt64, mostBytes: Int) throws -> RunnerRequest? {
    switch one.aesInput {
    case .message(let whole):
      let bytes = min(whole, mostBytes)
      let message = try AESMessage(
        .swiftTable, bytes: bytes, keyBytes: keyBytes, seed: seed, layout: 0)
      let text = [UInt8](UnsafeBufferPointer(start: message.buffers.input, count: bytes))
      let keystream = try AESExpectedOutput.keystream(
        key: message.key, counter: message.counter, bytes: bytes, isKept: true)
      var request = Self.message(
        key: message.key, counter: message.counter, text: text,
        expected: zip(text, keystream).map { $0 ^ $1 })
      request.wholeUnits = whole
      return request
    case .pyaes: return Self.pyaes
    case .setup, .chain, nil: return nil
    }
  }

  /// Vectors, lengths around the block, a counter that wraps, and the classic pair.
  public func runnerChecks(cases: [Case], seed: UInt64) -> [(check: String, request: RunnerRequest)]
  {
    var requests: [(String, RunnerRequest)] = []
    for vector in AESVector.all where vector.key.count == keyBytes {
      requests.append(
        (
          vector.name,
          Self.message(
            key: vector.key, counter: vector.counter, text: vector.text,
            expected: vector.ciphertext)
        ))
    }
    var random = SeededGenerator(seed: seed)
    for length in [1, 15, 16, 17, 63, 64, 65, 255, 1024, 4096, 4097] {
      requests.append(
        (
          "\(length) bytes",
          Self.message(
            key: random.bytes(keyBytes), counter: random.bytes(16), text: random.bytes(length))
        ))
    }
    for ones in [4, 8, 12, 16] {
      // All ones below: the carry goes through them with the second block.
      let counter = random.bytes(16 - ones) + [UInt8](repeating: 0xFF, count: ones)
      requests.append(
        (
          "a counter whose last \(ones) bytes overflow",
          Self.message(key: random.bytes(keyBytes), counter: counter, text: random.bytes(100))
        ))
    }
    if keyBytes == 16 { requests.append(("pyaes", Self.pyaes)) }
    return requests
  }

  /// One message: `message KEY COUNTER TEXT`.
  ///
  /// - Parameter expected: its ciphertext; nil is that of the reference.
  private static func message(
    key: [UInt8], counter: [UInt8], text: [UInt8], expected: [UInt8]? = nil
  ) -> RunnerRequest {
    RunnerRequest(
      kind: "message", fields: [key, counter, text].map(HexLine.text), unitsPerCall: text.count,
      expected: [expected ?? ciphertext(key, counter, text)])
  }

  /// The classic pair: `pyaes KEY COUNTER TEXT`.
  private static var pyaes: RunnerRequest {
    let (key, counter, text) = (AESPyaes.key, AESPyaes.counter, AESPyaes.text)
    return RunnerRequest(
      kind: "pyaes", fields: [key, counter, text].map(HexLine.text), unitsPerCall: 2 * text.count,
      expected: [ciphertext(key, counter, text), text])
  }

  private static func ciphertext(
    _ key: [UInt8], _ counter: [UInt8], _ text: [UInt8]
  ) -> [UInt8] {
    let keystream = AESReference(key: key)!.keystream(
      counter: UInt128(bigEndianBytes: counter), bytes: text.count)
    return zip(text, keystream).map { $0 ^ $1 }
  }
}
