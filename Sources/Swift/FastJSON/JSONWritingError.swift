// SPDX-License-Identifier: Apache-2.0

/// Why a value could not be written as JSON.
///
/// Swift 6.3 crashes at a `catch` of this error with a condition (a `where`, or a value where a
/// payload could be bound), or compiles for ever, unless a `catch { throw error }` stands behind it
/// or the function throws this type alone; so it does with typed errors of any kind.
public enum JSONWritingError: Error, Equatable, CustomStringConvertible {
  /// A NaN or an infinity, which JSON cannot express (RFC 8259, section 6). `offset` is the number
  /// of bytes written before it.
  case nonFiniteNumber(Double, offset: Int)

  public var description: String {
    switch self {
    case .nonFiniteNumber(let value, let offset):
      "JSON has no number \(value) (at byte \(offset) of the output)"
    }
  }
}
