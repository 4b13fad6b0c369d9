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
///
/// With bit 1 turned over, a quote is 0x20 and the control characters stay below: one comparison
/// finds both.
@frozen
@usableFromInline
struct EscapeScan {
  @usableFromInline let turned = SIMD16<UInt8>(repeating: 0x02)
  @usableFromInline let turnedQuote = SIMD16<UInt8>(repeating: 0x20)
  @usableFromInline let backslash = SIMD16<UInt8>(repeating: 0x5C)
  /// `/` where slashes are escaped, else a backslash once more.
  @usableFromInline let slash: SIMD16<UInt8>

  @inlinable @inline(__always)
  init(escapingSlashes: Bool) {
    slash = SIMD16<UInt8>(repeating: escapingSlashes ? 0x2F : 0x5C)
  }

  /// All ones in each byte that needs an escape, the first byte in the lowest bits.
  ///
  /// Two words instead of a mask, because the questions that can be put to a SIMDMask are calls.
  @inlinable @inline(__always)
  func marks(_ bytes: SIMD16<UInt8>) -> SIMD2<UInt64> {
    let found =
      ((bytes ^ turned) .<= turnedQuote) .| (bytes .== backslash) .| (bytes .== slash)
    return unsafeBitCast(found, to: SIMD2<UInt64>.self)
  }

  /// One bit for each of 16 bytes, the first in the lowest: whether it needs an escape.
  ///
  /// Each byte leaves its own bit of eight, which a multiplication adds up in the highest byte.
  @inline(__always)
  func positions(in bytes: SIMD16<UInt8>) -> UInt64 {
    let ones = 0x0101_0101_0101_0101 as UInt64
    let bits = marks(bytes) & SIMD2(repeating: 0x8040_2010_0804_0201)
    return (bits[0] &* ones) &>> 56 | ((bits[1] &* ones) &>> 48 & 0xFF00)
  }

  /// Whether one of the first bytes of `text` needs an escape.
  ///
  /// - Parameter padding: Has a top bit in each byte behind the text's, which are zero.
  @inlinable @inline(__always)
  func finds(in text: SIMD16<UInt8>, padding: SIMD16<UInt8>) -> Bool {
    // The padding comes late: before, it would be turned over byte by byte.
    ((((text ^ turned) | padding) .<= turnedQuote) .| (text .== backslash)).holdsAnywhere
  }

  /// Several vectors, asked about together: that takes half of the instructions a vector.
  struct Collected {
    /// The least of each lane's bytes, with bit 1 turned over.
    fileprivate var least: SIMD16<UInt8>
    /// Where a lane had a backslash or a slash.
    fileprivate var slashes: SIMDMask<SIMD16<Int8>>
  }

  @inline(__always)
  func collected(_ bytes: SIMD16<UInt8>) -> Collected {
    Collected(least: bytes ^ turned, slashes: (bytes .== backslash) .| (bytes .== slash))
  }

  @inline(__always)
  func collect(_ bytes: SIMD16<UInt8>, in all: inout Collected) {
    let next = collected(bytes)
    let isLess = next.least .< all.least
    all = Collected(
      least: all.least.replacing(with: next.least, where: isLess),
      slashes: all.slashes .| next.slashes)
  }

  @inline(__always)
  func finds(in all: Collected) -> Bool {
    ((all.least .<= turnedQuote) .| all.slashes).holdsAnywhere
  }
}

extension SIMDMask<SIMD16<Int8>> {
  /// Whether it is true in any lane. Written out, since it then becomes two instructions; the
  /// standard library's `any` is a call.
  @inlinable @inline(__always)
  var holdsAnywhere: Bool {
    let lanes = unsafeBitCast(self, to: SIMD16<Int8>.self)
    let low = lanes[0] | lanes[1] | lanes[2] | lanes[3] | lanes[4] | lanes[5] | lanes[6] | lanes[7]
    let high =
      lanes[8] | lanes[9] | lanes[10] | lanes[11] | lanes[12] | lanes[13] | lanes[14] | lanes[15]
    return low | high != 0
  }
}
