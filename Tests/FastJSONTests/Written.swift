import FoundationEssentials

@testable import FastJSON

/// What the writer makes of a value.
func written(
  _ value: some JSONWritable, escapingSlashes: Bool = false, capacity: Int = 0,
  readsStringLayout: Bool = StringLayout.isAsExpected
) throws -> String {
  var buffer = JSONBuffer(
    capacity: capacity, escapingSlashes: escapingSlashes, readsStringLayout: readsStringLayout)
  try buffer.write(value)
  return String(buffer)
}

/// What JSONEncoder makes of it.
func encoded(_ value: some Encodable, escapingSlashes: Bool = false) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = escapingSlashes ? [] : .withoutEscapingSlashes
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}

/// A generator with a fixed sequence (SplitMix64: Steele, Lea, Flood, OOPSLA 2014).
struct Sequence64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
