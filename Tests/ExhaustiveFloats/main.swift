// Writes every Float there is and looks at each: `make floats`.
//
// Each of the 2^31 - 2^23 finite magnitudes is written by FastJSON. Its digits must be those of Swift's
// description (without a final `.0`), hence never longer, and must read back as the same bits. The
// negative number must be the same with a minus sign. The others must be errors.
//
// Then ten million doubles, whose bits are random: the same, from a seed that is printed. A million
// are part of the tests.
//
// The parts that are done are remembered in a file, so that a run that was interrupted goes on.

import Dispatch
import FastJSON
import Foundation
import Synchronization

/// A part: all numbers whose magnitude has these 8 bits on top.
let partCount = 1 << 8
let partSize: UInt32 = 1 << 23

struct Difference: Error, CustomStringConvertible {
  var description: String
}

/// The first thing that is wrong with the numbers of a part.
func check(part: Int) throws(Difference) {
  var buffer = JSONBuffer(capacity: 64)
  for low in 0..<partSize {
    let value = Float(bitPattern: UInt32(part) << 23 | low)
    guard value.isFinite else {
      try checkError(value, &buffer)
      continue
    }
    let text = try written(value, &buffer)
    let digits = expected(value)
    if text != digits { throw different(value, text, "Swift writes \(digits)") }
    let read = text.withCString { strtof($0, nil) }
    if read.bitPattern != value.bitPattern { throw different(value, text, "it reads as \(read)") }
    let negative = try written(-value, &buffer)
    if negative.utf8.first != UInt8(ascii: "-")
      || !negative.utf8.dropFirst().elementsEqual(text.utf8)
    {
      throw different(-value, negative, "without the sign it is \(text)")
    }
  }
}

let doubleCount = 10_000_000
let doubleParts = 100

/// The first thing that is wrong with a part of the doubles.
func checkDoubles(part: Int, seed: UInt64) throws(Difference) {
  var buffer = JSONBuffer(capacity: 64)
  var random = Random(state: seed &+ UInt64(part) << 32)
  for _ in 0..<doubleCount / doubleParts {
    let value = Double(bitPattern: random.next())
    guard value.isFinite else { continue }
    let text = try written(value, &buffer)
    let digits = expected(value)
    if text != digits { throw different(value, text, "Swift writes \(digits)") }
    let read = text.withCString { strtod($0, nil) }
    if read.bitPattern != value.bitPattern { throw different(value, text, "it reads as \(read)") }
  }
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Random {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

func expected(_ value: some BinaryFloatingPoint & CustomStringConvertible) -> String {
  let digits = value.description
  return digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits
}

func written(
  _ value: some BinaryFloatingPoint & JSONWritable, _ buffer: inout JSONBuffer
) throws(Difference) -> String {
  buffer.reset()
  do {
    try buffer.write(value)
  } catch {
    throw Difference(description: "\(value) could not be written: \(error)")
  }
  return String(buffer)
}

func checkError(_ value: Float, _ buffer: inout JSONBuffer) throws(Difference) {
  for value in [value, -value] {
    buffer.reset()
    do {
      try buffer.write(value)
    } catch {
      continue
    }
    throw different(value, String(buffer), "it should be an error")
  }
}

func different(
  _ value: some BinaryFloatingPoint, _ text: String, _ reason: String
) -> Difference {
  let bits =
    (value as? Float).map { String($0.bitPattern, radix: 16) }
    ?? String(Double(value).bitPattern, radix: 16)
  return Difference(description: "bits 0x\(bits) are written as \(text), but \(reason)")
}

func fail(_ difference: String) -> Never {
  FileHandle.standardError.write(Data("exhaustive-floats: \(difference)\n".utf8))
  exit(1)
}

guard CommandLine.arguments.count == 2 else {
  FileHandle.standardError.write(Data("usage: exhaustive-floats FILE-OF-FINISHED-PARTS\n".utf8))
  exit(64)
}
let file = URL(filePath: CommandLine.arguments[1])
let before = Set(
  ((try? String(contentsOf: file, encoding: .utf8)) ?? "").split(separator: "\n").compactMap {
    Int($0)
  })
let parts = (0..<partCount).filter { !before.contains($0) }
if !before.isEmpty { print("\(before.count) of \(partCount) parts were done before") }

let state = Mutex((done: before, difference: String?.none))
let started = ContinuousClock.now
DispatchQueue.concurrentPerform(iterations: parts.count) { index in
  if state.withLock({ $0.difference != nil }) { return }
  do {
    try check(part: parts[index])
    state.withLock { state in
      state.done.insert(parts[index])
      let lines = state.done.sorted().map { "\($0)\n" }.joined()
      try? lines.write(to: file, atomically: true, encoding: .utf8)
      if state.done.count % 16 == 0 { print("\(state.done.count) of \(partCount) parts") }
    }
  } catch {
    state.withLock { $0.difference = $0.difference ?? "\(error)" }
  }
}
if let difference = state.withLock({ $0.difference }) { fail(difference) }
let seconds = (ContinuousClock.now - started).components.seconds
print(
  "all 4294967296 floats: Swift's digits, the same bits when read, NaN and infinity refused; "
    + "\(parts.count) of \(partCount) parts in \(seconds) s now")

let seed = UInt64.random(in: 0...UInt64(UInt32.max))
DispatchQueue.concurrentPerform(iterations: doubleParts) { part in
  do {
    try checkDoubles(part: part, seed: seed)
  } catch {
    state.withLock { $0.difference = $0.difference ?? "\(error); seed \(seed)" }
  }
}
if let difference = state.withLock({ $0.difference }) { fail(difference) }
print("\(doubleCount) random doubles: the same; seed \(seed)")
try? FileManager.default.removeItem(at: file)
