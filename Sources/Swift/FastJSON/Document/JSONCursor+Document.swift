// SPDX-License-Identifier: Apache-2.0

extension JSONCursor {
  /// Writes a value that lies on a tape, compact.
  ///
  /// - Parameters:
  ///   - start: the index of its first word; `end` of the one behind its last.
  func appending(_ tape: JSONTape, from start: Int, to end: Int) -> JSONCursor {
    let bound =
      storage.pointee.escapesSlashes ? tape.longestOutput.escaped : tape.longestOutput.plain
    // With room for the longest output, nothing more is checked. A part of a large document, or one
    // that goes to a sink piece by piece, does not ask for so much.
    let isWhole = start == 0 && end == tape.count && !storage.pointee.hasSink
    return isWhole
      ? reserving(bound).appendingValues(of: tape, from: start, to: end, isReserved: true)
      : checked().appendingValues(of: tape, from: start, to: end, isReserved: false)
  }

  /// Each value is written with a comma behind it, whose place the bracket takes that ends the
  /// container; the comma behind the last value is taken back.
  @inline(__always)
  private func appendingValues(
    of tape: JSONTape, from start: Int, to end: Int, isReserved: Bool
  ) -> JSONCursor {
    var source = UnsafeRawPointer(tape.words + start)
    let last = UnsafeRawPointer(tape.words + end)
    let escapesSlashes = storage.pointee.escapesSlashes
    var cursor = self
    while source < last {
      let word = source.load(as: UInt64.self)
      source += 8
      if !isReserved { cursor = cursor.checked() }
      switch JSONTape.tag(word) {
      case .string, .key:
        let count = JSONTape.payload(word)
        let text = source
        source += (count &+ 7) & ~7
        let close: UInt16 = JSONTape.tag(word) == .key ? 0x3A22 : 0x2C22
        guard !escapesSlashes else {
          cursor = cursor.appending(escaping: text, count, close: close)
          continue
        }
        if !isReserved { cursor = cursor.reserving(count) }
        let out = cursor.position
        out.storeBytes(of: 0x22, as: UInt8.self)
        Self.copy(text, to: out + 1, count)
        (out + 1 + count).storeBytes(of: close.littleEndian, as: UInt16.self)
        cursor = cursor.advanced(by: count &+ 3)
      case .escapedString, .escapedKey:
        let count = JSONTape.payload(word)
        let text = source
        source += (count &+ 7) & ~7
        cursor = cursor.appending(
          escaping: text, count, close: JSONTape.tag(word) == .escapedKey ? 0x3A22 : 0x2C22)
      case .integer:
        cursor = cursor.appending(Int64(bitPattern: word) >> 8).appending(byte: 0x2C)
      case .double:
        cursor = cursor.appending(Double(bitPattern: source.load(as: UInt64.self)))
          .appending(byte: 0x2C)
        source += 8
      case .beginObject: cursor = cursor.appending(byte: 0x7B)
      case .beginArray: cursor = cursor.appending(byte: 0x5B)
      case .endObject: cursor = cursor.closingOverComma(with: 0x2C7D)
      case .endArray: cursor = cursor.closingOverComma(with: 0x2C5D)
      case .emptyObject: cursor = cursor.appending(0x2C_7D7B, count: 3)
      case .emptyArray: cursor = cursor.appending(0x2C_5D5B, count: 3)
      case .yes: cursor = cursor.appending(0x2C_6575_7274, count: 5)
      case .no: cursor = cursor.appending(0x2C65_736C_6166, count: 6)
      case .null: cursor = cursor.appending(0x2C_6C6C_756E, count: 5)
      case .wideInteger:
        cursor = cursor.appending(Int64(bitPattern: source.load(as: UInt64.self)))
          .appending(byte: 0x2C)
        source += 8
      case .unsigned:
        cursor = cursor.appending(source.load(as: UInt64.self)).appending(byte: 0x2C)
        source += 8
      case .number:
        let count = JSONTape.payload(word)
        if !isReserved { cursor = cursor.reserving(count) }
        Self.copy(source, to: cursor.position, count)
        source += (count &+ 7) & ~7
        cursor = cursor.advanced(by: count).appending(byte: 0x2C)
      case .end: source = last
      }
    }
    return cursor.moved(to: cursor.position - 1)
  }

  /// Copies text of a tape; up to 31 bytes more are read and written.
  @inline(__always)
  private static func copy(
    _ text: UnsafeRawPointer, to out: UnsafeMutableRawPointer, _ count: Int
  ) {
    var done = 0
    repeat {
      let low = (text + done).loadUnaligned(as: SIMD16<UInt8>.self)
      let high = (text + done + 16).loadUnaligned(as: SIMD16<UInt8>.self)
      (out + done).storeBytes(of: low, as: SIMD16<UInt8>.self)
      (out + done + 16).storeBytes(of: high, as: SIMD16<UInt8>.self)
      done &+= 32
    } while done < count
  }

  /// A string in quotes with its escapes, and what stands behind it instead of the second quote.
  @inline(never)
  private func appending(
    escaping text: UnsafeRawPointer, _ count: Int, close: UInt16
  ) -> JSONCursor {
    let written = appendingString(UnsafeRawBufferPointer(start: text, count: count))
    (written.position - 1).storeBytes(of: close.littleEndian, as: UInt16.self)
    return written.advanced(by: 1)
  }

  /// A bracket and a comma in place of the last comma.
  @inline(__always)
  private func closingOverComma(with bracket: UInt16) -> JSONCursor {
    (position - 1).storeBytes(of: bracket.littleEndian, as: UInt16.self)
    return advanced(by: 1)
  }

  /// Up to eight bytes that are known.
  @inline(__always)
  private func appending(_ bytes: UInt64, count: Int) -> JSONCursor {
    position.storeBytes(of: bytes.littleEndian, as: UInt64.self)
    return advanced(by: count)
  }
}
