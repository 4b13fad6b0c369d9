import Foundation
import OptlabBasics

extension CPUReport {
  /// The report for people: aligned sections of at most 100 columns.
  public func text() -> String {
    var page = ReportPage(columns: 100)
    addIdentity(&page)
    addFeatures(&page)
    addCaches(&page)
    addTimestampCounter(&page)
    addEnvironment(&page)
    addMeasured(&page)
    addKernels(&page)
    addQuirks(&page)
    return page.text
  }

  private func addIdentity(_ page: inout ReportPage) {
    page.section("CPU")
    page.field("asked", chosenCPU?.text ?? "no particular one: the thread is not pinned")
    page.field("vendor", "\(identity.vendor.rawValue) (\(orNone(identity.vendorID)))")
    page.field(
      "signature",
      "family \(identity.family) (0x\(hex(identity.family))),"
        + " model \(identity.model) (0x\(hex(identity.model))), stepping \(identity.stepping)")
    page.field("brand", identity.brand ?? "none")
    page.field(
      "microarchitecture",
      identity.microarchitecture.map { "\($0.name) (\($0.product))" } ?? "not in the tables")
    if identity.isHybrid || identity.coreKind != nil || chosenCPU?.kind != nil {
      let asked = (identity.coreKind ?? chosenCPU?.kind).map {
        "this is a core of the \($0.rawValue) kind"
      }
      page.field(
        "cores",
        [
          identity.isHybrid || chosenCPU?.kind != nil ? "several kinds" : "one kind", asked,
        ].compactMap(\.self)
          .joined(separator: "; "))
    }
    if let topology {
      page.field(
        "topology",
        "\(topology.threadsPerCore) \(plural("thread", topology.threadsPerCore)) a core,"
          + " \(topology.logicalPerPackage) logical"
          + " \(plural("CPU", topology.logicalPerPackage)) a package (\(topology.source))")
      if topology.levels.count > 2 {
        page.field(
          "",
          topology.levels.map { "\($0.name) \($0.logicalCPUs)" }.joined(separator: ", "))
      }
    }
    page.field("hypervisor", hypervisorText)
    if let physical = identity.physicalAddressBits, let virtual = identity.virtualAddressBits {
      page.field("address widths", "\(physical) bits physical, \(virtual) bits virtual")
    }
    if let version = identity.avx10Version { page.field("AVX10", "version \(version)") }
    page.field("built for", architecture)
  }

  private var hypervisorText: String {
    guard let hypervisor else { return "none seen" }
    let signatures = hypervisor.signatures.map { "'\($0)'" }.joined(separator: ", ")
    return hypervisor.name + (signatures.isEmpty ? " (it hides its name)" : " (\(signatures))")
      + (hypervisor.isHost ? ", and this is the host's root partition" : "")
  }

  private func addFeatures(_ page: inout ReportPage) {
    page.section("Features (with CPUID leaf, register and bit; * a kernel can ask for it)")
    for verdict in CPUFeature.Verdict.allCases {
      let group = features.filter { $0.verdict == verdict }
      if verdict == .lacking {
        // What the operating system would have to do for these is of no use to anybody.
        if !group.isEmpty { page.line("  \(verdict.rawValue)") }
        page.cells(group.map(cell))
        continue
      }
      for xcr0 in Set(group.map(\.xcr0)).sorted() {
        let members = group.filter { $0.xcr0 == xcr0 }
        let state =
          xcr0 == 0
          ? "" : " (XCR0 bits 0x\(hex(xcr0)) \(members.allSatisfy(\.enabled) ? "on" : "off"))"
        page.line("  \(verdict.rawValue)\(state)")
        page.cells(members.map(cell))
      }
    }
  }

  private func cell(_ feature: CPUFeature) -> (String, String) {
    (
      feature.name + (feature.isKernelFeature ? "*" : ""),
      feature.place.isEmpty ? "no CPUID bit" : feature.place
    )
  }

  private func addCaches(_ page: inout ReportPage) {
    page.section("Caches" + (hypervisor == nil ? "" : " (as the hypervisor presents them)"))
    if caches.isEmpty { page.line("  CPUID lists none") }
    page.table(
      caches.map { cache in
        [
          "L\(cache.level) \(cache.kind.rawValue)", bytesText(cache.bytes),
          "\(cache.lineBytes)-byte lines",
          cache.ways == 0 ? "fully associative" : "\(cache.ways) ways",
          "\(cache.sets) \(plural("set", cache.sets))",
          cache.sharedBy.map {
            $0 == 1 ? "not shared" : "shared by up to \($0) logical CPUs"
          } ?? "",
        ]
      }, rightAligned: [1])
  }

  private func addTimestampCounter(_ page: inout ReportPage) {
    let tsc = timestampCounter
    page.section("Timestamp counter")
    page.field("invariant", tsc.isInvariant ? "yes" : "no")
    page.field("RDTSCP", tsc.hasRDTSCP ? "yes" : "no")
    page.field(
      "rate by CPUID",
      tsc.hertz.map { "\(decimal($0 / 1e9, places: 4)) GHz (\(tsc.source ?? ""))" } ?? "not given")
    if let base = tsc.baseMegahertz {
      page.field(
        "clock by CPUID",
        "base \(base) MHz"
          + (tsc.maximumMegahertz.map { ", maximum \($0) MHz" } ?? "")
          + (tsc.busMegahertz.map { ", bus \($0) MHz" } ?? ""))
    }
    page.field(
      "kernel says",
      environment.tscFlags.isEmpty ? "nothing" : environment.tscFlags.joined(separator: ", "))
    page.field(
      "clock source",
      (environment.clocksource ?? "not readable")
        + (environment.availableClocksources.isEmpty
          ? "" : " (of \(environment.availableClocksources.joined(separator: ", ")))"))
  }

  private func addEnvironment(_ page: inout ReportPage) {
    let perf = environment.perf
    page.section("Measuring")
    page.field("kernel", environment.kernel ?? "not readable")
    page.field(
      "counters by CPUID",
      counters.counters == 0
        ? "none: \(counters.explanation)"
        : "\(counters.counters), version \(counters.version) (\(counters.explanation))")
    page.field("cycle counter", perf.cyclesObstacle.map { "no: \($0)" } ?? "yes")
    page.field("RDPMC", perf.rdpmcObstacle.map { "no: \($0)" } ?? "yes")
    page.field("perf cpu-clock", perf.cpuClockObstacle.map { "no: \($0)" } ?? "yes")
    page.field("perf tool", perf.perfTool ?? "not in PATH")
    page.field("perf_event_paranoid", perf.paranoid.map(String.init) ?? "not readable")
    page.field("rdpmc setting", perf.rdpmcSetting.map(String.init) ?? "not readable")
    page.field(
      "CPUs",
      "allowed \(environment.allowedCPUs ?? "not readable")"
        + (environment.allowedCPUCount.map { " (\($0))" } ?? "")
        + ", online \(environment.onlineCPUs ?? "not readable")")
    if let performance = environment.performanceCPUs {
      page.field(
        "kinds of cores",
        "performance \(performance), efficiency \(environment.efficiencyCPUs ?? "none")")
    }
    page.field(
      "SMT",
      environment.simultaneousMultithreading.map { $0 ? "active" : "not active" }
        ?? "not readable")
    page.field("governor", environment.governor ?? "not readable")
    page.field("boost", environment.boost.map { $0 ? "on" : "off" } ?? "not readable")
    page.field(
      "steal since boot",
      environment.stealShare.map { "\(decimal($0 * 100, places: 3)) %" } ?? "not readable")
    page.field(
      "CPU quota", environment.cpuQuota.map { "\(decimal($0, places: 2)) CPUs" } ?? "none seen")
    page.field(
      "container",
      environment.containerHints.isEmpty
        ? "no sign of one" : environment.containerHints.joined(separator: ", "))
    let seccomp = ["none", "strict", "filter"]
    page.field(
      "seccomp",
      environment.seccompMode.map { seccomp.indices.contains($0) ? seccomp[$0] : "mode \($0)" }
        ?? "not readable")
  }

  private func addMeasured(_ page: inout ReportPage) {
    page.section("Measured")
    page.field(
      "core clock",
      measuredClock.map {
        "\(decimal($0.gigahertz, places: 3)) GHz, +-\(decimal($0.error * 100, places: 2)) %"
          + " (\($0.source))"
      } ?? "not measured")
    let workloadLimits = workloadLimits ?? []
    if workloadLimits.isEmpty { page.field("workload limits", "not measured") }
    if memoryLimits.isEmpty { page.field("memory limits", "not measured") }
    for (title, limits) in [("Workload limits", workloadLimits), ("Memory limits", memoryLimits)]
    where !limits.isEmpty {
      page.line("  \(title)")
      page.table(
        limits.map { ["  \($0.name)", decimal($0.value, places: 3), $0.unit] }, rightAligned: [1])
    }
  }

  private func addKernels(_ page: inout ReportPage) {
    page.section("Implementations")
    func mark(_ ok: Bool) -> String { ok ? "yes" : "no" }
    page.table(
      [["id", "workload", "CPU", "OS", "build", "verdict"]]
        + kernels.map {
          [
            $0.implementation, $0.workload, mark($0.cpu), mark($0.operatingSystem), mark($0.build),
            $0.verdict.rawValue,
          ]
        },
      rightAligned: [],
      notes: [[]]
        + kernels.map { row in
          [
            row.needs.isEmpty ? nil : "needs \(row.needs.joined(separator: ", "))",
            row.prefers.isEmpty ? nil : "prefers \(row.prefers.joined(separator: ", "))",
            row.reason,
          ].compactMap(\.self)
        })
  }

  private func addQuirks(_ page: inout ReportPage) {
    page.section("Quirks that matter to these kernels")
    if quirks.isEmpty { page.line("  none known") }
    for quirk in quirks {
      page.line("  \(quirk.id)")
      for sentence in [quirk.fact, quirk.consequence, "[\(quirk.source)]"] {
        page.paragraph(sentence, indent: 4)
      }
    }
  }
}

private func orNone(_ text: String) -> String { text.isEmpty ? "none" : text }

private func plural(_ word: String, _ count: Int) -> String { count == 1 ? word : word + "s" }

private func decimal(_ value: Double, places: Int) -> String {
  String(format: "%.\(places)f", value)
}

/// In the largest unit that divides it.
private func bytesText(_ bytes: Int) -> String {
  if bytes >= 1 << 20, bytes % (1 << 20) == 0 { return "\(bytes >> 20) MiB" }
  return bytes % 1024 == 0 ? "\(bytes >> 10) KiB" : "\(bytes) B"
}
