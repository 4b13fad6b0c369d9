// SPDX-License-Identifier: Apache-2.0

/// Reads JSON text onto a tape, strictly as RFC 8259 has it, without recursion.
struct JSONDocumentParser: ~Copyable {
  private let start: UnsafeRawPointer
  private let end: UnsafeRawPointer
  private var next: UnsafeRawPointer
  private let deepest: Int
  private var tape: JSONTapeBuilder
  /// Text without its escapes, on its way to the tape.
  private var scratch: [UInt8] = []

  /// - Parameter text: valid UTF-8.
  init(_ text: UnsafeRawBufferPointer, deepest: Int) {
    // A buffer of no bytes may have no address; any will do then.
    start = text.baseAddress ?? UnsafeRawPointer(bitPattern: 16)!
    end = start + text.count
    next = start
    self.deepest = deepest
    tape = JSONTapeBuilder(capacity: text.count / 6)
  }

  // MARK: Errors

  private func error(
    _ reason: JSONParsingError.Reason, at place: UnsafeRawPointer? = nil
  ) -> JSONParsingError {
    JSONParsingError(
      reason, offset: (place ?? next) - start,
      in: UnsafeRawBufferPointer(start: start, count: end - start))
  }

  /// What was expected, or that the text ends.
  private func expected(_ what: JSONParsingError.Expectation) -> JSONParsingError {
    error(next == end ? .unexpectedEnd(expected: what) : .unexpectedByte(expected: what))
  }

  // MARK: Structure

  /// The kinds of the open containers: one bit each would do, but bytes are simple.
  private struct Nesting {
    var isObject: [Bool] = []
  }

  consuming func parsed() throws(JSONParsingError) -> JSONTape {
    var nesting = Nesting()
    parsing: while true {
      // A value stands here.
      skipSpace()
      guard next < end else { throw expected("a value") }
      let byte = next.load(as: UInt8.self)
      switch byte {
      case 0x7B, 0x5B:
        guard nesting.isObject.count < deepest else { throw error(.tooDeep(deepest)) }
        next += 1
        let isObject = byte == 0x7B
        tape.begin(isObject: isObject)
        nesting.isObject.append(isObject)
        skipSpace()
        if take(isObject ? 0x7D : 0x5D) {
          tape.end(isObject: isObject)
          nesting.isObject.removeLast()
        } else {
          if isObject { try key(orEnd: true) }
          continue parsing
        }
      case 0x22: try string(isKey: false)
      case 0x2D, 0x30...0x39: try number()
      case 0x74: try word(0x6575_7274, 4, .yes)
      case 0x66: try word(0x65_736C_6166, 5, .no)
      case 0x6E: try word(0x6C6C_756E, 4, .null)
      default: throw expected("a value")
      }
      // A value stands before.
      while let isObject = nesting.isObject.last {
        skipSpace()
        if take(0x2C) {
          if isObject {
            skipSpace()
            try key(orEnd: false)
          }
          continue parsing
        }
        guard take(isObject ? 0x7D : 0x5D) else {
          throw expected(isObject ? "a comma or '}'" : "a comma or ']'")
        }
        tape.end(isObject: isObject)
        nesting.isObject.removeLast()
      }
      skipSpace()
      guard next == end else { throw error(.trailingBytes) }
      return tape.finished()
    }
  }

  private mutating func key(orEnd mayEnd: Bool) throws(JSONParsingError) {
    guard next < end, next.load(as: UInt8.self) == 0x22 else {
      throw expected(mayEnd ? "a key in quotes or '}'" : "a key in quotes")
    }
    try string(isKey: true)
    skipSpace()
    guard take(0x3A) else { throw expected("a colon") }
  }

  @inline(__always)
  private mutating func skipSpace() {
    while next < end {
      let byte = next.load(as: UInt8.self)
      guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
        return
      }
      next += 1
    }
  }

  @inline(__always)
  private mutating func take(_ byte: UInt8) -> Bool {
    guard next < end, next.load(as: UInt8.self) == byte else { return false }
    next += 1
    return true
  }

  private mutating func word(
    _ letters: UInt64, _ count: Int, _ tag: JSONTape.Tag
  ) throws(JSONParsingError) {
    for index in 0..<count {
      guard take(UInt8(truncatingIfNeeded: letters >> UInt64(8 * index))) else {
        throw expected("true, false or null")
      }
    }
    tape.append(word: tag)
  }

  // MARK: Strings

  private mutating func string(isKey: Bool) throws(JSONParsingError) {
    let open = next
    next += 1
    let first = next
    skipPlain()
    guard next < end else { throw error(.unterminatedString, at: open) }
    if next.load(as: UInt8.self) == 0x22 {
      let text = UnsafeRawBufferPointer(start: first, count: next - first)
      next += 1
      tape.append(text: text, isKey: isKey, needsEscapes: false)
      return
    }
    scratch.removeAll(keepingCapacity: true)
    scratch.append(contentsOf: UnsafeRawBufferPointer(start: first, count: next - first))
    var needsEscapes = false
    while true {
      guard next < end else { throw error(.unterminatedString, at: open) }
      switch next.load(as: UInt8.self) {
      case 0x22:
        next += 1
        scratch.withUnsafeBytes {
          tape.append(text: $0, isKey: isKey, needsEscapes: needsEscapes)
        }
        return
      case 0x5C:
        let scalar = try escape()
        if scalar.value < 0x20 || scalar == "\"" || scalar == "\\" { needsEscapes = true }
        scratch.append(contentsOf: UTF8.encode(scalar)!)
      case 0..<0x20: throw error(.controlCharacter)
      default:
        let plain = next
        skipPlain()
        scratch.append(contentsOf: UnsafeRawBufferPointer(start: plain, count: next - plain))
      }
    }
  }

  /// Moves to the next quote, backslash or control character, or to the end.
  @inline(__always)
  private mutating func skipPlain() {
    let scan = EscapeScan(escapingSlashes: false)
    while end - next >= 16 {
      let marks = scan.marks(next.loadUnaligned(as: SIMD16<UInt8>.self))
      if marks[0] != 0 {
        next += marks[0].trailingZeroBitCount >> 3
        return
      }
      if marks[1] != 0 {
        next += 8 + marks[1].trailingZeroBitCount >> 3
        return
      }
      next += 16
    }
    while next < end {
      let byte = next.load(as: UInt8.self)
      if byte == 0x22 || byte == 0x5C || byte < 0x20 { return }
      next += 1
    }
  }

  private mutating func escape() throws(JSONParsingError) -> Unicode.Scalar {
    let backslash = next
    next += 1
    guard next < end else { throw expected("one of \"\\/bfnrtu") }
    let letter = next.load(as: UInt8.self)
    switch letter {
    case 0x22, 0x5C, 0x2F: break
    case 0x62: return took("\u{08}")
    case 0x66: return took("\u{0C}")
    case 0x6E: return took("\n")
    case 0x72: return took("\r")
    case 0x74: return took("\t")
    case 0x75:
      next += 1
      var code = try fourHexDigits()
      if code >> 10 == 0x36 {
        guard take(0x5C), take(0x75) else { throw error(.loneSurrogate, at: backslash) }
        let low = try fourHexDigits()
        guard low >> 10 == 0x37 else { throw error(.loneSurrogate, at: backslash) }
        code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
      }
      guard let scalar = Unicode.Scalar(code) else {
        throw error(.loneSurrogate, at: backslash)
      }
      return scalar
    default: throw expected("one of \"\\/bfnrtu")
    }
    return took(Unicode.Scalar(letter))
  }

  private mutating func took(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    next += 1
    return scalar
  }

  private mutating func fourHexDigits() throws(JSONParsingError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard next < end else { throw expected("four hexadecimal digits") }
      let byte = next.load(as: UInt8.self)
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x37
      case 0x61...0x66: digit = byte - 0x57
      default: throw expected("four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      next += 1
    }
    return code
  }

  // MARK: Numbers

  private mutating func number() throws(JSONParsingError) {
    let first = next
    let isNegative = take(0x2D)
    // The digits as an integer, as long as 64 bits hold it.
    var value: UInt64 = 0
    var isWide = false
    let digits = next
    if !take(0x30) {
      while next < end, case let byte = next.load(as: UInt8.self), byte &- 0x30 < 10 {
        let (product, over) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(UInt64(byte &- 0x30))
        isWide = isWide || over || carry
        value = sum
        next += 1
      }
      if next == digits { throw expected("a digit") }
    }
    var isInteger = true
    if take(0x2E) {
      isInteger = false
      try skipDigits()
    }
    if take(0x65) || take(0x45) {
      isInteger = false
      if !take(0x2B) { _ = take(0x2D) }
      try skipDigits()
    }
    let text = UnsafeRawBufferPointer(start: first, count: next - first)
    if isInteger, !isWide {
      if !isNegative { return tape.append(value) }
      // The zero of integers has no sign.
      if value == 0 { return tape.append(-0.0 as Double) }
      if value <= Int64.min.magnitude { return tape.append(Int64(truncatingIfNeeded: 0 &- value)) }
    }
    guard !isInteger, let double = Double(String(decoding: text, as: UTF8.self)),
      double.isFinite
    else { return tape.append(number: text) }
    tape.append(double)
  }

  private mutating func skipDigits() throws(JSONParsingError) {
    let first = next
    while next < end, next.load(as: UInt8.self) &- 0x30 < 10 { next += 1 }
    if next == first { throw expected("a digit") }
  }
}
