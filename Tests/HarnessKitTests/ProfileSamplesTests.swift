import Foundation
import Testing

@testable import OptlabAES
@testable import OptlabCPU
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabProfile
@testable import OptlabReport
@testable import OptlabStatistics

@Suite("Samples of perf, read and folded")
struct ProfileSamplesTests {
  /// As perf 6.1 prints it: two samples by frame pointers, one that was cut off, one without frames.
  static let script = """
        500750 cpu-clock:u: 
    \t          17c1f1 caes_c_vaes512+0x541 (/opt/lab (new)/harness)
    \t          1bb334 $s10HarnessKit10AESMessageC3runyySiF+0x64 (/opt/lab (new)/harness)
    \t          28eaf9 harness_main+0x9 (/opt/lab (new)/harness)
    \t           2724a __libc_start_call_main+0x7a (/usr/lib/libc.so.6)

        500751 cpu-clock:u: 
    \t          1e8319 [unknown] (/usr/lib/libcrypto.so.3)
    \t          1e8400 [unknown] (/usr/lib/libcrypto.so.3)
    \t          2445f0 EVP_EncryptUpdate+0x1f0 (/usr/lib/libcrypto.so.3)
    \t          28eaf9 harness_main+0x9 (/opt/lab (new)/harness)

        500752 cpu-clock:u: 
    \t          203770 _Znwm+0x10 (/usr/lib/libstdc++.so.6)
    \tffffffffffffffff [unknown] ([unknown])

        500753 cpu-clock:u: 

    """

  @Test("Event, periods, symbols, offsets and libraries come out whole")
  func read() throws {
    let script = PerfScript(Self.script)
    #expect(script.event == "cpu-clock:u")
    #expect(script.samples.map(\.period) == [500_750, 500_751, 500_752])
    let first = try #require(script.samples.first)
    #expect(first.frames.count == 4)
    #expect(
      first.frames[0]
        == StackSample.Frame(
          symbol: "caes_c_vaes512", offset: 0x541, object: "/opt/lab (new)/harness"))
    #expect(
      script.samples[1].frames[0] == StackSample.Frame(object: "/usr/lib/libcrypto.so.3"))
    #expect(script.samples[2].frames[0].symbol == "_Znwm")
    #expect(script.samples[2].frames[1] == StackSample.Frame())
  }

  @Test("A path starts at main; code without names is one frame under its library's name")
  func paths() {
    let samples = PerfScript(Self.script).samples
    #expect(samples[0].path == ["main", "AESMessage.run(_:)", "caes_c_vaes512"])
    #expect(samples[1].path == ["main", "EVP_EncryptUpdate", "[libcrypto.so.3]"])
    #expect(samples[2].path == ["[unknown]", "operator new"])
    #expect(samples.map(\.isWhole) == [true, true, false])
  }

  @Test("The compiler's forwarders are left out, but not where the time was spent in them")
  func forwarders() {
    let forwarder = StackSample.Frame(symbol: "$s7harness1fyyFTA", object: "/harness")
    let other = StackSample.Frame(symbol: "work", object: "/harness")
    #expect(StackSample(frames: [other, forwarder], period: 1).path == ["work"])
    #expect(StackSample(frames: [forwarder, other], period: 1).path == ["work", "f()"])
  }

  @Test("Folded stacks are sorted lines, and come back as they were")
  func foldedStacks() throws {
    let samples = PerfScript(Self.script).samples
    let stacks = FoldedStacks(samples + samples.prefix(1))
    #expect(
      stacks.text == """
        [unknown];operator new 1
        main;AESMessage.run(_:);caes_c_vaes512 2
        main;EVP_EncryptUpdate;[libcrypto.so.3] 1

        """)
    #expect(try FoldedStacks(text: stacks.text) == stacks)
    #expect(stacks.total == 4)
    #expect(stacks.leaves.first?.name == "caes_c_vaes512")
    #expect(stacks.leaves.first?.count == 2)
  }

  @Test("A semicolon in a name does not make two frames")
  func semicolon() throws {
    var stacks = FoldedStacks()
    stacks.add(["main", "odd;name"])
    #expect(stacks.text == "main;odd:name 1\n")
  }

  @Test(
    "A file that is none is refused with the line's number",
    arguments: [
      ("main 1\nno number\n", 2), ("main;f -1\n", 1), (" 5\n", 1), ("{\"a\": [\n", 1),
      ("main 1\r\nno number\r\n", 2), ("main;f nan\n", 1), ("main;f 1e3\n", 1),
      ("main;f 1.2.3\n", 1), ("main;f 99999999999999999999\n", 1), ("12\n", 1),
    ])
  func foreignFile(text: String, line: Int) {
    #expect {
      try FoldedStacks(text: text)
    } throws: {
      ($0 as? FoldedStacks.SyntaxError)?.line == line
    }
  }

  @Test(
    "Lines end as on any system; numbers need not be whole",
    arguments: [
      ("main;a 3\r\nmain;b 1\r\n", "main;a 3\nmain;b 1\n"),
      ("main;a 3\r\n\r\nmain;b 1", "main;a 3\nmain;b 1\n"),
      ("main;a\t3 \nmain;b 1\t\n", "main;a 3\nmain;b 1\n"),
      ("main;a 1.5\nmain;a 1.5\nmain;b 1.0\n", "main;a 3\nmain;b 1\n"),
      ("main;a 0.25\nmain;b 1.\nmain;c 0\n", "main;a 0.250000\nmain;b 1\n"),
      ("operator new 2\nmain;f 1 3\n", "main;f 1 3\noperator new 2\n"),
    ])
  func layouts(text: String, read: String) throws {
    let stacks = try FoldedStacks(text: text)
    #expect(stacks.text == read)
    #expect(try FoldedStacks(text: stacks.text) == stacks)
  }

  @Test(
    "A difference is no profile, and its numbers no frames",
    arguments: ["a 10 12\n", "main;a 10 30\r\nmain;b 10 0\r\n", "main;a 1.5 2\nmain 3 4\n"])
  func twoColumns(text: String) throws {
    #expect {
      try FoldedStacks(text: text)
    } throws: {
      ($0 as? FoldedStacks.SyntaxError)?.description.contains("a difference already") ?? false
    }
  }

  @Test("Two profiles: a line a path with both numbers; changes are those of normalised shares")
  func difference() throws {
    let both = DifferentialStacks(
      before: try FoldedStacks(text: "main;a 10\nmain;b 10\n"),
      after: try FoldedStacks(text: "main;a 30\nmain;c 10\n"))
    #expect(both.text == "main;a 10 30\nmain;b 10 0\nmain;c 0 10\n")
    #expect(both.changes.map(\.name) == ["b", "a", "c"])
    #expect(both.changes.map(\.points) == [-50, 25, 25])
  }

  @Test("speedscope: each index names a frame, each stack has a weight, the end is their sum")
  func speedscope() throws {
    let samples = PerfScript(Self.script).samples
    let json = try Speedscope(
      [samples[0], samples[0], samples[1]], name: "a/b/c", event: "cpu-clock:u"
    ).json()
    let file = try #require(JSONSerialization.jsonObject(with: json) as? [String: Any])
    #expect(file["$schema"] as? String == "https://www.speedscope.app/file-format-schema.json")
    let shared = try #require(file["shared"] as? [String: [[String: Any]]])
    let frames = try #require(shared["frames"]).map { $0["name"] as? String }
    let profile = try #require((file["profiles"] as? [[String: Any]])?.first)
    #expect(profile["type"] as? String == "sampled")
    #expect(profile["unit"] as? String == "nanoseconds")
    #expect(profile["startValue"] as? Int == 0)
    #expect(profile["endValue"] as? Int == 1_502_251)
    #expect(profile["weights"] as? [Int] == [1_001_500, 500_751])
    let stacks = try #require(profile["samples"] as? [[Int]])
    #expect(
      stacks.map { $0.map { frames[$0] } } == [
        ["main", "AESMessage.run(_:)", "caes_c_vaes512"],
        ["main", "EVP_EncryptUpdate", "[libcrypto.so.3]"],
      ])
  }
}
