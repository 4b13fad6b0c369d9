import AESCTR

/// `text` xor the keystream, by the textbook's tables, which share no code with other
/// implementations.
///
/// - Parameter block: How many blocks to go on from `counter`.
func expected(_ text: [UInt8], key: [UInt8], counter: [UInt8], block: UInt128 = 0) -> [UInt8] {
  let first = counter.withUnsafeBytes { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) }
  let table = key.withUnsafeBytes { SwiftTable(key: $0)! }
  var output = text
  withUnsafeBytes(of: (first &+ block).bigEndian) { counter in
    output.withUnsafeMutableBytes { output in
      guard let start = output.baseAddress else { return }
      table.crypt(
        counter: counter.baseAddress!, input: start, output: start, count: output.count)
    }
  }
  return output
}

extension AESCTR {
  /// A cipher of one implementation; its name comes first, as in a test's arguments.
  static func make(_ id: String, key: [UInt8], counter: [UInt8]) throws -> AESCTR {
    try AESCTR(key: key, counter: counter, implementation: id)
  }
}
