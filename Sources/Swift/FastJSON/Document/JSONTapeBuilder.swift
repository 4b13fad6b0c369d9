// SPDX-License-Identifier: Apache-2.0

/// Puts a tape together, value by value. Whether they make a document is its callers' business.
struct JSONTapeBuilder: ~Copyable {
  /// Which document it makes, where other code holds it meanwhile and could exchange two of them.
  let document: Int
  private var words: UnsafeMutablePointer<UInt64>!
  private var capacity: Int
  private(set) var count = 0
  private var longestOutput = (plain: 0, escaped: 0)
  /// The containers that are open.
  private var open: [(begin: Int, count: Int)] = []

  init(capacity: Int, document: Int = 0) {
    self.document = document
    self.capacity = max(capacity, 0) + 32
    words = .allocate(capacity: self.capacity)
  }

  /// nil once a tape has the words.
  deinit { words?.deallocate() }

  consuming func finished() -> JSONTape {
    reserve(1 + JSONTape.padding)
    let words = words!
    words[count] = JSONTape.word(.end)
    (words + count + 1).initialize(repeating: 0, count: JSONTape.padding)
    self.words = nil
    return JSONTape(words: words, count: count, longestOutput: longestOutput)
  }

  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if capacity &- count < more { grow(by: more) }
  }

  @inline(never)
  private mutating func grow(by more: Int) {
    let (wanted, overflow) = count.addingReportingOverflow(more)
    precondition(!overflow, "the document does not fit in the address space")
    capacity = max(wanted, capacity * 2)
    let new = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
    new.update(from: words, count: count)
    words.deallocate()
    words = new
  }

  @inline(__always)
  private mutating func append(_ word: UInt64, output bytes: Int) {
    reserve(2)
    words[count] = word
    count &+= 1
    countOutput(bytes)
  }

  @inline(__always)
  private mutating func countValue() {
    if !open.isEmpty { open[open.count &- 1].count &+= 1 }
  }

  // MARK: Values

  mutating func append(word tag: JSONTape.Tag) {
    countValue()
    append(JSONTape.word(tag), output: 6)
  }

  mutating func append(_ value: Int64) {
    countValue()
    if (value << 8) >> 8 == value {
      append(JSONTape.word(.integer, Int(value)), output: 21)
    } else {
      append(JSONTape.word(.wideInteger), output: 21)
      append(UInt64(bitPattern: value), output: 0)
    }
  }

  mutating func append(_ value: UInt64) {
    if let signed = Int64(exactly: value) { return append(signed) }
    countValue()
    append(JSONTape.word(.unsigned), output: 21)
    append(value, output: 0)
  }

  mutating func append(_ value: Double) {
    countValue()
    append(JSONTape.word(.double), output: Self.longestNumber)
    append(value.bitPattern, output: 0)
  }

  /// - Parameter text: a number as RFC 8259 has it.
  mutating func append(number text: UnsafeRawBufferPointer) {
    countValue()
    countOutput(text.count + 1)
    append(text, .number)
  }

  /// - Parameter needsEscapes: whether bytes of the text other than slashes need an escape; true is
  ///   always right.
  mutating func append(text: UnsafeRawBufferPointer, isKey: Bool, needsEscapes: Bool) {
    if !isKey { countValue() }
    let tag: JSONTape.Tag =
      needsEscapes ? isKey ? .escapedKey : .escapedString : isKey ? .key : .string
    countOutput(ofText: text.count, needsEscapes: needsEscapes)
    append(text, tag)
  }

  private mutating func append(_ text: UnsafeRawBufferPointer, _ tag: JSONTape.Tag) {
    let size = JSONTape.words(ofText: text.count)
    reserve(size + 1)
    words[count] = JSONTape.word(tag, text.count)
    if size > 0 {
      words[count + size] = 0
      UnsafeMutableRawPointer(words + count + 1)
        .copyMemory(from: text.baseAddress!, byteCount: text.count)
    }
    count += size + 1
  }

  // MARK: Containers

  mutating func begin(isObject: Bool) {
    countValue()
    open.append((count, 0))
    append(JSONTape.word(isObject ? .beginObject : .beginArray), output: 1)
  }

  /// Ends the innermost open container.
  mutating func end(isObject: Bool) {
    let (begin, values) = open.removeLast()
    if values == 0 {
      words[begin] = JSONTape.word(isObject ? .emptyObject : .emptyArray)
      countOutput(2)
      return
    }
    words[begin] = JSONTape.word(isObject ? .beginObject : .beginArray, count)
    append(JSONTape.word(isObject ? .endObject : .endArray, values), output: 2)
  }

  /// A value of another tape.
  mutating func append(_ tape: JSONTape, from start: Int, to end: Int) {
    countValue()
    let shift = count - start
    reserve(end - start)
    (words + count).update(from: tape.words + start, count: end - start)
    var index = count
    count += end - start
    while index < count {
      let word = words[index]
      let bytes = JSONTape.payload(word)
      switch JSONTape.tag(word) {
      case .beginObject, .beginArray:
        words[index] = JSONTape.word(JSONTape.tag(word), bytes + shift)
        countOutput(1)
        index += 1
      case .string, .key:
        countOutput(ofText: bytes, needsEscapes: false)
        index += 1 + JSONTape.words(ofText: bytes)
      case .escapedString, .escapedKey:
        countOutput(ofText: bytes, needsEscapes: true)
        index += 1 + JSONTape.words(ofText: bytes)
      case .number:
        countOutput(bytes + 1)
        index += 1 + JSONTape.words(ofText: bytes)
      case .wideInteger, .unsigned, .double:
        countOutput(Self.longestNumber)
        index += 2
      case .integer:
        countOutput(Self.longestNumber)
        index += 1
      default:
        countOutput(6)
        index += 1
      }
    }
  }

  // MARK: The longest output

  /// Of numbers: a sign, 17 digits, a point, an exponent of five, a comma, and what vectors write
  /// too much. Of integers alone: 21.
  private static var longestNumber: Int { 32 }

  @inline(__always)
  private mutating func countOutput(_ bytes: Int) {
    longestOutput.plain &+= bytes
    longestOutput.escaped &+= bytes
  }

  /// Of a string or a key, with its quotes and what stands behind it.
  private mutating func countOutput(ofText count: Int, needsEscapes: Bool) {
    longestOutput.plain &+= (needsEscapes ? 6 : 1) * count + 3
    longestOutput.escaped &+= 6 * count + 3
  }
}
