import AESCTR
import Foundation
import Testing

/// The documentation's examples, which thereby compile: each Swift block of the DocC pages stands
/// here line by line.
@Suite("Documentation")
struct DocumentationTests {
  private static let key = [UInt8](0..<16)
  private static let nonce = [UInt8](0..<12)
  private static let counter = [UInt8](0..<16)
  private static let text = [UInt8]("Attack at dawn".utf8)

  @Test func everySwiftBlockStandsHere() throws {
    let here = URL(filePath: #filePath)
    let pages = here.deletingLastPathComponent()
      .appending(path: "../../Sources/Swift/AESCTR/AESCTR.docc").standardized
    let source = Self.lines(try String(contentsOf: here, encoding: .utf8)).joined(separator: "\n")
    var blocks = 0
    for page in try FileManager.default.contentsOfDirectory(
      atPath: pages.path(percentEncoded: false))
    where page.hasSuffix(".md") {
      let text = try String(contentsOf: pages.appending(path: page), encoding: .utf8)
      for part in text.components(separatedBy: "```swift\n").dropFirst() {
        let block = Self.lines(part.components(separatedBy: "```")[0]).joined(separator: "\n")
        #expect(source.contains(block), "\(page):\n\(block)")
        blocks += 1
      }
    }
    #expect(blocks == 9)
  }

  /// Without indentation and empty lines.
  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }

  @Test func aMessageWithANonce() throws {
    let (key, nonce, text) = (Self.key, Self.nonce, Self.text)
    var cipher = try AESCTR(key: key, nonce: nonce, initialCounter: 1)
    let ciphertext = try cipher.update(text)
    #expect(ciphertext == expected(text, key: key, counter: nonce + [0, 0, 0, 1]))
  }

  @Test func theEndOfAMessage() throws {
    var cipher = try AESCTR(
      key: Self.key, nonce: [UInt8](repeating: 0, count: 15), initialCounter: 255)
    var bytes = [UInt8](repeating: 0, count: 17)
    do throws(AESCTRError) {
      try cipher.update(&bytes)
    } catch .keystreamExhausted(_, let left) {
      print("a new nonce is due: \(left) bytes are left of this message")
    }
    #expect(bytes == [UInt8](repeating: 0, count: 17))
  }

  @Test func manyMessages() throws {
    let (key, firstNonce, secondNonce) = (Self.key, Self.nonce, Self.nonce.map { ~$0 })
    let (firstText, secondText) = (Self.text, Self.text + Self.text)
    var cipher = try AESCTR(key: key, nonce: firstNonce)
    let first = try cipher.update(firstText)
    try cipher.restart(nonce: secondNonce)
    let second = try cipher.update(secondText)
    #expect(first == expected(firstText, key: key, counter: firstNonce + [0, 0, 0, 0]))
    #expect(second == expected(secondText, key: key, counter: secondNonce + [0, 0, 0, 0]))
  }

  @Test func anyPlace() throws {
    let (key, counter) = (Self.key, Self.counter)
    let ciphertext = [UInt8](repeating: 7, count: 1_000_200)
    var cipher = try AESCTR(key: key, counter: counter)
    try cipher.seek(to: 1_000_000)
    let part = try cipher.update(ciphertext[1_000_000..<1_000_100])
    #expect(
      part
        == expected(Array(ciphertext[..<100]), key: key, counter: counter, block: 62_500))
  }

  @Test func implementations() throws {
    let (key, counter, text) = (Self.key, Self.counter, Self.text)
    var cipher = try AESCTR(key: key, counter: counter)
    let ciphertext = try cipher.update(text)
    #expect(ciphertext == expected(text, key: key, counter: counter))
    print(cipher.implementation)
    print(AESCTR.implementations)
    for id in AESCTR.implementations {
      var cipher = try AESCTR(key: key, counter: counter, implementation: id)
      let output = try cipher.update(text)
      assert(output == ciphertext, "\(id)")
    }
  }

  @Test func withoutAllocation() throws {
    let (key, counter, input) = (Self.key, Self.counter, Self.text)
    var cipher = try AESCTR(key: key, counter: counter)
    var bytes = input
    var memory = [UInt8](repeating: 0, count: input.count)
    var output = memory.mutableSpan
    try cipher.update(&bytes)
    try cipher.update(input.span, into: &output)
    let zeros = [UInt8](repeating: 0, count: 2 * input.count)
    let keystream = expected(zeros, key: key, counter: counter)
    #expect(zip(keystream, bytes + memory).map(^) == input + input)
  }
}
