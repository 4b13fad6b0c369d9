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
@testable import OptlabResults
@testable import OptlabStatistics

/// Two seconds of a CPU that was watched, as a test wants them.
struct Watched {
  static let seconds = 2.0
  /// Ticks of the probes on an idle core.
  static let (chain, sentinel) = (10_000.0, 9_760.0)

  var cpu = 1
  var readings: [ProbeReading]
  var gaps: [NoiseWatch.Gap] = []
  var before: [String: String]
  var after: [String: String]
  var siblings: [Int: [Int]] = [:]
  var isVirtual = true

  /// What /proc says of two CPUs, of which the second one is watched.
  ///
  /// - Parameters:
  ///   - busy: hundredths of seconds that either spent on programs, and steal likewise.
  ///   - interrupts: on CPU 1: of the timer, and of a disk.
  ///   - waited: seconds that the thread waited for its CPU.
  ///   - pressure: seconds in which some thread did.
  static func texts(
    busy: [Int] = [0, 200], steal: [Int] = [0, 0], interrupts: (timer: Int, disk: Int) = (500, 4),
    waited: Double = 0, pressure: Double = 0, load: Double = 1.0, throttled: Int? = nil
  ) -> (before: [String: String], after: [String: String]) {
    func files(_ part: Int) -> [String: String] {
      let user = busy.map { 9000 + part * $0 }
      let stolen = steal.map { 70 + part * $0 }
      var files = [
        "proc/stat": """
        cpu  \(user[0] + user[1]) 0 2770 21548 288 0 22 \(stolen[0] + stolen[1]) 0 0
        cpu0 \(user[0]) 0 1307 12201 17 0 5 \(stolen[0]) 0 0
        cpu1 \(user[1]) 0 1463 9347 271 0 17 \(stolen[1]) 0 0
        intr 175381 0 0 1
        ctxt 266858

        """,
        "proc/interrupts": """
                   CPU0       CPU1
         36:          0   \(28_000 + part * interrupts.disk) PCI-MSIX-0000:00:02.0   1-edge      virtio1-req.0
        LOC:      36707   \(41_748 + part * interrupts.timer)   Local timer interrupts
        ERR:          0

        """,
        "proc/loadavg": "\(load) 0.70 0.27 4/102 4761\n",
        "proc/pressure/cpu": """
        some avg10=84.83 avg60=34.77 avg300=11.80 total=\(44_607_202 + part * Int(pressure * 1e6))
        full avg10=0.00 avg60=0.00 avg300=0.00 total=0

        """,
        "proc/thread-self/schedstat": "88313 \(591_655 + part * Int(waited * 1e9)) 2\n",
      ]
      if let throttled {
        files["sys/fs/cgroup/cpu.stat"] =
          "usage_usec 1\nnr_periods 40\nnr_throttled \(part * throttled)\nthrottled_usec 0\n"
      }
      return files
    }
    return (files(0), files(1))
  }

  init(
    readings: [ProbeReading] = Self.readings(),
    _ texts: (before: [String: String], after: [String: String]) = Self.texts()
  ) {
    self.readings = readings
    (before, after) = texts
    // The timer's: 250 a second of 3 us.
    gaps = Self.gaps(500, seconds: 3e-6)
  }

  static func gaps(_ count: Int, seconds: Double, isSwitch: Bool = false) -> [NoiseWatch.Gap] {
    Array(repeating: NoiseWatch.Gap(seconds: seconds, isSwitch: isSwitch), count: count)
  }

  /// - Parameters:
  ///   - preemptions: evenly spread over all readings.
  ///   - change: what happens to one.
  static func readings(
    _ count: Int = 2000, preemptions: Int = 0,
    _ change: (Int, inout ProbeReading) -> Void = { _, _ in }
  ) -> [ProbeReading] {
    (0..<count).map { index in
      // Two steps of the time stamp are 26 ticks.
      var reading = ProbeReading(
        chain: chain + [0, 26, 0, 13][index % 4],
        sentinel: sentinel + [13, 0, 0, 26, 0][index % 5],
        cpu: 1, preemptions: 7 + UInt64((index + 1) * preemptions / count))
      change(index, &reading)
      return reading
    }
  }

  func noise() throws -> Noise {
    let (before, after) = (
      try SystemTree.with(before) { SystemActivity($0) },
      try SystemTree.with(after) { SystemActivity($0) }
    )
    return Noise(
      NoiseWatch(
        duration: Self.seconds, preemptions: 7, readings: readings, gaps: gaps,
        looked: Self.seconds * 0.97, before: before, after: after, siblings: siblings,
        isVirtual: isVirtual))
  }
}

@Suite("What disturbs measurements, and who is to blame")
struct NoiseTests {
  private func causes(_ watched: Watched) throws -> [Noise.Cause] {
    let noise = try watched.noise()
    for finding in noise.findings {
      // One sentence, one remedy.
      for text in [finding.sentence, finding.remedy] {
        #expect(text.hasSuffix(".") && !text.contains(". ") && !text.contains("  "), "\(text)")
      }
      #expect(noise.text().contains("\(finding.sentence) \(finding.remedy)\n"))
    }
    return noise.findings.map(\.cause)
  }

  @Test("A quiet machine")
  func quiet() throws {
    let watched = Watched()
    #expect(try causes(watched) == [])
    let noise = try watched.noise()
    #expect(noise.cpu == 1 && noise.cpus == 2)
    #expect(noise.siblingShare == 0 && noise.clockChanges == 0 && noise.interruptedProbes == 0)
    #expect(try #require(noise.clockSpread) < 0.003)
    #expect(noise.stealShare == 0 && noise.preemptedShare == 0)
    #expect(noise.interruptsPerSecond == 252 && noise.busiestInterrupt == "LOC")
    let text = noise.text()
    #expect(text.hasSuffix("Quiet: nothing to do.\n"))
    #expect(
      text.contains("load") && text.contains("1.0 on 2 CPUs; a thread waited for a CPU 0.00%"))
  }

  // MARK: Other threads of this system

  /// Two threads on one CPU: each gets half of it, in slices of 4 ms.
  private func sharedCPU(other: Int) -> Watched {
    var watched = Watched(
      readings: Watched.readings(preemptions: 250),
      Watched.texts(busy: [other, 200], waited: 1, pressure: 2, load: other > 100 ? 4.1 : 2.0))
    watched.gaps += Watched.gaps(250, seconds: 4e-3, isSwitch: true)
    return watched
  }

  @Test("A busy loop on the same CPU is blamed, not interrupts")
  func sameCPU() throws {
    let watched = sharedCPU(other: 10)
    #expect(try causes(watched) == [.preemption])
    let noise = try watched.noise()
    #expect(abs(noise.preemptedShare - 0.5) < 1e-9)
    #expect(noise.interruptShare < 0.01)
    #expect(noise.findings[0].sentence.contains("125.0 times a second, 50% of the time"))
    #expect(noise.findings[0].remedy.contains("--cpu 0, which is 5.0% busy"))
  }

  @Test("Where no other CPU is free, load and PSI say so, and no other CPU is recommended")
  func overloaded() throws {
    let watched = sharedCPU(other: 200)
    #expect(try causes(watched) == [.preemption])
    let remedy = try watched.noise().findings[0].remedy
    #expect(!remedy.contains("--cpu"))
    #expect(remedy.contains("load 4.1 on 2 CPUs, somebody waits for one 100% of the time"))
  }

  @Test("Sixty preemptions a second are no interrupts, with or without the scheduler's account")
  func sixtyPreemptions() throws {
    var watched = Watched(
      readings: Watched.readings(preemptions: 120), Watched.texts(waited: 0.24, load: 14))
    watched.gaps += Watched.gaps(120, seconds: 2e-3, isSwitch: true)
    #expect(try causes(watched) == [.preemption])
    #expect(abs(try watched.noise().preemptedShare - 0.12) < 1e-9)
    watched.before["proc/thread-self/schedstat"] = nil
    #expect(try causes(watched) == [.preemption])
    #expect(abs(try watched.noise().preemptedShare - 0.24 / 1.94) < 1e-9)
  }

  @Test("The quota of a container takes the CPU away too, and nobody else is to blame")
  func quota() throws {
    var watched = Watched(
      readings: Watched.readings(preemptions: 40), Watched.texts(waited: 1, throttled: 20))
    watched.gaps += Watched.gaps(20, seconds: 50e-3, isSwitch: true)
    #expect(try causes(watched) == [.quota])
    var free = sharedCPU(other: 10)
    let texts = Watched.texts(busy: [10, 200], waited: 1, throttled: 0)
    (free.before, free.after) = texts
    #expect(try causes(free) == [.preemption])
    // Both.
    (free.before, free.after) = Watched.texts(busy: [10, 200], waited: 1, throttled: 20)
    #expect(try causes(free) == [.quota, .preemption])
  }

  @Test("More threads than CPUs, which left this one alone: it is said before it strikes")
  func loadElsewhere() throws {
    let watched = Watched(Watched.texts(busy: [200, 200], pressure: 2, load: 5))
    #expect(try causes(watched) == [.load])
    #expect(try watched.noise().findings[0].sentence.contains("load 5.0 on 2 CPUs"))
  }

  @Test("A busy loop on another CPU that shares nothing disturbs nobody")
  func otherCPU() throws {
    #expect(try causes(Watched(Watched.texts(busy: [200, 200], load: 2))) == [])
  }

  // MARK: The same core

  private func sharedCore(_ texts: (before: [String: String], after: [String: String])) -> Watched {
    Watched(
      readings: Watched.readings { index, reading in if index % 10 != 0 { reading.sentinel *= 1.6 }
      }, texts)
  }

  @Test("A busy loop on the sibling: the CPU is named where the system knows it")
  func sibling() throws {
    var watched = sharedCore(Watched.texts(busy: [196, 200], load: 2))
    watched.siblings = [1: [0]]
    watched.isVirtual = false
    #expect(try causes(watched) == [.sibling])
    let noise = try watched.noise()
    #expect(noise.siblingShare == 0.9)
    #expect(abs(try #require(noise.siblingSlowdown) - 1.6) < 0.01)
    #expect(noise.findings[0].sentence.hasPrefix("CPU 0, the other thread of this core, is busy"))
    // A hypervisor that hides the topology leaves a guess.
    watched.siblings = [:]
    watched.isVirtual = true
    let guess = try watched.noise().findings[0]
    #expect(guess.cause == .sibling)
    #expect(guess.sentence.contains("perhaps CPU 0 of this machine, which is 98% busy,"))
    #expect(guess.remedy.contains("a neighbour on the host"))
  }

  @Test("A neighbour on the host, while this machine is idle")
  func neighbour() throws {
    let watched = sharedCore(Watched.texts())
    #expect(try causes(watched) == [.sibling])
    #expect(
      try watched.noise().findings[0].sentence.hasPrefix("A neighbour on the host shares the core"))
  }

  @Test("A sentinel that is slower by a step of the time stamp has no neighbour")
  func roughTimeStamps() throws {
    let watched = Watched(
      readings: Watched.readings { index, reading in if index % 3 != 0 { reading.sentinel *= 1.012 }
      })
    #expect(try causes(watched) == [])
  }

  // MARK: Hypervisor and interrupts

  @Test("Steal of another CPU is no steal of this one")
  func stealElsewhere() throws {
    let watched = Watched(Watched.texts(steal: [40, 0]))
    #expect(try watched.noise().stealShare == 0)
    #expect(try causes(watched) == [])
  }

  @Test("Steal here, and the gaps that it makes are not interrupts'")
  func stealHere() throws {
    var watched = Watched(Watched.texts(steal: [0, 10]))
    watched.gaps += Watched.gaps(10, seconds: 10e-3)
    #expect(try watched.noise().stealShare == 0.05)
    #expect(try causes(watched) == [.steal])
    // In short pieces too.
    watched.gaps = Watched().gaps + Watched.gaps(200, seconds: 0.5e-3)
    #expect(try causes(watched) == [.steal])
  }

  @Test("A thread that moves: each CPU counts as much as the thread was there")
  func moved() throws {
    let watched = Watched(
      readings: Watched.readings { index, reading in reading.cpu = index < 500 ? 0 : 1 },
      Watched.texts(steal: [40, 8]))
    let noise = try watched.noise()
    #expect(noise.cpu == 1)
    #expect(abs(try #require(noise.stealShare) - (0.25 * 0.2 + 0.75 * 0.04)) < 1e-9)
  }

  @Test("Interrupts are blamed where the CPU served them, and the busiest is named")
  func interrupts() throws {
    var watched = Watched(Watched.texts(interrupts: (500, 6000)))
    watched.gaps += Watched.gaps(6000, seconds: 20e-6)
    #expect(try causes(watched) == [.interrupts])
    let sentence = try watched.noise().findings[0].sentence
    #expect(sentence.contains("3250 a second, most for virtio1-req.0."))
  }

  @Test(
    "Gaps without a switch, an interrupt or steal: what the kernel does not see",
    arguments: [true, false])
  func unseen(isVirtual: Bool) throws {
    var watched = Watched()
    watched.isVirtual = isVirtual
    watched.gaps += Watched.gaps(6000, seconds: 20e-6)
    #expect(try causes(watched) == [.unseen])
    // No interrupt takes 30 ms, however many there are.
    watched.gaps = Watched().gaps + Watched.gaps(3, seconds: 30e-3)
    #expect(try causes(watched) == [.unseen])
    #expect(
      try watched.noise().findings[0].sentence.hasPrefix("The hypervisor stops") == isVirtual)
  }

  @Test("The costliest is named first")
  func order() throws {
    var watched = sharedCPU(other: 10)
    for (path, text) in Watched.texts(busy: [10, 200], steal: [0, 10], waited: 1).after {
      watched.after[path] = text
    }
    watched.gaps += Watched.gaps(10, seconds: 10e-3)
    #expect(try causes(watched) == [.preemption, .steal])
  }

  @Test("A kernel that tells nothing: nothing is made up")
  func silentKernel() throws {
    var watched = Watched()
    (watched.before, watched.after) = ([:], [:])
    let noise = try watched.noise()
    #expect(noise.findings.isEmpty)
    #expect(noise.stealShare == nil && noise.interruptsPerSecond == nil && noise.load == nil)
    #expect(noise.text().contains("not reported by this kernel"))
  }

  // MARK: Probes that were interrupted themselves

  /// A chain 40 times too long, in every so manieth reading.
  private static func longChains(every: Int, _ factor: Double = 40) -> [ProbeReading] {
    Watched.readings { index, reading in if index % every == 0 { reading.chain *= factor } }
  }

  @Test(
    "Interrupted chains are neither a change of clock, nor quiet, nor a neighbour",
    arguments: [100, 19, 7, 2])
  func longChains(every: Int) throws {
    for factor in [40, 3, 1.3, 1000] {
      let noise = try Watched(readings: Self.longChains(every: every, factor)).noise()
      #expect(try #require(noise.clockSpread) < 0.003)
      #expect(noise.clockChanges ?? 0 == 0)
      #expect(noise.siblingShare == 0, "the idle load is not that of a chain that is too long")
      #expect(abs(noise.interruptedProbes - 1 / Double(every)) < 0.01)
      #expect(noise.findings.isEmpty)
    }
  }

  @Test("Where every chain was interrupted, nothing is said of clock and neighbour")
  func allChains() throws {
    let noise = try Watched(readings: Self.longChains(every: 1)).noise()
    #expect(noise.interruptedProbes == 1)
    #expect(noise.clockSpread == nil && noise.clockChanges == nil && noise.siblingShare == nil)
    #expect(noise.findings.isEmpty)
    #expect(noise.text().contains("not known"))
  }

  @Test("A preemption counted between is enough", arguments: [4, 2])
  func preempted(every: Int) throws {
    var count: UInt64 = 7
    let readings = Watched.readings { index, reading in
      // By as much as a clock could change, and the sentinel with it.
      if index % every == 0 {
        count += 1
        reading.chain *= 1.5
        reading.sentinel *= 1.5
      }
      reading.preemptions = count
    }
    let noise = try Watched(readings: readings).noise()
    #expect(try #require(noise.clockSpread) < 0.003)
    #expect(noise.clockChanges ?? 0 == 0)
    #expect(noise.siblingShare == 0)
  }

  @Test("An interrupted sentinel is no neighbour")
  func longSentinels() throws {
    let noise = try Watched(
      readings: Watched.readings { index, reading in if index % 9 == 0 { reading.sentinel *= 40 } }
    ).noise()
    #expect(noise.siblingShare == 0)
    #expect(abs(noise.interruptedProbes - 1.0 / 9) < 0.01)
  }

  @Test("Both probes of a reading interrupted alike are no slow clock")
  func longReadings() throws {
    let noise = try Watched(
      readings: Watched.readings { index, reading in
        if index % 9 == 0 {
          reading.chain *= 40
          reading.sentinel *= 41
        }
      }
    ).noise()
    #expect(try #require(noise.clockSpread) < 0.003)
    #expect(noise.siblingShare == 0)
  }

  @Test("A clock that really changes is seen, with a neighbour or without", arguments: [1.0, 1.6])
  func realChanges(neighbour: Double) throws {
    let readings = Watched.readings { index, reading in
      if index / 100 % 2 == 1 {
        reading.chain *= 1.25
        reading.sentinel *= 1.25
      }
      if index % 2 == 1 { reading.sentinel *= neighbour }
    }
    let noise = try Watched(readings: readings).noise()
    #expect(try #require(noise.clockSpread) > 0.2)
    #expect(abs(try #require(noise.clockChanges) - 19.0 / 1999) < 1e-9)
    #expect(noise.interruptedProbes == 0)
    #expect(noise.siblingShare == (neighbour > 1 ? 0.5 : 0))
    #expect(noise.findings.map(\.cause) == (neighbour > 1 ? [.sibling, .clock] : [.clock]))
  }

  // MARK: What was recorded

  /// Two seconds of a busy virtual machine: compilers on both CPUs.
  private static let recorded = (
    before: [
      "proc/stat": """
      cpu  152132 0 18152 41743 366 0 74 183 0 0
      cpu0 74020 0 6155 25941 67 0 7 101 0 0
      cpu1 78112 0 11997 15802 298 0 66 82 0 0

      """,
      "proc/interrupts": """
                 CPU0       CPU1       
       36:          0      93173 PCI-MSIX-0000:00:02.0   1-edge      virtio1-req.0
       41:       4562          0 PCI-MSIX-0000:00:04.0   1-edge      virtio3-rx
       42:          0       6889 PCI-MSIX-0000:00:04.0   2-edge      virtio3-tx
      LOC:     299160     327115   Local timer interrupts
      RES:      25840      19424   Rescheduling interrupts
      CAL:      41663      19246   Function call interrupts
      TLB:       4773       4384   TLB shootdowns
      HYP:         34         81   Hypervisor callback interrupts
      ERR:          0

      """,
      "proc/loadavg": "13.41 10.99 5.98 10/160 18876\n",
      "proc/pressure/cpu": "some avg10=92.20 avg60=94.11 avg300=68.81 total=566571442\n",
      "proc/thread-self/schedstat": "52893834 51986656 38\n",
    ],
    after: [
      "proc/stat": """
      cpu  152451 0 18234 41743 366 0 75 183 0 0
      cpu0 74185 0 6190 25941 67 0 7 101 0 0
      cpu1 78265 0 12043 15802 298 0 67 82 0 0

      """,
      "proc/interrupts": """
                 CPU0       CPU1       
       36:          0      93221 PCI-MSIX-0000:00:02.0   1-edge      virtio1-req.0
       41:       4562          0 PCI-MSIX-0000:00:04.0   1-edge      virtio3-rx
       42:          0       6891 PCI-MSIX-0000:00:04.0   2-edge      virtio3-tx
      LOC:     300228     327669   Local timer interrupts
      RES:      25881      19461   Rescheduling interrupts
      CAL:      41688      19253   Function call interrupts
      TLB:       4797       4391   TLB shootdowns
      HYP:         34         81   Hypervisor callback interrupts
      ERR:          0

      """,
      "proc/loadavg": "12.90 10.93 5.99 7/145 18881\n",
      "proc/pressure/cpu": "some avg10=93.61 avg60=94.30 avg300=69.02 total=568571834\n",
      "proc/thread-self/schedstat": "1420194929 683991206 270\n",
    ]
  )

  @Test(
    "A recorded machine with a load of 13: 116 preemptions a second are blamed, and nothing else")
  func recordedLoad() throws {
    var watched = Watched(readings: Watched.readings(preemptions: 232), Self.recorded)
    watched.gaps += Watched.gaps(232, seconds: 2.72e-3, isSwitch: true)
    #expect(try causes(watched) == [.preemption])
    let noise = try watched.noise()
    #expect(noise.preemptionsPerSecond == 116)
    #expect(abs(noise.preemptedShare - 0.316) < 1e-4)
    #expect(noise.interruptsPerSecond == 327.5)
    #expect(noise.stealShare == 0)
    #expect(noise.load == 12.9 && noise.pressure == 1)
    #expect(noise.othersBusy == [0: 1])
    #expect(noise.findings[0].remedy.contains("no other CPU is free (load 12.9 on 2 CPUs"))
  }

  #if os(Linux)
    @Test("This machine can be watched")
    func thisMachine() throws {
      let noise = Noise.watch(seconds: 0.02, calibration: .measure(seconds: 0.001))
      #expect(noise.probes > 0 && noise.duration >= 0.02)
      #expect(noise.stealShare != nil && noise.load != nil)
      #expect(!noise.text().isEmpty)
      let data = try JSONEncoder().encode(noise)
      #expect(try JSONDecoder().decode(Noise.self, from: data).probes == noise.probes)
    }
  #endif
}
