import AESCTR
import Foundation
import Testing

@Suite("However a message is cut, the output is the same")
struct StreamingTests {
  /// 2^128, 2^64 or a byte's carry is passed on the way.
  private static let counters: [[UInt8]] = [
    [UInt8](repeating: 0xFF, count: 15) + [0xF0],
    [UInt8](repeating: 0x12, count: 8) + [UInt8](repeating: 0xFF, count: 7) + [0xE1],
    [UInt8](repeating: 0, count: 15) + [1],
  ]

  @Test(arguments: AESCTR.implementations, [16, 24, 32])
  func chunksOfAnySize(_ id: String, _ keyBytes: Int) throws {
    var random = SeededBytes(seed: UInt64(keyBytes))
    for counter in Self.counters {
      let key = random.bytes(keyBytes)
      let text = random.bytes(3000)
      let whole = expected(text, key: key, counter: counter)

      for largest in [1, 2, 5, 16, 17, 40, 300, 1100] {
        var cipher = try AESCTR.make(id, key: key, counter: counter)
        var output: [UInt8] = []
        // By the byte, `swift-bitslice` has a batch for each block.
        let text = largest < 5 ? Array(text.prefix(400)) : text
        while output.count < text.count {
          let count = min(Int.random(in: 0...largest, using: &random), text.count - output.count)
          let piece = text[output.count..<output.count + count]
          try append(piece, to: &output, &cipher, way: Int.random(in: 0..<9, using: &random))
        }
        #expect(output == Array(whole.prefix(text.count)), "in pieces of up to \(largest) bytes")
        let position = cipher.position
        #expect(position == AESCTR.Position(offset: text.count))
      }
    }
  }

  /// Each `update` there is.
  private func append(
    _ piece: ArraySlice<UInt8>, to output: inout [UInt8], _ cipher: inout AESCTR, way: Int
  ) throws {
    var bytes = Array(piece)
    switch way {
    case 0: try cipher.update(&bytes)
    case 1: bytes = try cipher.update(bytes)
    case 2: bytes = try cipher.update(piece)
    case 3: bytes = try cipher.update(Data(piece))
    case 4:
      var span = bytes.mutableSpan
      try cipher.update(&span)
    case 5:
      var span = bytes.mutableSpan
      var raw = span.mutableBytes
      try cipher.update(&raw)
    case 6:
      let text = bytes
      bytes = [UInt8](repeating: 0, count: text.count)
      var span = bytes.mutableSpan
      try cipher.update(text.span, into: &span)
    case 7:
      let text = bytes
      try bytes.withUnsafeMutableBytes { output in
        try text.withUnsafeBytes { try cipher.update($0, into: output) }
      }
    default:
      try cipher.update(bytes.span.bytes, appendingTo: &output)
      return
    }
    output += bytes
  }

  @Test(arguments: AESCTR.implementations)
  func anyPlaceCanBeReached(_ id: String) throws {
    var random = SeededBytes(seed: 7)
    for counter in Self.counters {
      let key = random.bytes(32)
      let text = random.bytes(2000)
      let whole = expected(text, key: key, counter: counter)
      var cipher = try AESCTR.make(id, key: key, counter: counter)
      for _ in 0..<60 {
        let from = Int.random(in: 0...text.count, using: &random)
        let to = min(text.count, from + Int.random(in: 0...100, using: &random))
        try cipher.seek(to: from)
        #expect(try cipher.update(text[from..<to]) == Array(whole[from..<to]), "\(from)..<\(to)")
        let position = cipher.position
        #expect(position.offset == UInt128(to))
      }
    }
  }

  /// A place within the block whose keystream is at hand.
  @Test(arguments: AESCTR.implementations)
  func seekingWithinABlock(_ id: String) throws {
    var random = SeededBytes(seed: 8)
    let (key, text) = (random.bytes(16), random.bytes(48))
    let whole = expected(text, key: key, counter: Self.counters[0])
    var cipher = try AESCTR.make(id, key: key, counter: Self.counters[0])
    for place in [20, 22, 17, 31, 16, 4, 33, 18] {
      try cipher.seek(to: place)
      #expect(try cipher.update(text[place..<place + 3]) == Array(whole[place..<place + 3]))
    }
  }

  @Test(arguments: [UInt128(1) << 60, UInt128(1) << 64, UInt128(1) << 100, UInt128.max - 5])
  func farPlaces(_ block: UInt128) throws {
    var random = SeededBytes(seed: 9)
    let (key, counter, text) = (random.bytes(16), random.bytes(16), random.bytes(50))
    var cipher = try AESCTR(key: key, counter: counter)
    try cipher.seek(to: AESCTR.Position(block: block, byte: 3))
    let whole = expected([0, 0, 0] + text, key: key, counter: counter, block: block)
    #expect(try cipher.update(text) == Array(whole[3...]))
  }

  @Test func offsetsAndPositions() {
    #expect(AESCTR.Position(offset: 35) == AESCTR.Position(block: 2, byte: 3))
    #expect(AESCTR.Position(offset: UInt128.max)?.offset == .max)
    #expect(AESCTR.Position(offset: -1) == nil)
    #expect(AESCTR.Position(block: 1 << 124, byte: 0).offset == nil)
    #expect(AESCTR.Position(block: 1, byte: 15) < AESCTR.Position(block: 2, byte: 0))
    #expect(AESCTR.Position(block: 1, byte: 2) < AESCTR.Position(block: 1, byte: 3))
  }

  @Test(arguments: AESCTR.implementations)
  func anotherMessageWithTheSameKey(_ id: String) throws {
    var random = SeededBytes(seed: 10)
    let key = random.bytes(24)
    var cipher = try AESCTR.make(id, key: key, counter: random.bytes(16))
    for length in [5, 0, 16, 33, 700] {
      let (counter, text) = (random.bytes(16), random.bytes(length))
      try cipher.restart(counter: counter)
      #expect(try cipher.update(text) == expected(text, key: key, counter: counter))
    }
    let nonce = random.bytes(12)
    let text = random.bytes(20)
    try cipher.restart(nonce: nonce, initialCounter: 1)
    #expect(try cipher.update(text) == expected(text, key: key, counter: nonce + [0, 0, 0, 1]))
  }

  @Test func oneShotIsTheSame() throws {
    var random = SeededBytes(seed: 11)
    for length in [0, 1, 16, 500] {
      let (key, counter, text) = (random.bytes(32), random.bytes(16), random.bytes(length))
      let whole = expected(text, key: key, counter: counter)
      #expect(try AESCTR.crypt(text, key: key, counter: counter) == whole)

      var bytes = text
      do {
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        try AESCTR.crypt(&raw, key: key.span.bytes, counter: counter.span.bytes)
      }
      #expect(bytes == whole)

      var output = [UInt8](repeating: 0, count: length)
      do {
        var span = output.mutableSpan
        var raw = span.mutableBytes
        try AESCTR.crypt(
          text.span.bytes, into: &raw, key: key.span.bytes, counter: counter.span.bytes)
      }
      #expect(output == whole)
    }
  }

  @Test func keysComeFromAnyBytes() throws {
    var random = SeededBytes(seed: 12)
    let (key, counter, text) = (random.bytes(16), random.bytes(16), random.bytes(40))
    let whole = expected(text, key: key, counter: counter)
    var fromData = try AESCTR(key: Data(key), counter: Data(counter))
    #expect(try fromData.update(text) == whole)
    var fromSlices = try AESCTR(key: ([9] + key)[1...], counter: counter[...])
    #expect(try fromSlices.update(text) == whole)
    var fromSpans = try AESCTR(key: key.span, counter: counter.span)
    #expect(try fromSpans.update(text) == whole)
    var notContiguous = try AESCTR(key: Array(key.reversed()).reversed(), counter: counter)
    #expect(try notContiguous.update(text) == whole)
  }

  @Test func outputSpansAreAppendedTo() throws {
    var random = SeededBytes(seed: 13)
    let (key, counter, text) = (random.bytes(16), random.bytes(16), random.bytes(40))
    var cipher = try AESCTR(key: key, counter: counter)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 50, alignment: 1)
    defer { memory.deallocate() }
    var output = OutputRawSpan(buffer: memory, initializedCount: 0)
    output.append(7)
    try cipher.update(text.span.bytes, appendingTo: &output)
    #expect(throws: AESCTRError.outputLength(input: 40, output: 9)) {
      try cipher.update(text.span.bytes, appendingTo: &output)
    }
    let count = output.finalize(for: memory)
    #expect(Array(memory[..<count]) == [7] + expected(text, key: key, counter: counter))
  }

  @Test func memoryThatOverlapsIsAnError() throws {
    var random = SeededBytes(seed: 14)
    let (key, counter, text) = (random.bytes(16), random.bytes(16), random.bytes(100))
    var cipher = try AESCTR(key: key, counter: counter)
    var bytes = text
    for (from, to) in [(0, 1), (40, 0), (10, 50)] {
      #expect(throws: AESCTRError.overlap) {
        try bytes.withUnsafeMutableBytes {
          try cipher.update(
            UnsafeRawBufferPointer(rebasing: $0[from..<from + 41]),
            into: UnsafeMutableRawBufferPointer(rebasing: $0[to..<to + 41]))
        }
      }
    }
    #expect(bytes == text)
    try bytes.withUnsafeMutableBytes {
      try cipher.update(
        UnsafeRawBufferPointer(rebasing: $0[0..<50]),
        into: UnsafeMutableRawBufferPointer(rebasing: $0[50..<100]))
    }
    #expect(Array(bytes[50...]) == expected(Array(text[..<50]), key: key, counter: counter))
  }

  @Test func noBytesAreFine() throws {
    var random = SeededBytes(seed: 15)
    let (key, counter) = (random.bytes(16), random.bytes(16))
    var cipher = try AESCTR(key: key, counter: counter)
    var none: [UInt8] = []
    #expect(try cipher.update(none) == [])
    try cipher.update(&none)
    try cipher.update([UInt8]().span.bytes, appendingTo: &none)
    #expect(none.isEmpty)
    try cipher.update(UnsafeMutableRawBufferPointer(start: nil, count: 0))
    #expect(try cipher.update([1, 2]) == expected([1, 2], key: key, counter: counter))
    #expect(try cipher.update(none) == [])
    #expect(try cipher.update([3]) == [expected([1, 2, 3], key: key, counter: counter)[2]])
  }
}
