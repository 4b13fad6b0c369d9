import OptlabBasics
import OptlabLab

/// What an AES case encrypts.
public enum AESInput: CaseInput, Hashable {
  /// A message of so many bytes, key schedule done before.
  case message(bytes: Int)
  /// The Python benchmark suite's `crypto_pyaes`: 23,000 bytes, encrypted and decrypted, with a
  /// key schedule each.
  case pyaes
  /// The key schedule, and a message of so many bytes after it; with 0 the key schedule alone.
  case setup(bytes: Int)
  /// A key schedule and 16 bytes, each key with the ciphertext of the call before in it.
  case chain

  /// It is bounded by a key schedule too.
  public var isSetup: Bool {
    switch self {
    case .setup, .chain: true
    case .message, .pyaes: false
    }
  }

  /// A key schedule has nothing in it that could be copied.
  public var copiedBytes: Int? {
    switch self {
    case .message(let bytes): bytes
    case .pyaes: AESPyaes.text.count
    case .setup, .chain: nil
    }
  }
}

extension Case {
  /// nil for a case of another workload.
  var aesInput: AESInput? { input as? AESInput }

  public static func message(bytes: Int) -> Case {
    Case(id: ByteCount.text(bytes), input: AESInput.message(bytes: bytes))
  }
  public static let pyaes = Case(id: "pyaes", input: AESInput.pyaes)
  /// A key schedule for every message, independent of the message before.
  public static func setup(bytes: Int) -> Case {
    Case(
      id: bytes == 0 ? "setup" : "setup+\(ByteCount.text(bytes))",
      input: AESInput.setup(bytes: bytes))
  }
  /// As `setup+16B`, but each waits for the one before.
  public static let chain = Case(id: "setup+16B-chained", input: AESInput.chain)
}

extension AESInput {
  /// The cases that are no message of a size. Those with `setup` only run when asked for.
  public static let named = [Case.pyaes, .setup(bytes: 0), .setup(bytes: 16), .chain]

  public static let standardCases =
    [16, 64, 256, 1 << 10, 8 << 10, 64 << 10, 1 << 20, 16 << 20].map(Case.message) + [.pyaes]

  /// Reads message sizes separated by commas: bytes, `8KiB`, `1MiB`, `1..1024` for every length from
  /// 1 to 1,024 bytes, or a case with a name (`pyaes`, `setup`, `setup+16B`).
  public static func cases(_ text: String) throws(Selection.Failure) -> [Case] {
    var cases: [Case] = []
    for name in Selection.split(text) {
      if let named = named.first(where: { $0.id == name }) {
        cases.append(named)
      } else if let bytes = message(name) {
        cases.append(.message(bytes: bytes))
      } else if let range = messages(name) {
        cases += range.map(Case.message)
      } else {
        throw Selection.Failure(
          description:
            "'\(name)' is not a message size" + NearMiss.question(name, among: named.map(\.id))
            + "; give 1 to \(largestMessage) bytes, such as "
            + "16, 8KiB or 1MiB, a range of at most \(longestRange) such as 1..1024, or "
            + named.map(\.id).joined(separator: ", "))
      }
    }
    return cases
  }

  private static func message(_ text: some StringProtocol) -> Int? {
    ByteCount.parse(text).flatMap { (1...largestMessage).contains($0) ? $0 : nil }
  }

  private static func messages(_ text: String) -> ClosedRange<Int>? {
    guard let dots = text.firstRange(of: ".."),
      let first = message(text[..<dots.lowerBound]), let last = message(text[dots.upperBound...]),
      first <= last, last - first < longestRange
    else { return nil }
    return first...last
  }

  /// Each length is a case of its own, in tables and files too.
  public static let longestRange = 4096

  /// Two buffers of this size must fit into memory.
  public static let largestMessage = 1 << 30
}
