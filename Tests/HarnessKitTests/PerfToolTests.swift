import Foundation
import Testing

@testable import OptlabAES
@testable import OptlabCPU
@testable import OptlabMeasure
@testable import OptlabProfile

@Suite("perf, where it can be had and where not")
struct PerfToolTests {
  private static let counting = PerfAccess.Trial(
    error: 0, count: 1000, enabledNanoseconds: 100, runningNanoseconds: 100)

  private func access(
    cycles: PerfAccess.Trial = counting, cpuClock: PerfAccess.Trial = counting,
    paranoid: Int? = 2, seccompMode: Int? = 0, tool: String? = "/usr/bin/perf"
  ) -> PerfAccess {
    PerfAccess(
      cycles: cycles, cpuClock: cpuClock,
      circumstances: .init(paranoid: paranoid, seccompMode: seccompMode), rdpmcSetting: nil,
      perfTool: tool)
  }

  @Test("Hardware cycles where there are some, else the CPU clock, with the reason")
  func event() throws {
    #expect(try PerfTool(access()).event == PerfTool.Event(name: "cycles:u", reason: nil))
    let virtual = try PerfTool(access(cycles: .init(error: Int(ENOENT)))).event
    #expect(virtual.name == "cpu-clock:u")
    #expect(virtual.reason?.contains("no hardware counters") == true)
  }

  @Test("No perf in PATH: how to install it")
  func missing() {
    #expect {
      try PerfTool(access(tool: nil))
    } throws: {
      let text = "\($0)"
      return text.contains("make profile-setup") && text.contains("apt-get install linux-perf")
        && text.contains("--spin")
    }
  }

  @Test(
    "The kernel refuses: the remedy for this kind of refusal",
    arguments: [
      (4, 0, "sysctl kernel.perf_event_paranoid=2"), (2, 2, "--cap-add PERFMON"),
    ])
  func refused(paranoid: Int, seccompMode: Int, remedy: String) {
    let refusal = PerfAccess.Trial(error: Int(EACCES))
    #expect {
      try PerfTool(
        access(
          cycles: refusal, cpuClock: refusal, paranoid: paranoid, seccompMode: seccompMode))
    } throws: {
      "\($0)".contains(remedy) && !"\($0)".contains("\n")
    }
  }
}
