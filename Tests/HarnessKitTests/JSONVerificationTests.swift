import Foundation
import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabReport
@testable import OptlabResults

@Suite struct JSONVerificationTests {
  @Test func theRowsAreThere() {
    #expect(
      Set(["foundation", "swift-simd", "simdjson"]).isSubset(of: JSONImplementations.all.map(\.id)))
  }

  @Test(arguments: JSONImplementations.all)
  func everyImplementationAgrees(implementation: JSONImplementations) {
    switch verifyJSON(implementation.encoding, seed: 1) {
    case .passed(let checks): #expect(checks > 100)
    case .failed(let mismatch): Issue.record("\(mismatch.check): \(mismatch.summary)")
    }
  }

  /// Not only with the source: with each other, byte by byte where the format is the same.
  @Test(arguments: JSONPayload.standard.map(\.id))
  func implementationsAgreeWithEachOther(id: String) throws {
    let payload = try #require(JSONPayload.standard.first { $0.id == id })
    let simd = try SwiftSIMDJSON().prepare(payload).documents()
    for implementation in JSONImplementations.all {
      let documents = try implementation.encoding.prepare(payload).documents()
      #expect(documents.count == simd.count)
      // Reading both takes longer than all else in these tests.
      for (document, other) in zip(documents, simd) where document != other {
        #expect(JSONDifference(in: document, from: other)?.summary == nil, "\(implementation.id)")
      }
    }
  }

  @Test(arguments: JSONImplementations.all)
  func eachCaseRunsOnce(implementation: JSONImplementations) throws {
    for payload in JSONPayload.standard {
      let prepared = try implementation.encoding.prepare(payload)
      prepared.run(1)
      #expect(prepared.unitsPerCall > 0)
    }
  }

  /// What an implementation can get wrong, and what must be said about it.
  struct Defect: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var payloads: [String]
    var summary: String
    var damage: @Sendable ([UInt8]) -> [UInt8]

    static func replacing(_ old: String, _ new: String) -> @Sendable ([UInt8]) -> [UInt8] {
      { document in
        var bytes = document
        if let range = document.firstRange(of: Array(old.utf8)) {
          bytes.replaceSubrange(range, with: Array(new.utf8))
        }
        return bytes
      }
    }

    static let all: [Defect] = [
      Defect(
        testDescription: "drops an escape", payloads: ["feed"], summary: "not valid JSON",
        damage: replacing("\\\"", "\"")),
      Defect(
        testDescription: "drops the escape of a line feed", payloads: ["feed"],
        summary: "$.statuses[", damage: replacing("\\n", "n")),
      Defect(
        testDescription: "escapes the wrong character", payloads: [], summary: "$[",
        damage: replacing("\\u001f", "\\u001e")),
      Defect(
        testDescription: "writes a wrong digit", payloads: ["catalog"],
        summary: "$.topics[0].id is 324846099, expected 324846098",
        damage: replacing("324846098", "324846099")),
      Defect(
        testDescription: "rounds a number", payloads: ["geo"],
        summary: "$.features[0].geometry.coordinates[0][0][0] is -1",
        damage: { document in
          // The last digit of the first coordinate.
          guard let point = document.firstIndex(of: UInt8(ascii: ".")),
            let comma = document[point...].firstIndex(of: UInt8(ascii: ","))
          else { return document }
          var bytes = document
          bytes[comma - 1] = bytes[comma - 1] == 0x31 ? 0x32 : 0x31
          return bytes
        }),
      Defect(
        testDescription: "leaves a member out", payloads: ["SIMPLE"], summary: "$.key2 is missing",
        damage: replacing(#""key2":true,"#, "")),
      Defect(
        testDescription: "adds a member", payloads: ["SIMPLE"],
        summary: "$.key6 is a member that should not be there",
        damage: replacing(#"{"key1""#, #"{"key6":1,"key1""#)),
      Defect(
        testDescription: "writes a Boolean as a number", payloads: ["SIMPLE"],
        summary: "$.key2 is 1, expected true", damage: replacing("true", "1")),
      Defect(
        testDescription: "leaves an element out", payloads: ["HUGE"],
        summary: "$ is an array of 999, expected 1000 elements",
        damage: { document in
          guard let comma = document.firstRange(of: Array("},{\"key1\":0,\"key2\":{".utf8)) else {
            return document
          }
          return [0x5B] + document[(comma.lowerBound + 2)...]
        }),
      Defect(
        testDescription: "stops early", payloads: ["NESTED"], summary: "not valid JSON",
        damage: { $0.dropLast() }),
      Defect(
        testDescription: "writes null for a string", payloads: ["SIMPLE"],
        summary: "$.key4 is null, expected \"foo\"", damage: replacing("\"foo\"", "null")),
      Defect(
        testDescription: "loses a character beyond ASCII", payloads: ["NESTED"],
        summary: "$.key is \"ać\", expected \"ąćż\"", damage: replacing("ąćż", "ać")),
    ]
  }

  /// FastJSON's writing, damaged.
  struct Damaged: JSONEncoding {
    var damage: @Sendable ([UInt8]) -> [UInt8]
    var returns: String { "reused buffer" }

    func prepare(_ payload: JSONPayload) throws -> any PreparedEncoding {
      Prepared(
        documents: try SwiftSIMDJSON().prepare(payload).documents().map(damage), payload: payload)
    }

    final class Prepared: PreparedEncoding {
      private let written: [[UInt8]]
      let payload: JSONPayload
      let unitsPerCall: Int
      var tally = WrittenTally()
      var lastDocument: [UInt8]? { written.last }

      init(documents: [[UInt8]], payload: JSONPayload) {
        written = documents
        self.payload = payload
        unitsPerCall = payload.bytesPerCall(of: documents)
      }

      func run(_ calls: Int) {}
      func documents() throws -> [[UInt8]] { written }
      func forget() {}
    }
  }

  @Test(arguments: Defect.all)
  func defectsAreFound(defect: Defect) throws {
    let payloads = JSONPayload.standard.filter { defect.payloads.contains($0.id) }
    let verdict = verifyJSON(Damaged(damage: defect.damage), seed: 1, payloads: payloads)
    guard case .failed(let mismatch) = verdict else {
      Issue.record("not found")
      return
    }
    #expect(mismatch.summary.contains(defect.summary), "\(mismatch.summary)")
    #expect(payloads.isEmpty || mismatch.check == payloads[0].id)
    if mismatch.summary.hasPrefix("not valid JSON") {
      #expect(mismatch.offset != nil)
      #expect(mismatch.detail.contains("written ") && mismatch.detail.contains("expected "))
    }
  }

  @Test func undamagedPasses() {
    guard case .passed = verifyJSON(Damaged(damage: { $0 }), seed: 1) else {
      Issue.record("the comparison finds a difference where there is none")
      return
    }
  }

  /// An implementation that throws is a failure with its reason, not a crash.
  @Test func errorsAreFailures() {
    struct Broken: JSONEncoding {
      struct Reason: Error, CustomStringConvertible { var description: String { "no such form" } }
      var returns: String { "nothing" }
      func prepare(_ payload: JSONPayload) throws -> any PreparedEncoding { throw Reason() }
    }
    guard case .failed(let mismatch) = verifyJSON(Broken(), seed: 1) else {
      Issue.record("not found")
      return
    }
    #expect(mismatch.check == "EMPTY" && mismatch.summary == "cannot be written: no such form")
  }

  @Test func difficultDocumentsFollowFromTheSeed() {
    let documents = { (seed: UInt64) in JSONPayload.difficult(seed: seed).map { $0.parts[0].json } }
    #expect(documents(5) == documents(5))
    #expect(documents(5) != documents(6))
  }

  @Test func simdjsonSaysWhatIsWrong() throws {
    let payload = JSONPayload(
      id: "broken", parts: [.init(value: JSONValue.null, json: Array("[1,".utf8), repeats: 1)])
    let error = try #require(throws: SimdJSON.LoadError.self) { try SimdJSON().prepare(payload) }
    #expect(error.description.hasPrefix("simdjson does not load this document: "))
  }
}
