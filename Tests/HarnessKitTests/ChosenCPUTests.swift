import CCPU
import Foundation
import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabCPU
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabProfile
@testable import OptlabReport
@testable import OptlabResults

/// A machine as its files show it, and the CPU that has to be measured on.
struct Machinery: CustomTestStringConvertible {
  var name: String
  var files: [String: String]
  var allowed: [Int]
  var wanted: Int?
  var leaves: [Int: String] = [:]
  var chosen: Int
  var kind: CPUIdentity.CoreKind?
  var reason: String

  var testDescription: String { name }

  private static let folder = "sys/devices/system/cpu"

  private static func figures(_ name: String, _ values: [Int]) -> [String: String] {
    var files = ["\(folder)/online": "0-\(values.count - 1)\n"]
    for (cpu, value) in values.enumerated() { files["\(folder)/cpu\(cpu)/\(name)"] = "\(value)\n" }
    return files
  }

  private static let alderLake = [
    "sys/devices/cpu_core/cpus": "0-15\n", "sys/devices/cpu_atom/cpus": "16-23\n",
    "\(folder)/online": "0-23\n",
  ]

  static let all: [Machinery] = [
    Machinery(
      name: "one kind, no files", files: [:], allowed: [0, 1], chosen: 1,
      reason: "the last one allowed"),
    Machinery(
      name: "one kind, all of the same capacity", files: figures("cpu_capacity", [1024, 1024]),
      allowed: [0, 1], chosen: 1, reason: "the last one allowed"),
    Machinery(
      name: "a container with one CPU", files: [:], allowed: [3], chosen: 3,
      reason: "the only one allowed"),
    Machinery(
      name: "asked for", files: [:], allowed: [0, 1, 2], wanted: 0, chosen: 0, reason: "asked for"),
    // i9-12900K: eight cores of two threads, eight small ones behind them.
    Machinery(
      name: "Alder Lake by the kernel's lists", files: alderLake, allowed: Array(0...23),
      chosen: 15, kind: .performance,
      reason: "the last one allowed of the fast kind, by /sys/devices/cpu_core/cpus"),
    Machinery(
      name: "Alder Lake, a small core asked for", files: alderLake, allowed: Array(0...23),
      wanted: 20, chosen: 20, kind: .efficiency, reason: "asked for"),
    Machinery(
      name: "Alder Lake, some cores allowed", files: alderLake, allowed: [2, 3, 16, 17], chosen: 3,
      kind: .performance,
      reason: "the last one allowed of the fast kind, by /sys/devices/cpu_core/cpus"),
    Machinery(
      name: "Alder Lake, small cores allowed", files: alderLake, allowed: [16, 17], chosen: 17,
      kind: .efficiency, reason: "the last one allowed, none of which is of the fast kind"),
    // Core Ultra 9 285H: six, eight, and two beside the graphics.
    Machinery(
      name: "Arrow Lake-H, three kinds",
      files: [
        "sys/devices/cpu_core/cpus": "0-5\n", "sys/devices/cpu_atom/cpus": "6-13\n",
        "sys/devices/cpu_lowpower/cpus": "14-15\n",
      ], allowed: Array(0...15), chosen: 5, kind: .performance,
      reason: "the last one allowed of the fast kind, by /sys/devices/cpu_core/cpus"),
    // Lunar Lake; its best cores are a little ahead of the other fast ones.
    Machinery(
      name: "capacity, with favoured cores",
      files: figures("cpu_capacity", [1009, 1024, 1024, 1009, 623, 623, 623, 623]),
      allowed: Array(0...7), chosen: 3, kind: .performance,
      reason: "the last one allowed of the fast kind, by cpu_capacity"),
    // Ryzen AI 9 HX 370: four Zen 5 and eight Zen 5c, two threads each.
    Machinery(
      name: "Strix Point by its clocks",
      files: figures(
        "cpufreq/cpuinfo_max_freq",
        (0..<24).map { 0...3 ~= $0 || 12...15 ~= $0 ? 5_157_895 : 3_308_271 }),
      allowed: Array(0...23), chosen: 15, kind: .performance,
      reason: "the last one allowed of the fast kind, by cpuinfo_max_freq"),
    // Preferred cores of one kind differ by less than kinds do.
    Machinery(
      name: "turbo bins of one kind",
      files: figures("cpufreq/cpuinfo_max_freq", [5_800_000, 5_800_000, 5_500_000, 5_500_000]),
      allowed: [0, 1, 2, 3], chosen: 3, reason: "the last one allowed"),
    Machinery(
      name: "a virtual hybrid machine, by what its CPUs say", files: [:], allowed: [0, 1, 2, 3],
      leaves: [
        0: "intel-alder-lake-p-core", 1: "intel-alder-lake-p-core", 2: "intel-alder-lake-e-core",
        3: "intel-alder-lake-e-core",
      ], chosen: 1, kind: .performance,
      reason: "the last one allowed of the fast kind, by CPUID"),
    // Leaf 0x1A is there, and all cores are of one kind.
    Machinery(
      name: "Granite Rapids is not hybrid", files: [:], allowed: [0, 1],
      leaves: [0: "intel-granite-rapids", 1: "intel-granite-rapids"], chosen: 1,
      reason: "the last one allowed"),
    Machinery(
      name: "files that cannot be read",
      files: [
        "sys/devices/cpu_core/cpus": "nonsense", "sys/devices/cpu_atom/cpus": "3-1",
        "sys/devices/system/cpu/online": "?", "sys/devices/system/cpu/cpu0/cpu_capacity": "much",
      ], allowed: [0, 1], chosen: 1, reason: "the last one allowed"),
  ]
}

@Suite("Which CPU is asked, and measured on")
struct ChosenCPUTests {
  @Test(arguments: Machinery.all) func chooses(_ machine: Machinery) throws {
    let chosen = try SystemTree.with(machine.files) { files in
      ChosenCPU.choose(machine.wanted, among: machine.allowed, files: files) { cpu in
        machine.leaves[cpu].flatMap { try? Recording.leaves($0) }
      }
    }
    #expect(
      chosen
        == ChosenCPU(number: machine.chosen, kind: machine.kind, reason: machine.reason))
  }

  @Test("AMD's hybrid CPUs say it in another leaf", arguments: [0, 1])
  func amdKinds(type: UInt32) throws {
    var leaves = try Recording.leaves("amd-zen5-strix-point")
    #expect(!CPUIdentity(leaves).isHybrid)
    // As AMD's manual has it: heterogeneous from the third level on; the core's type in the first.
    leaves[0x8000_0026, 0] = .init(eax: 1, ebx: type << 28 | 2, ecx: 0x100)
    leaves[0x8000_0026, 1] = .init(eax: 0x4000_0004, ebx: 16, ecx: 0x201)
    let identity = CPUIdentity(leaves)
    #expect(identity.isHybrid)
    #expect(identity.coreKind == (type == 0 ? .performance : .efficiency))
    #expect(identity.microarchitecture?.name == (type == 0 ? "Zen 5" : "Zen 5c"))
    let report = CPUReport(leaves: leaves)
    #expect(report.text().contains("several kinds; this is a core of the"))
  }

  @Test(
    "The words of a choice",
    arguments: [
      (ChosenCPU(number: 1), "CPU 1"),
      (ChosenCPU(number: 1, reason: "asked for"), "CPU 1, asked for"),
      (
        ChosenCPU(number: 7, kind: .performance, reason: "asked for"),
        "CPU 7, a performance core, asked for"
      ),
      (ChosenCPU(number: 9, kind: .efficiency), "CPU 9, an efficiency core"),
    ])
  func words(_ cpu: ChosenCPU, _ text: String) { #expect(cpu.text == text) }

  @Test("Report, footer and result file say which CPU was asked, its kind, and why")
  func isSaid() throws {
    let cpu = ChosenCPU(number: 5, kind: .performance, reason: "the last one allowed")
    var record = try SyntheticRun.everyOutcome()
    record.run.chosenCPU = cpu
    record.cpuReport.chosenCPU = cpu
    #expect(
      record.cpuReport.text()
        .contains("asked                 CPU 5, a performance core, the last one allowed"))
    #expect(
      record.run.footer().contains("pinned to CPU 5, a performance core, the last one allowed"))
    let bytes = try ResultFile([record]).bytes()
    let read = try #require(try ResultFile.read(bytes, as: "file").records.first)
    #expect(read.run.chosenCPU == cpu && read.run.cpu == 5)
    #expect(read.cpuReport.chosenCPU == cpu)
    let schema = try JSONSchema(#require(JSONSchema.block("json", in: try results())))
    #expect(try schema.violations(Data(bytes)) == [])
    let text = String(decoding: bytes, as: UTF8.self)
    for (right, wrong) in [
      ("\"cpuKind\":\"performance\"", "\"cpuKind\":\"fast\""),
      ("\"cpuReason\":\"the last one allowed\"", "\"cpuReason\":1"),
    ] {
      let edited = text.replacing(right, with: wrong)
      #expect(edited != text)
      #expect(try schema.violations(Data(edited.utf8)).count == 1)
    }
    // A file of before they were said has the number alone.
    record.run.cpu = 1
    #expect(record.run.chosenCPU == ChosenCPU(number: 1))
    #expect(record.run.footer().contains("pinned to CPU 1\n"))
  }

  private func results() throws -> String {
    let markdown = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Documentation/Results.md").standardized
    return String(decoding: try Data(contentsOf: markdown), as: UTF8.self)
  }

  @Test(
    "A list of CPUs is read and written as the kernel does",
    arguments: [
      ("0-3,8", [0, 1, 2, 3, 8]), ("5", [5]), ("", []), ("0,2-3", [0, 2, 3]),
    ])
  func lists(_ text: String, _ numbers: [Int]) {
    #expect(CPUList.numbers(text) == numbers)
    #expect(CPUList.text(numbers) == text)
  }

  @Test(arguments: ["a", "3-1", "1-2-3", "-1", "1-", "0-99999999"])
  func noLists(_ text: String) { #expect(CPUList.numbers(text) == nil) }

  #if os(Linux)
    @Test("The settings that are reported are those of the CPU that is measured on")
    func environmentOfTheCPU() throws {
      let environment = try SystemTree.with([
        "proc/self/status": "Cpus_allowed_list:\t9\n",
        "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "powersave\n",
        "sys/devices/system/cpu/cpu9/cpufreq/scaling_governor": "performance\n",
      ]) { files in
        MeasuringEnvironment(
          files: files,
          place: MeasuringPlace(cpu: ChosenCPU(number: 9), allowed: [0, 1, 2, 9]))
      }
      #expect(environment.governor == "performance")
      // What the process might have used, not what is left of it once it is pinned.
      #expect(environment.allowedCPUs == "0-2,9")
      #expect(environment.allowedCPUCount == 4)
    }

    @Test("The thread is on the chosen CPU before anything is read of it")
    func pinsFirst() throws {
      let before = try Affinity.allowed()
      // The tests' other threads stay where they are.
      let result = try onThread { () throws -> (MeasuringPlace, UInt32, CPUReport) in
        let place = try MeasuringPlace.pinned()
        return (place, ccpu_current_cpu(), CPUReport.current(at: place))
      }
      let cpu = try #require(result.0.cpu)
      #expect(Int(result.1) == cpu.number)
      #expect(result.0.allowed == before)
      #expect(result.2.chosenCPU == cpu)
      #expect(result.2.environment.allowedCPUCount == before.count)
      #expect(throws: Affinity.Failure.self) {
        try onThread { try MeasuringPlace.pinned(to: 8191) }
      }
    }

    private final class Box<Value>: @unchecked Sendable { var result: Result<Value, any Error>? }

    private func onThread<Value: Sendable>(
      _ body: @escaping @Sendable () throws -> Value
    ) throws -> Value {
      let (box, done) = (Box<Value>(), DispatchSemaphore(value: 0))
      Thread.detachNewThread {
        box.result = Result { try body() }
        done.signal()
      }
      done.wait()
      return try box.result!.get()
    }
  #endif
}
