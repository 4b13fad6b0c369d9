import OptlabBasics

/// What the kernel has counted up to one moment; the difference of two says what happened between
/// them. What it does not tell is nil, or missing in a dictionary.
package struct SystemActivity: Sendable, Equatable {
  /// Of a CPU, in hundredths of seconds since it was started.
  package struct Times: Sendable, Equatable {
    /// Spent on programs and on the kernel.
    package var busy: Int
    /// That the hypervisor gave to others while this CPU had something to do.
    package var steal: Int
  }

  /// By the CPU's number.
  package var times: [Int: Times]
  /// Interrupts that a CPU has served, by its number and what they were for: `LOC`, `virtio1-req.0`.
  package var interrupts: [Int: [String: Int]]
  /// Nanoseconds that this thread was ready to run and waited for its CPU.
  package var waited: Int?
  /// Microseconds in which at least one thread of the system waited for a CPU.
  package var pressure: Int?
  /// How often the quota of this control group ran out.
  package var throttled: Int?
  /// Threads that ran or were ready to, on average over the last minute.
  package var load: Double?

  /// Sources: proc_stat(5), proc_interrupts(5), proc_loadavg(5); the kernel's documentation of
  /// sched-stats (thread-self/schedstat), PSI (pressure/cpu) and control groups (cpu.stat).
  package init(_ files: SystemFiles) {
    times = Self.times(files.text("/proc/stat") ?? "")
    interrupts = Self.interrupts(files.text("/proc/interrupts") ?? "")
    waited = files.text("/proc/thread-self/schedstat").flatMap { text in
      let numbers = text.split(separator: " ").map { Int($0) }
      return numbers.count == 3 ? numbers[1] : nil
    }
    pressure = files.text("/proc/pressure/cpu").flatMap { text in
      text.split(separator: "\n").first { $0.hasPrefix("some ") }?.split(separator: " ")
        .first { $0.hasPrefix("total=") }.flatMap { Int($0.dropFirst(6)) }
    }
    throttled =
      ["/sys/fs/cgroup/cpu.stat", "/sys/fs/cgroup/cpu/cpu.stat"].lazy.compactMap { path in
        files.text(path)?.split(separator: "\n").first { $0.hasPrefix("nr_throttled ") }
          .flatMap { Int($0.dropFirst(13)) }
      }.first
    load = files.text("/proc/loadavg").flatMap { text in
      text.split(separator: " ").first.flatMap { Double($0) }
    }
  }

  /// Of the lines `cpu0 user nice system idle iowait irq softirq steal ...`: the first line, without a
  /// number, is the sum of all CPUs, and no CPU's own.
  private static func times(_ text: String) -> [Int: Times] {
    var times: [Int: Times] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("cpu") {
      let fields = line.dropFirst(3).split(separator: " ", omittingEmptySubsequences: true)
      let numbers = fields.map { Int($0) }
      guard line.dropFirst(3).first != " ", numbers.count > 8, let cpu = numbers[0] else {
        continue
      }
      let values = numbers.map { $0 ?? 0 }
      times[cpu] = Times(
        busy: [1, 2, 3, 6, 7].reduce(0) { $0 + values[$1] }, steal: values[8])
    }
    return times
  }

  /// A head with the CPUs that are on, then a line for each interrupt: its number or name, a count for
  /// each CPU, and what it is for.
  private static func interrupts(_ text: String) -> [Int: [String: Int]] {
    let lines = text.split(separator: "\n")
    let cpus = (lines.first ?? "").split(separator: " ").compactMap { Int($0.dropFirst(3)) }
    var counts: [Int: [String: Int]] = [:]
    for line in lines.dropFirst() {
      let words = line.split(separator: " ")
      let numbers = words.dropFirst().prefix(cpus.count).compactMap { Int($0) }
      // ERR and MIS are no CPU's.
      guard let label = words.first?.dropLast(), numbers.count == cpus.count else { continue }
      let device = Int(label) != nil && words.count > cpus.count + 1
      let name = String(device ? words[words.count - 1] : label)
      for (cpu, count) in zip(cpus, numbers) {
        counts[cpu, default: [:]][name, default: 0] += count
      }
    }
    return counts
  }
}
