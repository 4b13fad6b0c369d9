import Foundation
import Testing

@testable import FastJSON

@Suite("What FastJSONEncoder writes to") struct EncoderOutputTests {
  @Test func allGiveTheSame() throws {
    let encoder = FastJSONEncoder()
    for formatting in [[], .prettyPrinted, .sortedKeys] as [JSONEncoder.OutputFormatting] {
      encoder.outputFormatting = formatting.union(.sortedKeys)
      var buffer = JSONBuffer(capacity: 0)
      for value in [Model(), Model()] {
        let data = try encoder.encode(value)
        #expect(try encoder.bytes(of: value) == [UInt8](data))
        buffer.append(0x0A)
        let before = buffer.count
        try encoder.encode(value, to: &buffer)
        #expect(buffer.withUnsafeBytes { [UInt8]($0[before...]) } == [UInt8](data))
      }
    }
  }

  @Test func failuresLeaveTheBufferAlone() throws {
    var buffer = JSONBuffer()
    try FastJSONEncoder().encode([1], to: &buffer)
    #expect(throws: EncodingError.self) { try FastJSONEncoder().encode([Double.nan], to: &buffer) }
    #expect(String(buffer) == "[1]")
  }

  /// An encoder for each document takes over what the last one has learnt, but not its options.
  @Test func encodersThatAreMadeAnew() throws {
    let infinity = JSONEncoder.NonConformingFloatEncodingStrategy.convertToString(
      positiveInfinity: "+", negativeInfinity: "-", nan: "?")
    let pairs = (0..<4).flatMap { _ in
      [
        { EncoderPair() }, { EncoderPair(.prettyPrinted) }, { EncoderPair(date: .iso8601) },
        { EncoderPair(float: infinity) }, { EncoderPair(key: .convertToSnakeCase) },
        { EncoderPair(.withoutEscapingSlashes, key: .convertToSnakeCase) },
        { EncoderPair(key: .custom { Name(stringValue: "\($0.count)" + $0.last!.stringValue) }) },
      ]
    }
    for pair in pairs {
      let (ours, theirs) = pair().outcomes(Model())
      #expect(ours == theirs)
      let (failure, expected) = pair().outcomes([Double.infinity])
      #expect(failure == expected)
    }
  }

  @Test func optionsThatChange() throws {
    let pair = EncoderPair()
    for formatting in [[], .prettyPrinted, .withoutEscapingSlashes]
      as [JSONEncoder.OutputFormatting]
    {
      pair.ours.outputFormatting = formatting.union(.sortedKeys)
      pair.theirs.outputFormatting = formatting.union(.sortedKeys)
      for key in [JSONEncoder.KeyEncodingStrategy.convertToSnakeCase, .useDefaultKeys] {
        pair.ours.keyEncodingStrategy = key
        pair.theirs.keyEncodingStrategy = key
        let (ours, theirs) = pair.outcomes(Model())
        #expect(ours == theirs)
      }
    }
  }

  class Subclass: FastJSONEncoder, @unchecked Sendable {
    var calls = 0
    override var outputFormatting: FastJSONEncoder.OutputFormatting {
      get { [.sortedKeys, .prettyPrinted] }
      set { _ = newValue }
    }
    override func encode<T: Encodable>(_ value: T) throws -> Data {
      calls += 1
      return try super.encode(value)
    }
  }

  @Test func subclasses() throws {
    let encoder = Subclass()
    encoder.outputFormatting = []
    let reference = JSONEncoder()
    reference.outputFormatting = [.sortedKeys, .prettyPrinted]
    for _ in 0..<3 { #expect(try encoder.encode(Model()) == reference.encode(Model())) }
    #expect(encoder.calls == 3)
    let isSendable: any Sendable = encoder
    #expect(isSendable is FastJSONEncoder)
  }

  struct Configured: EncodableWithConfiguration {
    enum Choice: EncodingConfigurationProviding {
      case first, second
      static var encodingConfiguration: Choice { .second }
    }
    func encode(to encoder: any Encoder, configuration: Choice) throws {
      if configuration == .first { return }
      var container = encoder.container(keyedBy: Name.self)
      try container.encode(Double.pi, forKey: "z")
      try container.encode(["a/b"], forKey: "a")
    }
  }

  @Test func configurations() throws {
    let pair = EncoderPair(.prettyPrinted)
    for _ in 0..<2 {
      #expect(
        try pair.ours.encode(Configured(), configuration: .second)
          == pair.theirs.encode(Configured(), configuration: .second))
      #expect(
        try pair.ours.encode(Configured(), configuration: Configured.Choice.self)
          == pair.theirs.encode(Configured(), configuration: Configured.Choice.self))
      let ours = #expect(throws: EncodingError.self) {
        try pair.ours.encode(Configured(), configuration: .first)
      }
      let theirs = #expect(throws: EncodingError.self) {
        try pair.theirs.encode(Configured(), configuration: .first)
      }
      #expect(try "\(#require(ours))" == "\(#require(theirs))")
    }
  }

  /// The program of the documentation, with each of the two encoders.
  @Test func theDocumentedProgram() throws {
    #expect(try ProgramAfter.run() == ProgramBefore.run())
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    func text(_ path: String) throws -> String {
      try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    }
    func program(_ file: String) throws -> String {
      let lines = try text(file).split(separator: "\n", omittingEmptySubsequences: false)
      let start = try #require(lines.firstIndex { $0.contains("// What follows is the program") })
      return lines[(start + 2)...].prefix { $0 != "}" }
        .map { $0.hasPrefix("  ") ? $0.dropFirst(2) : $0 }.joined(separator: "\n")
    }
    let after = try program("ProgramAfter.swift")
    let before = try program("ProgramBefore.swift")
    #expect(before.replacing("= JSONEncoder()", with: "= FastJSONEncoder()") == after)
    #expect(before.ranges(of: "= JSONEncoder()").count == 1)
    let article = try text(
      "../../Sources/Swift/FastJSON/FastJSON.docc/MovingFromJSONEncoder.md")
    #expect(article.contains("```swift\n\(after)\n```"))
  }
}
