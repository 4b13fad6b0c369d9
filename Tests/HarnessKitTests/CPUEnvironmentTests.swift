import Foundation
import OptlabAES
import OptlabCPU
import OptlabExternal
import OptlabJSON
import OptlabMeasure
import OptlabProfile
import OptlabReport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct CPUPerfAccessTests {
  private static let counting = PerfAccess.Trial(
    error: 0, count: 1000, enabledNanoseconds: 500, runningNanoseconds: 500, allowsRDPMC: true)

  private static func access(
    _ cycles: PerfAccess.Trial, paranoid: Int? = 2, seccomp: Int? = 0, hypervisor: String? = nil
  ) -> PerfAccess {
    PerfAccess(
      cycles: cycles, cpuClock: counting,
      circumstances: .init(paranoid: paranoid, seccompMode: seccomp, hypervisor: hypervisor),
      rdpmcSetting: nil, perfTool: nil)
  }

  @Test func nothingBlocksAWorkingCounter() {
    let access = Self.access(Self.counting)
    #expect(access.cyclesObstacle == nil)
    #expect(access.rdpmcObstacle == nil)
    #expect(access.cpuClockObstacle == nil)
  }

  @Test(
    arguments: [
      (
        ENOENT, 2, 0, "KVM",
        "the kernel found no hardware counters; KVM hides them from this machine"
      ),
      (ENOENT, 2, 0, nil, "the kernel found no hardware counters"),
      (EACCES, 4, 0, nil, "perf_event_paranoid is 4: 2 or less lets a user count"),
      (EPERM, 2, 2, nil, "a seccomp filter refuses perf_event_open (as containers do)"),
      (EPERM, 4, 2, nil, "perf_event_paranoid is 4: 2 or less lets a user count"),
      (ENOSYS, 2, 2, nil, "a seccomp filter hides perf_event_open, or the kernel lacks it"),
      (ENOSYS, nil, 0, nil, "this kernel has no perf events"),
      (EBUSY, 2, 0, nil, "another user holds the counters"),
    ] as [(Int32, Int?, Int?, String?, String)])
  func saysWhatBlocks(
    _ error: Int32, _ paranoid: Int?, _ seccomp: Int?, _ hypervisor: String?, _ reason: String
  ) {
    let access = Self.access(
      .init(error: Int(error)), paranoid: paranoid, seccomp: seccomp, hypervisor: hypervisor)
    #expect(access.cyclesObstacle == reason)
    #expect(access.rdpmcObstacle == "there is no counter to read")
  }

  @Test(
    arguments: [
      (0, 500, 0, "opened, but never given a counter"),
      (0, 500, 500, "opened, but it counts nothing"),
      (1000, 500, 400, "the counter is shared with others (multiplexed)"),
    ] as [(UInt64, UInt64, UInt64, String)])
  func anOpenedCounterMustCount(
    _ count: UInt64, _ enabled: UInt64, _ running: UInt64, _ reason: String
  ) {
    let trial = PerfAccess.Trial(
      error: 0, count: count, enabledNanoseconds: enabled, runningNanoseconds: running)
    #expect(Self.access(trial).cyclesObstacle == reason)
  }

  @Test func aCounterWithoutRDPMC() {
    var trial = Self.counting
    trial.allowsRDPMC = false
    #expect(Self.access(trial).cyclesObstacle == nil)
    #expect(Self.access(trial).rdpmcObstacle == "the kernel does not allow it")
  }
}

@Suite struct CPUMeasuringEnvironmentTests {
  private static let noPerf = PerfAccess(
    cycles: .init(error: Int(ENOENT)), cpuClock: .init(error: Int(ENOENT)),
    circumstances: .init(), rdpmcSetting: nil, perfTool: nil)

  private static func environment(_ files: [String: String]) throws -> MeasuringEnvironment {
    try SystemTree.with(files) { MeasuringEnvironment(files: $0, perf: noPerf) }
  }

  @Test func readsALaptop() throws {
    let environment = try Self.environment([
      "proc/sys/kernel/osrelease": "6.8.0-45-generic\n",
      "proc/self/status":
        "Name:\tharness\nSeccomp:\t2\nSeccomp_filters:\t1\nCpus_allowed:\tff\nCpus_allowed_list:\t0-3,8\n",
      "proc/cpuinfo":
        "processor\t: 0\nflags\t\t: fpu constant_tsc rdtscp nonstop_tsc aes\nbugs\t\t: none\n",
      "proc/stat": "cpu  100 0 100 700 0 0 0 100 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n",
      "proc/1/cgroup": "0::/kubepods/pod1\n",
      "run/.containerenv": "",
      "sys/fs/cgroup/cpu.max": "150000 100000\n",
      "sys/devices/system/cpu/online": "0-15\n",
      "sys/devices/system/cpu/smt/active": "1\n",
      "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "powersave\n",
      "sys/devices/system/cpu/intel_pstate/no_turbo": "0\n",
      "sys/devices/cpu_core/cpus": "0-7\n",
      "sys/devices/cpu_atom/cpus": "8-15\n",
      "sys/devices/system/clocksource/clocksource0/current_clocksource": "tsc\n",
      "sys/devices/system/clocksource/clocksource0/available_clocksource": "tsc hpet acpi_pm \n",
    ])
    #expect(environment.kernel == "6.8.0-45-generic")
    #expect(environment.seccompMode == 2)
    #expect(environment.allowedCPUs == "0-3,8")
    #expect(environment.allowedCPUCount == 5)
    #expect(environment.onlineCPUs == "0-15")
    #expect(environment.tscFlags == ["constant_tsc", "nonstop_tsc"])
    #expect(environment.stealShare == 0.1)
    #expect(environment.cpuQuota == 1.5)
    #expect(environment.containerHints == ["/run/.containerenv", "kubepods in /proc/1/cgroup"])
    #expect(environment.simultaneousMultithreading == true)
    #expect(environment.governor == "powersave")
    #expect(environment.boost == true)
    #expect(environment.performanceCPUs == "0-7")
    #expect(environment.efficiencyCPUs == "8-15")
    #expect(environment.clocksource == "tsc")
    #expect(environment.availableClocksources == ["tsc", "hpet", "acpi_pm"])
  }

  @Test func missingFilesAreFacts() throws {
    let environment = try Self.environment([:])
    #expect(environment.kernel == nil)
    #expect(environment.allowedCPUs == nil)
    #expect(environment.stealShare == nil)
    #expect(environment.cpuQuota == nil)
    #expect(environment.simultaneousMultithreading == nil)
    #expect(environment.tscFlags.isEmpty)
    #expect(environment.containerHints.isEmpty)
    let report = CPUReport(leaves: CPUIDLeaves(), environment: environment)
    #expect(report.text().contains("governor              not readable"))
  }

  @Test(arguments: ["max 100000", "-1", "nonsense", ""]) func noQuota(_ text: String) throws {
    #expect(try Self.environment(["sys/fs/cgroup/cpu.max": text]).cpuQuota == nil)
  }

  @Test func quotaOfTheFirstControlGroups() throws {
    let folder = "sys/fs/cgroup/cpu/cpu.cfs_"
    #expect(
      try Self.environment(["\(folder)quota_us": "50000\n", "\(folder)period_us": "100000\n"])
        .cpuQuota == 0.5)
    #expect(
      try Self.environment(["\(folder)quota_us": "-1\n", "\(folder)period_us": "100000\n"])
        .cpuQuota == nil)
  }

  @Test(arguments: ["", "cpu 1 2 3", "cpu  0 0 0 0 0 0 0 0", "intr 1 2 3 4 5 6 7 8 9"])
  func unusableTimesGiveNoShare(_ text: String) throws {
    #expect(try Self.environment(["proc/stat": text]).stealShare == nil)
  }

  @Test(arguments: ["3-1", "a", "1-2-3"]) func unusableListsGiveNoCount(_ list: String) throws {
    let environment = try Self.environment(["proc/self/status": "Cpus_allowed_list:\t\(list)\n"])
    #expect(environment.allowedCPUCount == nil)
  }

  #if os(Linux)
    @Test func thisMachineAnswers() {
      let environment = MeasuringEnvironment()
      #expect(environment.kernel != nil)
      #expect((environment.allowedCPUCount ?? 0) > 0)
      #expect((0...1).contains(environment.stealShare ?? -1))
    }
  #endif
}
