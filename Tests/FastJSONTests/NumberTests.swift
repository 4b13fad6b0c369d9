import Testing

@testable import FastJSON

@Suite struct DoubleTests {
  /// Swift's description without a final `.0`.
  private func expected(_ value: some CustomStringConvertible) -> Substring {
    let digits = value.description
    return digits.hasSuffix(".0") ? digits.dropLast(2) : digits[...]
  }

  /// All in one buffer, separated by line feeds: the first difference, if there is one.
  private func firstDifference<
    Number: BinaryFloatingPoint & JSONWritable & CustomStringConvertible
  >(
    _ values: some Sequence<Number>
  ) throws -> String? {
    var buffer = JSONBuffer()
    for value in values where value.isFinite {
      buffer.reset()
      try buffer.write(value)
      let agrees = buffer.withUnsafeBytes { $0.elementsEqual(expected(value).utf8) }
      if !agrees { return "\(String(buffer)), expected \(expected(value))" }
    }
    return nil
  }

  @Test func boundaries() throws {
    let values: [Double] = [
      0, -0.0, 1, -1, 0.1, 0.5, 1.5, 9, 10, 99, 100, 1e8 - 1, 1e8, 1e15, 1e16 - 2, 1e16, 1e17,
      0.001, 0.0001, 0.00012345, 0.00001, 0.000099999, 1e21, 1e22, 1e23,
      0x1p53 - 1, 0x1p53, 0x1p53 + 2, -0x1p53, -0x1p53 - 2, 0x1p52 + 0.5, 0x1p50 + 0.25,
      0x1p50 + 0.75, 2.2250738585072014e-308, .leastNormalMagnitude,
      .greatestFiniteMagnitude, .ulpOfOne, .pi, 4.35, 4.349999999999999,
      .leastNonzeroMagnitude, .leastNonzeroMagnitude * 2,
    ]
    #expect(try firstDifference(values + values.flatMap { [-$0, $0.nextUp, $0.nextDown] }) == nil)
  }

  @Test func powersOfTwoAndTheirNeighbours() throws {
    let powers = (-1074...1023).map { Double(sign: .plus, exponent: $0, significand: 1) }
    #expect(try firstDifference(powers.flatMap { [$0.nextDown, $0, $0.nextUp] }) == nil)
  }

  @Test func powersOfTenAndTheirNeighbours() throws {
    let powers = (-323...308).map { Double("1e\($0)")! }
    #expect(try firstDifference(powers.flatMap { [$0.nextDown, $0, $0.nextUp, $0 * 3] }) == nil)
  }

  @Test func subnormals() throws {
    var random = Sequence64(state: 1)
    let values = (0..<20_000).map { i in
      i < 2000 ? Double(bitPattern: UInt64(i)) : Double(bitPattern: random.next() >> 12)
    }
    #expect(try firstDifference(values) == nil)
  }

  /// Numbers halfway between two decimals of the shortest length.
  @Test func ties() throws {
    var random = Sequence64(state: 2)
    let values = (0..<20_000).map { _ in
      let shift = Int.random(in: 1...4, using: &random)
      return Double(UInt64.random(in: 1 << 52..<1 << 53, using: &random) | 1) / Double(1 << shift)
    }
    #expect(try firstDifference(values) == nil)
  }

  /// Beyond 2^53 the ends of the interval can be decimals themselves.
  @Test func largeWholeNumbers() throws {
    var random = Sequence64(state: 9)
    let values = (0..<50_000).map { i in
      Double(sign: .plus, exponent: 1 + i % 24, significand: 1)
        * Double(UInt64.random(in: 1 << 52..<1 << 53, using: &random))
    }
    #expect(try firstDifference(values) == nil)
  }

  @Test func decimals() throws {
    var random = Sequence64(state: 3)
    let values = (0..<50_000).map { i in
      Double("\(Int.random(in: 0..<1_000_000_000, using: &random))e-\(i % 20)")!
    }
    #expect(try firstDifference(values) == nil)
  }

  @Test(arguments: 0..<4)
  func randomBits(part: UInt64) throws {
    var random = Sequence64(state: part << 32)
    let values = (0..<250_000).lazy.map { _ in Double(bitPattern: random.next()) }
    #expect(try firstDifference(values) == nil)
  }

  /// What the fast path leaves open is rare among doubles, so that only this proves the exact one.
  @Test func exactPathAgreesWithTheFastOne() {
    var random = Sequence64(state: 4)
    var decided = 0
    for _ in 0..<20_000 {
      let c = UInt64.random(in: 1 << 52 + 1..<1 << 53, using: &random)
      let q = Int.random(in: -1074...971, using: &random)
      guard let fast = ShortestDecimal(c: c, q: q) else { continue }
      let exact = ShortestDecimal(exact: c, q: q, isBoundary: false)
      #expect(fast.exponent == exact.exponent)
      #expect(fast.leading * 10 + fast.last == exact.leading * 10 + exact.last)
      decided += 1
    }
    #expect(decided > 19_000)
  }

  @Test func floats() throws {
    let values: [Float] = [
      0, -0.0, 1, 0.1, 16_777_215, 16_777_216, 16_777_218, 8_388_608.5, 1e-4, 1e-5, 3e38,
      .leastNormalMagnitude, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .pi,
    ]
    #expect(try firstDifference(values + values.flatMap { [-$0, $0.nextUp, $0.nextDown] }) == nil)
    let powers = (-149...127).map { Float(sign: .plus, exponent: $0, significand: 1) }
    #expect(try firstDifference(powers.flatMap { [$0.nextDown, $0, $0.nextUp] }) == nil)
    var random = Sequence64(state: 5)
    let bits = (0..<200_000).map { _ in
      Float(bitPattern: UInt32.random(in: 0 ... .max, using: &random))
    }
    #expect(try firstDifference(bits) == nil)
  }

  @Test func equalsJSONEncoder() throws {
    var random = Sequence64(state: 6)
    let values = (0..<2000).map { _ in Double(bitPattern: random.next()) }.filter(\.isFinite)
    #expect(try written(values) == encoded(values))
    let floats = values.map { Float($0) }.filter(\.isFinite)
    #expect(try written(floats) == encoded(floats))
  }

  @Test(arguments: [Double.infinity, -Double.infinity, Double.nan])
  func nonFiniteNumbersAreErrors(value: Double) throws {
    var buffer = JSONBuffer()
    try buffer.write("before")
    let error = try #require(throws: JSONWritingError.self) { try buffer.write([1, value, value]) }
    guard case .nonFiniteNumber(let number, let offset) = error else { return }
    #expect(number.isNaN == value.isNaN && (value.isNaN || number == value))
    #expect(offset == 8 + 3)
    #expect(String(buffer) == #""before""#, "what was there before stays")
    buffer.reset()
    try buffer.write(1.5)
    #expect(String(buffer) == "1.5", "the buffer can be used again")
    #expect(throws: JSONWritingError.self) { try written(Float.infinity) }
  }

  /// Each power of ten again, with integers as long as needed.
  @Test func powerTable() {
    #expect(powersOfTen.count == 2 * (324 - smallestPowerOfTen + 1))
    for i in 0..<powersOfTen.count / 2 {
      let entry = LongNumber(words: [powersOfTen[2 * i + 1], powersOfTen[2 * i]])
      let exponent = i + smallestPowerOfTen
      #expect(powersOfTen[2 * i] >> 59 == 1)
      // entry = floor(10^e * 2^s), where s follows from the entry's 124 bits.
      if exponent >= 0 {
        let power = LongNumber.power(of: 10, exponent)
        #expect(entry == power.shifted(by: 124 - power.bitWidth))
      } else {
        // entry * 10^-e <= 2^t < (entry + 1) * 10^-e, with the one t that fits 124 bits.
        let power = LongNumber.power(of: 10, -exponent)
        let product = entry.multiplied(by: power)
        let next = product.added(power)
        #expect(product.bitWidth < next.bitWidth || product.isPowerOfTwo)
      }
    }
  }
}

/// Whole numbers of any length, just enough to check a table with.
private struct LongNumber: Equatable {
  var words: [UInt64]

  static func power(of base: UInt64, _ exponent: Int) -> LongNumber {
    (0..<exponent).reduce(LongNumber(words: [1])) { power, _ in
      power.multiplied(by: LongNumber(words: [base]))
    }
  }

  var bitWidth: Int { words.count * 64 - words.last!.leadingZeroBitCount }
  var isPowerOfTwo: Bool { words.reduce(0) { $0 + $1.nonzeroBitCount } == 1 }

  func multiplied(by other: LongNumber) -> LongNumber {
    var product = [UInt64](repeating: 0, count: words.count + other.words.count)
    for (i, a) in words.enumerated() {
      var carry: UInt64 = 0
      for (j, b) in other.words.enumerated() {
        let sum = UInt128(a) * UInt128(b) + UInt128(product[i + j]) + UInt128(carry)
        product[i + j] = UInt64(truncatingIfNeeded: sum)
        carry = UInt64(truncatingIfNeeded: sum >> 64)
      }
      product[i + other.words.count] = carry
    }
    return LongNumber(words: product).trimmed
  }

  func added(_ other: LongNumber) -> LongNumber {
    var sum: [UInt64] = []
    var carry: UInt64 = 0
    for i in 0..<max(words.count, other.words.count) {
      let word =
        UInt128(i < words.count ? words[i] : 0)
        + UInt128(i < other.words.count ? other.words[i] : 0)
        + UInt128(carry)
      sum.append(UInt64(truncatingIfNeeded: word))
      carry = UInt64(truncatingIfNeeded: word >> 64)
    }
    return LongNumber(words: sum + [carry]).trimmed
  }

  /// To the left, or to the right where negative.
  func shifted(by bits: Int) -> LongNumber {
    if bits >= 0 { return multiplied(by: .power(of: 2, bits)) }
    let (whole, rest) = (-bits).quotientAndRemainder(dividingBy: 64)
    let kept = Array(words[whole...]) + [0]
    let shifted = (0..<kept.count - 1).map { i in
      kept[i] >> UInt64(rest) | kept[i + 1] << UInt64(64 - rest)
    }
    return LongNumber(words: shifted).trimmed
  }

  private var trimmed: LongNumber {
    var trimmed = words
    while trimmed.count > 1, trimmed.last == 0 { trimmed.removeLast() }
    return LongNumber(words: trimmed)
  }
}

@Suite struct IntegerTests {
  private func check<Integer: FixedWidthInteger & JSONWritable>(_: Integer.Type) throws {
    var values: [Integer] = [.min, .min + 1, 0, 1, 9, .max - 1, .max]
    var power: Integer = 1
    while true {
      values += [power - 1, power, power + 1]
      if Integer.isSigned { values += [0 - power, 1 - power] }
      let (next, overflow) = power.multipliedReportingOverflow(by: 10)
      if overflow { break }
      power = next
    }
    for value in values { #expect(try written(value) == value.description) }
  }

  @Test func everyWidthAtItsBoundaries() throws {
    try check(Int8.self)
    try check(Int16.self)
    try check(Int32.self)
    try check(Int64.self)
    try check(Int.self)
    try check(Int128.self)
    try check(UInt8.self)
    try check(UInt16.self)
    try check(UInt32.self)
    try check(UInt64.self)
    try check(UInt.self)
    try check(UInt128.self)
  }

  @Test func tableOfThreeDigits() {
    #expect(threeDigits.count == 1000)
    for (value, entry) in threeDigits.enumerated() {
      let digits = Array("\(value + 1000)".utf8.dropFirst())
      let zeros = digits.prefix(2).prefix { $0 == UInt8(ascii: "0") }.count
      #expect((0..<3).map { UInt8(truncatingIfNeeded: entry >> UInt32(8 * $0)) } == digits)
      #expect(entry >> 24 == UInt32(8 * zeros))
    }
  }

  /// Around each multiple of a thousand and a million, where the groups of digits change.
  @Test func groupsOfThreeDigits() throws {
    var random = Sequence64(state: 10)
    for _ in 0..<20_000 {
      let unit: UInt64 = [1000, 1_000_000, 1_000_000_000].randomElement(using: &random)!
      let multiple = (random.next() >> UInt64.random(in: 1...63, using: &random)) / unit * unit
      for value in [multiple, multiple &+ unit &- 1] {
        #expect(try written(value) == value.description)
        #expect(
          try written(-Int64(value & 0x3FFF_FFFF_FFFF_FFFF))
            == (-Int64(value & 0x3FFF_FFFF_FFFF_FFFF)).description)
      }
    }
  }

  @Test func randomOfEveryLength() throws {
    var random = Sequence64(state: 7)
    for shift in 0..<64 {
      for _ in 0..<200 {
        let value = random.next() >> UInt64(shift)
        #expect(try written(value) == value.description)
        #expect(try written(Int64(bitPattern: value)) == Int64(bitPattern: value).description)
        let long = (UInt128(random.next()) << 64) >> shift | UInt128(value)
        #expect(try written(long) == long.description)
      }
    }
  }
}
