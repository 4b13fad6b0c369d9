import Foundation
import OptlabAES
import OptlabBasics
import OptlabCPU
import OptlabLab
import OptlabMeasure
import OptlabProfile
import OptlabReport
import TestSupport
import Testing

@Suite struct CPUReportTests {
  private static func report(_ name: String) throws -> CPUReport {
    var report = CPUReport(leaves: try Recording.leaves(name))
    report.measuredClock = .init(gigahertz: 3.691, error: 0.004, source: "tsc*cal")
    report.workloadLimits = [.init(name: "VAESENC zmm", value: 0.1597, unit: "cycles/byte")]
    report.memoryLimits = [.init(name: "copy, L1, 64-byte loop", value: 31.25, unit: "bytes/cycle")]
    return report
  }

  @Test(arguments: Recording.names) func jsonRoundTrips(_ name: String) throws {
    let report = try Self.report(name)
    let decoded = try JSONDecoder().decode(CPUReport.self, from: Data(report.json().utf8))
    #expect(decoded == report)
  }

  @Test func jsonHasSortedKeysAndEndsInANewline() throws {
    let json = try CPUReport.current().json()
    #expect(json.hasSuffix("}\n"))
    let top = json.split(separator: "\n").filter { $0.hasPrefix("  \"") }
    #expect(top.count >= 10)
    #expect(top == top.sorted())
  }

  @Test(arguments: Recording.names) func textKeepsToItsColumns(_ name: String) throws {
    for line in try Self.report(name).text().split(separator: "\n") {
      #expect(line.count <= 100, "\(line)")
      #expect(line.last != " ", "'\(line)'")
    }
  }

  /// Text and JSON have the same content: what a reader looks for is in both.
  @Test(arguments: Recording.names) func textNamesEverything(_ name: String) throws {
    let report = try Self.report(name)
    let text = report.text()
    let words = Set(
      text.split { $0 == " " || $0 == "\n" || $0 == "*" || $0 == "," }.map(String.init))
    for feature in report.features { #expect(words.contains(feature.name), "\(feature.name)") }
    for quirk in report.quirks { #expect(words.contains(quirk.id), "\(quirk.id)") }
    for kernel in report.kernels {
      #expect(words.contains(kernel.implementation), "\(kernel.implementation)")
    }
    if let core = report.identity.microarchitecture {
      #expect(text.contains("\(core.name) (\(core.product))"))
    }
    #expect(text.contains("3.691 GHz, +-0.40 % (tsc*cal)"))
    #expect(text.contains("VAESENC zmm"))
    #expect(text.contains("31.250  bytes/cycle"))
  }

  @Test(arguments: [60, 66, 67, 68, 76, 90, 100, 152, 160, 700]) func aLongWordIsBroken(
    _ length: Int
  ) throws {
    var report = try Self.report("amd-zen4-genoa")
    report.environment.perf.perfTool = String(repeating: "x", count: length)
    let lines = report.text().split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 100 })
    let printed = lines.joined().filter { $0 == "x" }.count
    report.environment.perf.perfTool = ""
    #expect(printed == report.text().filter { $0 == "x" }.count + length)
  }

  @Test func masksShowInTheReport() throws {
    let leaves = try Recording.leaves("amd-zen4-genoa")
    let left = FeatureSet(decoding: leaves).subtracting(
      FeatureSet(rawValue: FeatureSet(decoding: leaves).rawValue & 1))
    let report = CPUReport(leaves: leaves, inForce: left)
    #expect(report.text().contains("masked by OPTLAB_MASK\n    ssse3*"))
  }

  @Test func thisMachine() throws {
    let report = CPUReport.current()
    #expect(report.measuredClock == nil)
    #expect(report.text().contains("core clock            not measured"))
    #expect(report.architecture == CPUReport.built)
    #if arch(x86_64)
      #expect(report.identity.vendorID.count == 12)
      #expect(!report.caches.isEmpty)
      let available = report.features.filter { $0.isKernelFeature && $0.verdict == .available }
      #expect(available.map(\.name) == FeatureSet.inForce.names)
    #endif
  }

  /// A CPU without CPUID at all, as another architecture has: every part must still be printed.
  @Test func anotherArchitecture() throws {
    let report = CPUReport(
      leaves: CPUIDLeaves(), kernels: WorkloadList.house.kernelNeeds, architecture: "aarch64")
    let text = report.text()
    #expect(text.contains("not in the tables"))
    #expect(text.contains("CPUID lists none"))
    #expect(report.kernels.contains { $0.reason == "not this architecture: needs x86-64" })
    #expect(
      try JSONDecoder().decode(CPUReport.self, from: Data(report.json().utf8)) == report)
  }
}
