import CCPU
import OptlabBasics
import OptlabCPU

/// All that was recorded while a CPU was watched: what ``Noise`` is worked out from.
struct NoiseWatch: Sendable {
  /// A stretch between two time stamps in which this thread did nothing, although it could have.
  struct Gap: Sendable, Equatable {
    var seconds: Double
    /// Whether the scheduler gave the CPU to another thread in it.
    var isSwitch: Bool
  }

  /// In seconds.
  var duration: Double
  /// The scheduler's count before the first reading.
  var preemptions: UInt64
  var readings: [ProbeReading] = []
  var gaps: [Gap] = []
  /// The time in which gaps were looked for, in seconds.
  var looked = 0.0
  var before: SystemActivity
  var after: SystemActivity
  /// The other threads of the core, by the CPU's number, as far as the system knows.
  var siblings: [Int: [Int]] = [:]
  /// Whether a hypervisor is below: it may hide siblings, and take CPUs away.
  var isVirtual: Bool

  /// Watches for `seconds`, on the CPU that this thread runs on.
  static func take(
    seconds: Double, calibration: Calibration, files: SystemFiles = SystemFiles()
  ) -> NoiseWatch {
    let before = SystemActivity(files)
    var preemptions = ccpu_preemptions()
    var watch = NoiseWatch(
      duration: 0, preemptions: preemptions, before: before, after: before,
      isVirtual: Self.isVirtual(files))
    var excluded: UInt64 = 0
    var looked: UInt64 = 0
    let floor = UInt64(Noise.gapFloor * calibration.ticksPerSecond)
    let start = ccpu_monotonic_raw_ns()
    repeat {
      let reading = ProbeReading.take(overhead: calibration.overheadTicks)
      watch.readings.append(reading)
      preemptions = reading.preemptions
      // Half a millisecond of nothing but time stamps: what is between two of them was not ours.
      let from = ccpu_ticks()
      var last = from
      let end = from + UInt64(0.5e-3 * calibration.ticksPerSecond)
      excluded = 0
      while last < end {
        let now = ccpu_ticks()
        if now - last > floor {
          // Asking takes a system call, which is no gap of anybody's making.
          let count = ccpu_preemptions()
          watch.gaps.append(
            Gap(
              seconds: Double(now - last) / calibration.ticksPerSecond,
              isSwitch: count != preemptions))
          preemptions = count
          last = ccpu_ticks()
          excluded += last - now
        } else {
          last = now
        }
      }
      looked += last - from - excluded
      watch.duration = Double(ccpu_monotonic_raw_ns() - start) / 1e9
    } while watch.duration < seconds
    watch.looked = Double(looked) / calibration.ticksPerSecond
    watch.after = SystemActivity(files)
    for cpu in Set(watch.readings.map { Int($0.cpu) }) {
      watch.siblings[cpu] = Self.siblings(of: cpu, files)
    }
    return watch
  }

  static func siblings(of cpu: Int, _ files: SystemFiles) -> [Int] {
    files.text("/sys/devices/system/cpu/cpu\(cpu)/topology/thread_siblings_list")
      .flatMap(CPUList.numbers).map { $0.filter { $0 != cpu } } ?? []
  }

  static func isVirtual(_ files: SystemFiles) -> Bool {
    files.field("flags", of: "/proc/cpuinfo")?.split(separator: " ").contains("hypervisor") ?? false
  }
}
