import TestSupport
import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabReport

@Suite("Names that somebody may have meant")
struct NearMissTests {
  @Test(
    "Letters put in, taken out, exchanged",
    arguments: [
      ("", "", 0), ("verify", "verify", 0), ("verfy", "verify", 1), ("verifyy", "verify", 1),
      ("verigy", "verify", 1), ("vreify", "verify", 1), ("kitten", "sitting", 3), ("", "abc", 3),
    ])
  func distance(a: String, b: String, expected: Int) {
    #expect(NearMiss.distance(Array(a), Array(b)) == expected)
    #expect(NearMiss.distance(Array(b), Array(a)) == expected)
  }

  private static let names = ["all", "c-aesni", "c-vaes256", "asm-aesni", "openssl", "HUGE"]

  @Test(
    "The nearest one is named, and none where none is near",
    arguments: [
      ("c-aesnii", "c-aesni"), ("aesni", "c-aesni"), ("asm-aensi", "asm-aesni"),
      ("opnessl", "openssl"), ("OpenSSL", "openssl"), ("huge", "HUGE"), ("c-vaes", "c-vaes256"),
      ("al", "all"), ("x", nil), ("", nil), ("nosuch", nil), ("all", nil), ("zzzz", nil),
    ] as [(String, String?)])
  func nearest(name: String, expected: String?) {
    #expect(NearMiss.of(name, among: Self.names) == expected)
  }

  @Test("A name that is too long to be one is not looked for")
  func long() {
    #expect(NearMiss.of(String(repeating: "a", count: 1 << 20), among: Self.names) == nil)
  }

  @Test(
    "Every list of names has it",
    arguments: [
      ("implementation", "c-aesni"), ("workload", "aes-128-ctr"), ("size", "pyaes"),
    ])
  func selections(kind: String, meant: String) {
    let mistyped = String(meant.dropLast())
    let failure = #expect(throws: Selection.Failure.self) {
      switch kind {
      case "implementation":
        _ = try Selection.implementations("all,\(mistyped)", of: WorkloadList.house.implementations)
      case "workload": _ = try WorkloadList.house.workloads(mistyped)
      default: _ = try AESInput.cases(mistyped)
      }
    }
    let text = failure?.description ?? ""
    #expect(text.contains("'\(mistyped)'") && text.contains("did you mean '\(meant)'?"), "\(text)")
  }

  @Test("'all' beside a name that there is not: that one is unknown")
  func allAndUnknown() throws {
    let all = WorkloadList.house.implementations
    #expect(try Selection.implementations("all,openssl", of: all).count == all.count)
    let failure = #expect(throws: Selection.Failure.self) {
      try Selection.implementations("all,nosuch", of: all)
    }
    #expect(failure?.description.hasPrefix("unknown implementation 'nosuch'") == true)
  }
}
