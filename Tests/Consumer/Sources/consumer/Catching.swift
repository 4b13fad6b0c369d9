// Catches the errors of both libraries in each way that a program may. Swift 6.3 fails to compile
// some of them, according to how an error is made, so this proves something before it is run.
//
// The local variables matter: only with one that the compiler takes from the heap to the stack does
// it trip over what it made of a catch before.

import AESCTR
import FastJSON

enum Caught: Equatable {
  case nothing, offset, overlap, other
  case bytes(Int)
  case name(String)
  case number(isNaN: Bool, offset: Int)
  case end(at: Int)
}

// MARK: Single cases; what is not caught is thrown on

func oneCase(_ key: [UInt8]) throws -> Caught {
  var cipher = try AESCTR(key: key, counter: key)
  var text = key
  do {
    try cipher.update(&text)
    try cipher.seek(to: -1)
  } catch AESCTRError.offset {
    return .offset
  }
  return .nothing
}

func severalCases(_ key: [UInt8]) throws -> Caught {
  var cipher = try AESCTR(key: key, counter: key)
  var text = key
  do {
    try cipher.update(&text)
    try cipher.seek(to: -1)
  } catch AESCTRError.overlap {
    return .overlap
  } catch AESCTRError.keystreamExhausted(let requested, left: _) {
    return .bytes(requested)
  } catch let AESCTRError.position(position, last: last) where position == last {
    return .other
  } catch AESCTRError.offset, AESCTRError.outOfMemory {
    return .offset
  } catch {
    throw error
  }
  return .nothing
}

func payload(_ key: [UInt8]) throws -> Caught {
  var name = "no"
  name += "ne"
  do {
    _ = try AESCTR(key: key, counter: key, implementation: name)
  } catch AESCTRError.keyLength(let bytes), AESCTRError.counterLength(let bytes) {
    return .bytes(bytes)
  } catch AESCTRError.unknownImplementation(let name) {
    return .name(name.description)
  }
  return .nothing
}

func payload(_ number: Double) throws -> Caught {
  var buffer = JSONBuffer()
  do {
    try buffer.write([number])
  } catch JSONWritingError.nonFiniteNumber(let number, let offset) {
    return .number(isNaN: number.isNaN, offset: offset)
  }
  return .nothing
}

func inClosureAndLoop(_ keys: [[UInt8]]) throws -> [Caught] {
  var caught: [Caught] = []
  let run = { (key: [UInt8]) in
    var text = key
    do {
      var cipher = try AESCTR(key: key, counter: key)
      try cipher.update(&text)
    } catch AESCTRError.counterLength(let bytes) {
      caught.append(.bytes(bytes))
    }
  }
  for key in keys { try run(key) }
  return caught
}

func inAsync(_ key: [UInt8]) async throws -> Caught {
  var cipher = try AESCTR(key: key, counter: key)
  await Task.yield()
  do {
    try cipher.seek(to: -1)
  } catch AESCTRError.offset {
    return .offset
  }
  return .nothing
}

// MARK: By type

// The compiler warns that this test is always true; programs have it all the same.
func byType(_ text: String) throws -> Caught {
  var depth = 1
  depth += 1
  do {
    _ = try JSONDocument(parsing: text, depth: depth)
  } catch let error as JSONParsingError {
    if case .unexpectedEnd = error.reason { return .end(at: error.offset) }
    throw error
  }
  return .nothing
}

func byTypes(_ key: [UInt8], _ number: Double) throws -> Caught {
  var cipher = try AESCTR(key: key, counter: key)
  var buffer = JSONBuffer()
  do {
    try buffer.write(number)
    try cipher.seek(to: -1)
  } catch is JSONWritingError {
    return .other
  } catch let error as AESCTRError {
    return error == .offset ? .offset : .overlap
  }
  return .nothing
}

// MARK: Typed

func exhaustively(_ key: [UInt8]) -> Caught {
  var text = key
  do throws(AESCTRError) {
    var cipher = try AESCTR(key: key, counter: key)
    try cipher.update(&text)
    try cipher.seek(to: -1)
  } catch {
    switch error {
    case .keyLength(let bytes), .counterLength(let bytes), .nonceLength(let bytes):
      return .bytes(bytes)
    case .initialCounter(_, let counterBytes): return .bytes(counterBytes)
    case .outputLength(let input, output: _): return .bytes(input)
    case .overlap: return .overlap
    case .keystreamExhausted(let requested, left: _): return .bytes(requested)
    case .position: return .other
    case .offset: return .offset
    case .unknownFeature(let name), .unknownImplementation(let name),
      .unavailableImplementation(let name):
      return .name(name.description)
    case .outOfMemory: return .other
    #if EVOLUTION
      @unknown default: return .other
    #endif
    }
  }
  return .nothing
}

func typed(_ number: Double) throws(JSONWritingError) -> Caught {
  var buffer = JSONBuffer()
  do throws(JSONWritingError) {
    try buffer.write([number])
  } catch .nonFiniteNumber(let number, offset: 1) {
    return .number(isNaN: number.isNaN, offset: 1)
  }
  return .nothing
}

func typed(_ key: [UInt8]) throws -> Caught {
  var cipher = try AESCTR(key: key, counter: key)
  do throws(AESCTRError) {
    try cipher.seek(to: -1)
  } catch .overlap {
    return .overlap
  } catch .offset {
    return .offset
  }
  return .nothing
}

// MARK: With a condition, where the documentation says what must stand behind it

func literals(_ key: [UInt8], _ number: Double) throws -> Caught {
  var buffer = JSONBuffer()
  do {
    try buffer.write([number])
    _ = try AESCTR(key: key, counter: key, implementation: "none")
  } catch AESCTRError.unknownImplementation("none") {
    return .name("none")
  }
  return .nothing
}

func condition(_ number: Double) throws -> Caught {
  var buffer = JSONBuffer()
  do {
    try buffer.write([number])
  } catch JSONWritingError.nonFiniteNumber(let number, let offset) where offset == 1 {
    return .number(isNaN: number.isNaN, offset: offset)
  } catch {
    throw error
  }
  return .nothing
}

func condition(_ text: String) throws -> Caught {
  var depth = 1
  depth += 1
  do {
    _ = try JSONDocument(parsing: text, depth: depth)
  } catch let error where error.line == 1 {
    return .end(at: error.offset)
  } catch {
    throw error
  }
  return .nothing
}

func checkCatching() async throws {
  let key = [UInt8](0..<16)
  func check<Value: Equatable>(_ value: Value, _ expected: Value, line: Int = #line) {
    precondition(value == expected, "line \(line): \(value), not \(expected)")
  }
  check(try oneCase(key), .offset)
  check(try severalCases(key), .offset)
  check(try payload(key), .name("none"))
  check(try payload(.nan), .number(isNaN: true, offset: 1))
  check(try inClosureAndLoop([key, [1], [1, 2]]), [.bytes(1), .bytes(2)])
  check(try await inAsync(key), .offset)
  check(try byType("[1, 2"), .end(at: 5))
  check(try byTypes(key, 1), .offset)
  check(try byTypes(key, .nan), .other)
  check(exhaustively(key), .offset)
  check(exhaustively([1]), .bytes(1))
  check(try typed(.nan), .number(isNaN: true, offset: 1))
  check(try typed(key), .offset)
  check(try literals(key, 1), .name("none"))
  check(try condition(.infinity), .number(isNaN: false, offset: 1))
  check(try condition("[1, 2"), .end(at: 5))
  // What is caught nowhere comes out as what it was.
  do {
    _ = try oneCase([1])
    preconditionFailure("a counter block of one byte")
  } catch {
    check(error as? AESCTRError, .counterLength(1))
  }
  do {
    _ = try literals(key, .infinity)
    preconditionFailure("an infinity")
  } catch {
    check(error as? JSONWritingError, .nonFiniteNumber(.infinity, offset: 1))
  }
}
