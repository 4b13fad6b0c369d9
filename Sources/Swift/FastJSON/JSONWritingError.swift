// SPDX-License-Identifier: Apache-2.0

/// Why a value could not be written as JSON.
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
