// SPDX-License-Identifier: Apache-2.0

/// Goes over compact JSON that this module has written, and that is therefore known to be valid.
struct CompactScan {
  private let bytes: UnsafeRawBufferPointer
  var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { position >= bytes.count }

  var byte: UInt8 { bytes[position] }

  /// Moves behind a string.
  ///
  /// - Returns: Whether it has escapes.
  @discardableResult
  mutating func skipString() -> Bool {
    var hasEscapes = false
    position += 1
    while true {
      // Eight bytes at once: in valid JSON, none but a quote or a backslash is marked.
      while position + 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
        let marks = escapeMarks(word)
        if marks != 0 {
          position += marks.trailingZeroBitCount / 8
          break
        }
        position += 8
      }
      switch bytes[position] {
      case 0x22:
        position += 1
        return hasEscapes
      case 0x5C:
        hasEscapes = true
        position += 2
      default: position += 1
      }
    }
  }

  /// Moves behind a number, a Boolean value or null.
  mutating func skipLiteral() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x2C, 0x5D, 0x7D: return
      default: position += 1
      }
    }
  }

  /// Moves behind one value of any kind.
  mutating func skipValue() {
    var depth = 0
    while position < bytes.count {
      switch bytes[position] {
      case 0x22:
        skipString()
        if depth == 0 { return }
        continue
      case 0x7B, 0x5B: depth += 1
      case 0x7D, 0x5D:
        // The bracket of what is around a number.
        if depth == 0 { return }
        depth -= 1
        if depth == 0 {
          position += 1
          return
        }
      case 0x2C: if depth == 0 { return }
      default: break
      }
      position += 1
    }
  }

  /// Number of complete members in an object of which only the last one is not.
  static func members(in object: UnsafeRawBufferPointer) -> Int {
    var scan = CompactScan(object)
    var depth = 0
    var count = 0
    while !scan.isAtEnd {
      switch scan.byte {
      case 0x22:
        scan.skipString()
        continue
      case 0x7B, 0x5B: depth += 1
      case 0x7D, 0x5D: depth -= 1
      case 0x2C: if depth == 1 { count += 1 }
      default: break
      }
      scan.position += 1
    }
    return count
  }

  /// The value of a complete member in an object of which only the last one is not.
  static func value(
    of name: String, in object: UnsafeRawBufferPointer
  ) -> UnsafeRawBufferPointer? {
    var scan = CompactScan(object)
    scan.position = 1
    while !scan.isAtEnd, scan.byte == 0x22 {
      let key = scan.string()
      scan.position += 1
      let start = scan.position
      scan.skipValue()
      // What is not complete has no comma yet.
      guard !scan.isAtEnd, scan.byte == 0x2C else { return nil }
      if key == name { return UnsafeRawBufferPointer(rebasing: object[start..<scan.position]) }
      scan.position += 1
    }
    return nil
  }

  /// The text of a string, without its escapes. Moves behind it.
  mutating func string() -> String {
    let start = position
    skipString()
    return String(
      decoding: Self.unescaped(
        UnsafeRawBufferPointer(rebasing: bytes[(start + 1)..<(position - 1)])), as: UTF8.self)
  }

  /// The text inside of a string's quotes, without its escapes.
  static func unescaped(_ text: UnsafeRawBufferPointer) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var position = 0
    while position < text.count {
      guard text[position] == 0x5C else {
        result.append(text[position])
        position += 1
        continue
      }
      let escape = text[position + 1]
      position += 2
      switch escape {
      case 0x62: result.append(0x08)
      case 0x74: result.append(0x09)
      case 0x6E: result.append(0x0A)
      case 0x66: result.append(0x0C)
      case 0x72: result.append(0x0D)
      case 0x75:
        // Only bytes below 0x20 are written like this: two zeros, then two digits.
        result.append(digit(text[position + 2]) << 4 | digit(text[position + 3]))
        position += 4
      default: result.append(escape)
      }
    }
    return result
  }

  private static func digit(_ byte: UInt8) -> UInt8 {
    byte < 0x3A ? byte - 0x30 : byte - 0x57
  }
}
