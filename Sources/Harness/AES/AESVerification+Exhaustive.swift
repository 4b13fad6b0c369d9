import OptlabBasics

extension AESVerification {
  /// The most blocks that a kernel of the lab has in flight. A test holds it against the rows.
  package static let longestBatch = 32

  mutating func checkEveryPlace() throws(Mismatch) {
    try checkEveryLength()
    try checkEveryWrap()
  }

  /// Every length from 0 to 4,096, and with them every pair of alignments of input and output from 0
  /// to 63, which goes with which being drawn; then every length in place.
  mutating func checkEveryLength() throws(Mismatch) {
    let longest = 4096
    var pairs = Array(0..<64 * 64)
    for i in pairs.indices.reversed() { pairs.swapAt(i, random.below(i + 1)) }
    for start in stride(from: 0, through: longest, by: 256) {
      let key = random.bytes(keyBytes)
      let context = try makeContext(key)
      let counter = UInt128.random(in: 0...(.max), using: &random)
      let keystream = AESReference(key: key)!.keystream(counter: counter, bytes: longest)
      for count in start..<min(start + 256, longest + 1) {
        for inPlace in [false, true] {
          var placement = Placement(count: count, random: &random)
          let pair = pairs[count % pairs.count]
          (placement.inputOffset, placement.outputOffset) = (pair % 64, pair / 64)
          placement.inPlace = inPlace
          try check("differential", context, counter, keystream, placement)
        }
      }
    }
  }

  /// The counter overflows after each block of messages of each number of blocks, up to two of the
  /// longest batches and every tail after them; the last block is whole or partial by turns.
  mutating func checkEveryWrap() throws(Mismatch) {
    let most = 3 * Self.longestBatch
    let key = random.bytes(keyBytes)
    let context = try makeContext(key)
    for bits in [8, 16, 32, 64, 128] {
      let below = UInt128.max >> UInt128(128 - bits)
      let above = UInt128.random(in: 0...(.max), using: &random) & ~below
      // Blocks -most to most around the overflow; carries into what is above, and back.
      let first = above &- UInt128(most)
      let keystream = AESReference(key: key)!.keystream(counter: first, bytes: 32 * most)
      for blocks in 1...most {
        for position in 0...blocks {
          let start = most - position
          let partial = random.below(2) == 0 ? 0 : random.below(16)
          var placement = Placement(count: 16 * blocks - partial, random: &random)
          placement.inPlace = random.below(4) == 0
          try check(
            "wrap at 2^\(bits) after block \(position) of \(blocks)", context,
            first &+ UInt128(start), Array(keystream[(16 * start)...].prefix(16 * blocks)),
            placement)
        }
      }
    }
  }
}
