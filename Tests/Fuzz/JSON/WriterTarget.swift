// libFuzzer's target for what writes: bytes become a value, which the static writer, the drop-in
// encoder and a document write like the plain reference of the lab.
// Built by .ci/fuzz-json in one module with FastJSON's sources.

import Foundation

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzWriter(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
  var source = ValueSource(bytes: bytes)
  let value = source.value(depth: 0)
  let expected = value.text
  do {
    var buffer = JSONBuffer(capacity: 0)
    try buffer.write(value)
    if [UInt8](buffer) != expected { fail("the static writer differs", bytes) }

    let encoder = FastJSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    if try [UInt8](encoder.encode(value)) != expected { fail("the drop-in differs", bytes) }

    let document = JSONDocument.build { $0.add(value) }
    buffer.reset()
    try buffer.write(document)
    if [UInt8](buffer) != expected { fail("the document differs", bytes) }
    var pieces: [UInt8] = []
    try buffer.stream(document) { pieces += $0 }
    if pieces != expected + expected { fail("pieces that are not the whole", bytes) }
  } catch {
    fail("\(error)", bytes)
  }
  return 0
}

/// Makes a value of bytes, whatever they are.
private struct ValueSource {
  let bytes: [UInt8]
  var next = 0

  mutating func byte() -> UInt8 {
    guard next < bytes.count else { return 0 }
    defer { next += 1 }
    return bytes[next]
  }

  mutating func word() -> UInt64 { (0..<8).reduce(0) { word, _ in word << 8 | UInt64(byte()) } }

  mutating func string() -> String {
    let count = min(Int(byte()), bytes.count - next)
    defer { next += count }
    // What is no UTF-8 becomes U+FFFD.
    return String(decoding: bytes[next..<(next + count)], as: UTF8.self)
  }

  mutating func value(depth: Int) -> JSONValue {
    switch byte() % (depth > 8 ? 6 : 8) {
    case 0: return .null
    case 1: return .bool(byte() & 1 == 1)
    case 2: return .integer(Int64(bitPattern: word()) >> Int64(byte() & 63))
    case 3:
      let word = word()
      // One number, one form.
      return word > Int64.max ? .unsigned(word) : .integer(Int64(word))
    case 4:
      let double = Double(bitPattern: word())
      return .double(double.isFinite ? double : 0.5)
    case 5: return .string(string())
    case 6:
      return .array((0..<(byte() % 6)).map { _ in value(depth: depth + 1) })
    default:
      var keys: Set<String> = []
      return .object(
        (0..<(byte() % 6)).compactMap { _ in
          let key = string()
          let member = JSONValue.Member(key, value(depth: depth + 1))
          return keys.insert(key).inserted ? member : nil
        })
    }
  }
}

extension JSONDocument.Builder {
  fileprivate mutating func add(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let one): self.value(one)
    case .integer(let one): self.value(one)
    case .unsigned(let one): self.value(one)
    case .double(let one): self.value(one)
    case .string(let one): self.value(one)
    case .array(let values): array { array in for one in values { array.add(one) } }
    case .object(let members):
      object { object in for member in members { object.add(member.key, member.value) } }
    }
  }
}

extension JSONDocument.ArrayBuilder {
  fileprivate mutating func add(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let one): element(one)
    case .integer(let one): element(one)
    case .unsigned(let one): element(one)
    case .double(let one): element(one)
    case .string(let one): element(one)
    case .array(let values): array { array in for one in values { array.add(one) } }
    case .object(let members):
      object { object in for member in members { object.add(member.key, member.value) } }
    }
  }
}

extension JSONDocument.ObjectBuilder {
  fileprivate mutating func add(_ key: String, _ value: JSONValue) {
    switch value {
    case .null: null(key)
    case .bool(let one): member(key, one)
    case .integer(let one): member(key, one)
    case .unsigned(let one): member(key, one)
    case .double(let one): member(key, one)
    case .string(let one): member(key, one)
    case .array(let values): array(key) { array in for one in values { array.add(one) } }
    case .object(let members):
      object(key) { object in for member in members { object.add(member.key, member.value) } }
    }
  }
}
