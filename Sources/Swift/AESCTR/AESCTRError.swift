/// What can go wrong when an ``AESCTR`` is made or used.
///
/// No case holds a reference: Swift 6.3 cannot compile an optimised program that catches one case of
/// a typed error that does.
///
/// Swift 6.3 crashes at a `catch` of this error with a condition (a `where`, or a value where a
/// payload could be bound), or compiles for ever, unless a `catch { throw error }` stands behind it
/// or the function throws this type alone; so it does with typed errors of any kind.
public enum AESCTRError: Error, Equatable, Sendable {
  /// The key is this many bytes long; AES takes 16, 24 or 32 (FIPS 197, section 5).
  case keyLength(Int)
  /// The counter block is this many bytes long; it must be 16 (NIST SP 800-38A, section 6.5).
  case counterLength(Int)
  /// The nonce is this many bytes long; with 1 to 15 it leaves room for a counter.
  case nonceLength(Int)
  /// The initial counter is larger than the bytes behind the nonce can hold.
  case initialCounter(UInt64, counterBytes: Int)
  /// Input and output differ in length, both in bytes; or the output has less room.
  case outputLength(input: Int, output: Int)
  /// Input and output have memory in common, and are not the same.
  case overlap
  /// The message cannot go on for as many bytes as were asked for, only for `left`: a counter block
  /// would be used twice, or run into the nonce.
  case keystreamExhausted(requested: Int, left: UInt64)
  /// The place lies behind the end of the longest message that can be, or its byte is not one of a
  /// block.
  case position(AESCTR.Position, last: AESCTR.Position)
  /// The offset is negative, or at least 2^132.
  case offset
  /// The environment variable OPTLAB_MASK names a CPU feature that does not exist.
  case unknownFeature(Name)
  /// There is no implementation of that name.
  case unknownImplementation(Name)
  /// The CPU, the operating system or OPTLAB_MASK does not let that implementation run.
  case unavailableImplementation(Name)
  /// The implementation could not allocate memory for its key schedule.
  case outOfMemory
}

extension AESCTRError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .keyLength(let bytes):
      "a key of \(bytes) bytes: AES takes 16, 24 or 32"
    case .counterLength(let bytes):
      "a counter block of \(bytes) bytes: it must be 16"
    case .nonceLength(let bytes):
      "a nonce of \(bytes) bytes: it must be 1 to 15, so that a counter fits behind it"
    case .initialCounter(let counter, let bytes):
      "an initial counter of \(counter): the nonce leaves \(bytes) bytes for it"
    case .outputLength(let input, let output):
      "an output of \(output) bytes for an input of \(input): they must be equal"
    case .overlap:
      "input and output overlap: they must be the same memory or have none in common"
    case .keystreamExhausted(let requested, let left):
      "\(requested) bytes more: the message can go on for \(left), then its counter blocks are used up"
    case .position(let position, let last):
      "block \(position.block), byte \(position.byte): the message ends at block \(last.block), "
        + "byte \(last.byte)"
    case .offset:
      "an offset that is no place in a message: it must be 0 or more, and less than 2^132"
    case .unknownFeature(let name):
      "OPTLAB_MASK names '\(name)', which is no CPU feature"
    case .unknownImplementation(let name):
      "there is no implementation '\(name)'; AESCTR.implementations lists those that can run"
    case .unavailableImplementation(let name):
      "'\(name)' cannot run here; AESCTR.implementations lists those that can"
    case .outOfMemory:
      "out of memory"
    }
  }
}

extension AESCTRError {
  /// A name that is wrong, in memory of its own: of a longer one, the first 44 bytes of UTF-8 or
  /// fewer, and an ellipsis.
  public struct Name: Equatable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// UTF-8, with zeros behind it, which no name holds.
    private var bytes: (UInt128, UInt128, UInt128) = (0, 0, 0)

    private static var most: Int { MemoryLayout<(UInt128, UInt128, UInt128)>.size - 1 }

    public init(_ name: some StringProtocol) {
      var text = String(name.prefix { $0 != "\0" })
      if text.utf8.count > Self.most {
        var end = text.utf8.index(text.startIndex, offsetBy: Self.most - 3)
        while end.samePosition(in: text.unicodeScalars) == nil { text.utf8.formIndex(before: &end) }
        text = text[..<end] + "…"
      }
      withUnsafeMutableBytes(of: &bytes) { $0.copyBytes(from: text.utf8) }
    }

    public init(stringLiteral name: String) { self.init(name) }

    public var description: String {
      withUnsafeBytes(of: bytes) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    public static func == (a: Name, b: Name) -> Bool { a.bytes == b.bytes }
  }
}
