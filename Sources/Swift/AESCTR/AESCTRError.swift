/// What can go wrong when an ``AESCTR`` is made or used.
public enum AESCTRError: Error, Equatable, Sendable {
  /// The key is this many bytes long; AES takes 16, 24 or 32 (FIPS 197, section 5).
  case keyLength(Int)
  /// The counter block is this many bytes long; it must be 16 (NIST SP 800-38A, section 6.5).
  case counterLength(Int)
  /// Input and output differ in length, both in bytes.
  case outputLength(input: Int, output: Int)
  /// The environment variable OPTLAB_MASK names a CPU feature that does not exist.
  case unknownFeature(String)
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
    case .outputLength(let input, let output):
      "an output of \(output) bytes for an input of \(input): they must be equal"
    case .unknownFeature(let name):
      "OPTLAB_MASK names '\(name)', which is no CPU feature"
    case .outOfMemory:
      "out of memory"
    }
  }
}
