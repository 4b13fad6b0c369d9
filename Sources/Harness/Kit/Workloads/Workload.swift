/// The work, with its meaning fixed by a reference and vectors.
public struct Workload: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// AES in counter mode (NIST SP 800-38A, section 6.5).
    case aesCTR(keyBytes: Int)
    /// Values in memory to JSON text (RFC 8259).
    case jsonEncode
  }

  /// As in addresses: `aes-128-ctr`.
  public let id: String
  public let kind: Kind
  /// The naive implementation that others are compared with.
  public let baseline: String

  public static let aes128 = Workload(
    id: "aes-128-ctr", kind: .aesCTR(keyBytes: 16), baseline: "swift-table")
  public static let aes192 = Workload(
    id: "aes-192-ctr", kind: .aesCTR(keyBytes: 24), baseline: "swift-table")
  public static let aes256 = Workload(
    id: "aes-256-ctr", kind: .aesCTR(keyBytes: 32), baseline: "swift-table")
  public static let json = Workload(id: "json-encode", kind: .jsonEncode, baseline: "foundation")

  /// Every workload; `aes-192-ctr` only runs when asked for.
  public static let all = [aes128, aes192, aes256, json]
  public static let standard = [aes128, aes256, json]

  /// Those of the given cases that it has: `pyaes` has a key of 128 bits.
  public func cases(sizes: [Case], payloads: [JSONPayload]) -> [Case] {
    switch kind {
    case .jsonEncode: payloads.map(Case.payload)
    case .aesCTR(keyBytes: 16): sizes
    case .aesCTR: sizes.filter { if case .pyaes = $0.input { false } else { true } }
    }
  }

  /// Whether an implementation does this work.
  public func isDone(by implementation: Implementation) -> Bool {
    switch (kind, implementation.work) {
    case (.aesCTR, .aes), (.jsonEncode, .json), (_, .memcpy): true
    case (_, .foreign(let work)): work.does(self)
    default: false
    }
  }
}

/// One input of a workload.
public struct Case: Sendable {
  public enum Input: Sendable {
    /// A message of so many bytes, key schedule done before.
    case message(bytes: Int)
    /// The Python benchmark suite's `crypto_pyaes`: 23,000 bytes, encrypted and decrypted, with a
    /// key schedule each.
    case pyaes
    /// The key schedule, and a message of so many bytes after it; with 0 the key schedule alone.
    case setup(bytes: Int)
    /// A key schedule and 16 bytes, each key with the ciphertext of the call before in it.
    case chain
    case payload(JSONPayload)
  }

  /// As in addresses: `8KiB`, `HUGE`.
  public let id: String
  public let input: Input

  public static func message(bytes: Int) -> Case {
    Case(id: ByteCount.text(bytes), input: .message(bytes: bytes))
  }
  public static let pyaes = Case(id: "pyaes", input: .pyaes)
  /// A key schedule for every message, independent of the message before.
  public static func setup(bytes: Int) -> Case {
    Case(id: bytes == 0 ? "setup" : "setup+\(ByteCount.text(bytes))", input: .setup(bytes: bytes))
  }
  /// As `setup+16B`, but each waits for the one before.
  public static let chain = Case(id: "setup+16B-chained", input: .chain)
  /// The AES cases that are no message of a size. Those with `setup` only run when asked for.
  public static let named = [pyaes, setup(bytes: 0), setup(bytes: 16), chain]
  /// Whether it is bounded by more than the AES unit: by a key schedule.
  var isSetup: Bool {
    switch input {
    case .setup, .chain: true
    case .message, .pyaes, .payload: false
    }
  }
  public static func payload(_ payload: JSONPayload) -> Case {
    Case(id: payload.id, input: .payload(payload))
  }

  public static let standardSizes =
    [16, 64, 256, 1 << 10, 8 << 10, 64 << 10, 1 << 20, 16 << 20].map(Case.message) + [.pyaes]
}

/// Sizes as people write them.
public enum ByteCount {
  private static let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)]

  /// `16B`, `8KiB`, `1MiB`: the largest unit that divides it.
  public static func text(_ bytes: Int) -> String {
    for (name, shift) in units where bytes > 0 && bytes & (1 << shift - 1) == 0 {
      return "\(bytes >> shift)\(name)"
    }
    return "\(bytes)B"
  }

  /// Reads `8192`, `16B`, `8KiB`, `8k`, `1 MiB`; nil for anything else, and for what Int cannot
  /// hold.
  public static func parse(_ text: some StringProtocol) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let value = Int(digits) else { return nil }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
    if unit.isEmpty || unit == "b" { return value }
    for (name, shift) in units
    where [name.lowercased(), String(name.first!).lowercased()].contains(unit) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 1 << shift)
      return overflow ? nil : product
    }
    return nil
  }
}
