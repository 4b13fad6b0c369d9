extension Selection.Group {
  /// Makes the group's case ready for one of its implementations.
  ///
  /// - Parameters:
  ///   - seed: What key and text follow from.
  ///   - layout: Any number; each of 64 in a row puts the buffers at another page offset.
  /// - Throws: What the implementation says where it cannot take the case.
  public func prepare(
    _ implementation: Implementation, seed: UInt64, layout: Int = 0
  ) throws -> any PreparedCase {
    switch (workload.kind, implementation.work, `case`.input) {
    case (.aesCTR(let keyBytes), .aes(let kernel), .message(let bytes)):
      return try kernel.prepareMessage(bytes: bytes, keyBytes: keyBytes, seed: seed, layout: layout)
    case (.aesCTR, .aes(let kernel), .pyaes):
      return try kernel.preparePyaes(layout: layout)
    case (.aesCTR(let keyBytes), .aes(let kernel), .setup(let bytes)):
      return try kernel.prepareSetup(bytes: bytes, keyBytes: keyBytes, seed: seed, layout: layout)
    case (.aesCTR(let keyBytes), .aes(let kernel), .chain):
      return try kernel.prepareChain(keyBytes: keyBytes, seed: seed)
    case (.jsonEncode, .json(let encoding), .payload(let payload)):
      return try encoding.prepare(payload)
    case (_, .memcpy, .message(let bytes)):
      return Memcpy(bytes: bytes, layout: layout)
    case (_, .memcpy, .pyaes):
      return Memcpy(bytes: AESPyaes.text.count, layout: layout)
    case (_, .memcpy, .payload(let payload)):
      return Memcpy(bytes: payload.byteCount, layout: layout)
    case (_, .foreign(let work), _):
      return try work.prepare(workload, `case`, seed: seed, layout: layout)
    default:
      preconditionFailure("\(`case`.id) is no case of \(workload.id)")
    }
  }
}
