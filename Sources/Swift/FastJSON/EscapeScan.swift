// SPDX-License-Identifier: Apache-2.0

// Which bytes of a string JSON wants escaped: `"`, `\` and all below 0x20 (RFC 8259, section 7).

/// Finds the bytes that need an escape among eight at once.
///
/// Source: Warren, Hacker's Delight, 2nd edition, section 6-1 (zero bytes in a word).
///
/// - Returns: 0 when there is none. Else the lowest byte whose top bit is set is the first that
///   needs an escape; bytes above it may be set without need, because the subtractions borrow.
@inlinable @inline(__always)
func escapeMarks(_ word: UInt64) -> UInt64 {
  let quote = (word ^ 0x2222_2222_2222_2222) &- 0x0101_0101_0101_0101
  let backslash = (word ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101
  let control = word &- 0x2020_2020_2020_2020
  return (quote | backslash | control) & ~word & 0x8080_8080_8080_8080
}

@inlinable @inline(__always)
func slashMarks(_ word: UInt64) -> UInt64 {
  ((word ^ 0x2F2F_2F2F_2F2F_2F2F) &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
}

/// The bytes that need an escape, for vectors of 16. The constants are held as vectors, since a
/// comparison with a scalar may be compiled to a loop over the lanes.
@usableFromInline
struct EscapeScan {
  @usableFromInline let quote = SIMD16<UInt8>(repeating: 0x22)
  @usableFromInline let backslash = SIMD16<UInt8>(repeating: 0x5C)
  @usableFromInline let space = SIMD16<UInt8>(repeating: 0x20)
  /// `/` where slashes are escaped, else a quote once more.
  @usableFromInline let slash: SIMD16<UInt8>

  @inlinable @inline(__always)
  init(escapingSlashes: Bool) {
    slash = SIMD16<UInt8>(repeating: escapingSlashes ? 0x2F : 0x22)
  }

  /// All ones in each byte that needs an escape, the first byte in the lowest bits.
  ///
  /// Two words instead of a mask, because the questions that can be put to a SIMDMask are calls.
  @inlinable @inline(__always)
  func marks(_ bytes: SIMD16<UInt8>) -> SIMD2<UInt64> {
    let found =
      (bytes .== quote) .| (bytes .== backslash) .| (bytes .< space) .| (bytes .== slash)
    return unsafeBitCast(found, to: SIMD2<UInt64>.self)
  }

  @inlinable @inline(__always)
  func finds(in bytes: SIMD16<UInt8>) -> Bool {
    let marks = marks(bytes)
    return marks[0] | marks[1] != 0
  }
}
