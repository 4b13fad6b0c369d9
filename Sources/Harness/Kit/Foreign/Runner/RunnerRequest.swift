/// The `prepare` line of a case, and what its outputs are held against.
struct RunnerRequest {
  var line: String
  /// What the runner must count; nil where it depends on how it writes, as with JSON.
  var bytesPerCall: Int?
  var expected: Expected

  enum Expected {
    /// Exactly these.
    case bytes([[UInt8]])
    /// Documents with the same values.
    case documents(JSONPayload)
  }

  /// One message: `prepare ID WORKLOAD message KEY COUNTER TEXT`.
  ///
  /// - Parameter expected: its ciphertext; nil is that of the reference.
  static func message(
    _ id: String, _ workload: Workload, key: [UInt8], counter: [UInt8], text: [UInt8],
    expected: [UInt8]? = nil
  ) -> RunnerRequest {
    RunnerRequest(
      line: line(id, workload, "message", [key, counter, text].map(HexLine.text)),
      bytesPerCall: text.count, expected: .bytes([expected ?? ciphertext(key, counter, text)]))
  }

  /// The classic pair: `prepare ID WORKLOAD pyaes KEY COUNTER TEXT`.
  static func pyaes(_ id: String, _ workload: Workload) -> RunnerRequest {
    let (key, counter, text) = (AESPyaes.key, AESPyaes.counter, AESPyaes.text)
    return RunnerRequest(
      line: line(id, workload, "pyaes", [key, counter, text].map(HexLine.text)),
      bytesPerCall: 2 * text.count, expected: .bytes([ciphertext(key, counter, text), text]))
  }

  /// Documents: `prepare ID json-encode documents COUNT DOCUMENT ...`, each with how often it is
  /// written in one call.
  static func documents(
    _ id: String, _ workload: Workload, _ payload: JSONPayload
  ) -> RunnerRequest {
    RunnerRequest(
      line: line(
        id, workload, "documents",
        payload.parts.flatMap { ["\($0.repeats)", HexLine.text($0.json)] }),
      bytesPerCall: nil, expected: .documents(payload))
  }

  /// The request of a case as it is measured: the same key, counter and text as every row's.
  ///
  /// - Parameter mostBytes: of a message, which is cut off there.
  /// - Returns: nil for a case that runners are not asked for.
  static func measured(
    _ id: String, _ workload: Workload, _ case: Case, seed: UInt64, mostBytes: Int = .max
  ) throws -> RunnerRequest? {
    switch (workload.kind, `case`.input) {
    case (.aesCTR(let keyBytes), .message(let bytes)):
      let bytes = min(bytes, mostBytes)
      let message = try AESMessage(
        .swiftTable, bytes: bytes, keyBytes: keyBytes, seed: seed, layout: 0)
      let text = [UInt8](UnsafeBufferPointer(start: message.buffers.input, count: bytes))
      let keystream = try AESExpectedOutput.keystream(
        key: message.key, counter: message.counter, bytes: bytes, isKept: true)
      return self.message(
        id, workload, key: message.key, counter: message.counter, text: text,
        expected: zip(text, keystream).map { $0 ^ $1 })
    case (.aesCTR, .pyaes): return pyaes(id, workload)
    case (.jsonEncode, .payload(let payload)): return documents(id, workload, payload)
    default: return nil
    }
  }

  private static func line(
    _ id: String, _ workload: Workload, _ kind: String, _ fields: [String]
  ) -> String {
    (["prepare", id, workload.id, kind] + fields).joined(separator: " ")
  }

  private static func ciphertext(
    _ key: [UInt8], _ counter: [UInt8], _ text: [UInt8]
  ) -> [UInt8] {
    let keystream = AESReference(key: key)!.keystream(
      counter: UInt128(bigEndianBytes: counter), bytes: text.count)
    return zip(text, keystream).map { $0 ^ $1 }
  }
}
