import Foundation
import OptlabBasics

extension Noise {
  /// Who is to blame for what measurements suffer.
  public enum Cause: String, Sendable, Codable {
    /// Somebody on the other thread of the same core.
    case sibling
    /// The core clock is not steady.
    case clock
    /// Other threads of this system on the same CPU.
    case preemption
    /// The quota of the control group.
    case quota
    /// The hypervisor runs somebody else.
    case steal
    /// The kernel serves devices, timers, other CPUs.
    case interrupts
    /// Below the kernel, and without its knowledge.
    case unseen
    /// More threads than CPUs, on others than this one so far.
    case load
  }

  /// One sentence about it, and one about what to do.
  public struct Finding: Sendable, Codable, Equatable {
    public var cause: Cause
    /// Of the time, as far as it can be told.
    public var costShare: Double
    public var sentence: String
    public var remedy: String
  }

  /// - Parameter siblings: the other threads of the core, as far as the system knows.
  func blame(siblings: [Int], isVirtual: Bool) -> [Finding] {
    let throttles = throttlesPerSecond ?? 0
    // A thread whose quota is out is preempted too, and waits.
    let isPreempted =
      preemptionsPerSecond > throttles + 20 || throttles == 0 && preemptedShare > 0.01
    var findings = [
      siblingFinding(siblings, isVirtual: isVirtual), clockFinding,
      throttles > 0 ? quotaFinding : nil, isPreempted ? preemptionFinding : nil,
      stealFinding, interruptFinding, unseenFinding(isVirtual: isVirtual),
    ].compactMap(\.self)
    if !isPreempted, let finding = loadFinding { findings.append(finding) }
    // Stable: of two that cost the same the order above.
    return findings.enumerated().sorted {
      ($1.element.costShare, $0.offset) < ($0.element.costShare, $1.offset)
    }.map(\.element)
  }

  /// The CPU with the most time to spare, if it has half of it.
  private var idlest: (cpu: Int, busy: Double)? {
    othersBusy.min { ($0.value, $1.key) < ($1.value, $0.key) }
      .flatMap { $0.value < 0.5 ? ($0.key, $0.value) : nil }
  }

  private var loadText: String {
    [
      load.map { String(format: "load %.1f on %d CPUs", $0, cpus) },
      pressure.map { "somebody waits for one \(Figures.percent($0)) of the time" },
    ].compactMap(\.self).joined(separator: ", ")
  }

  private func siblingFinding(_ siblings: [Int], isVirtual: Bool) -> Finding? {
    guard let share = siblingShare, let slowdown = siblingSlowdown, share > 0.05, slowdown > 1.02
    else { return nil }
    let often =
      "in \(Figures.percent(share)) of the probes, and then costs \(Figures.times(slowdown))"
    func finding(_ who: String, _ remedy: String) -> Finding {
      Finding(
        cause: .sibling, costShare: share * (1 - 1 / slowdown), sentence: "\(who) \(often).",
        remedy: remedy)
    }
    func isBusy(_ cpu: Int) -> Bool { othersBusy[cpu, default: 0] > 0.2 }
    if let sibling = siblings.first(where: isBusy) {
      return finding(
        "CPU \(sibling), the other thread of this core, is busy and shares it",
        "Stop what runs there, or keep it off (taskset, isolcpus).")
    }
    if isVirtual, let other = othersBusy.filter({ isBusy($0.key) }).max(by: { $0.value < $1.value })
    {
      return finding(
        "Somebody shares the core, perhaps CPU \(other.key) of this machine, which is "
          + "\(Figures.percent(other.value)) busy,",
        "Stop what runs there; if that changes nothing, it is a neighbour on the host: use another "
          + "CPU (--cpu N) or machine, or wait.")
    }
    return finding(
      isVirtual ? "A neighbour on the host shares the core" : "Somebody shares the core",
      share > 0.5
        ? "Use another CPU (--cpu N), another machine, or wait: contended rows will be many."
        : "Take more rounds (--time SECONDS): what it hits is measured again.")
  }

  private var clockFinding: Finding? {
    guard let clockSpread, clockSpread > 0.02 else { return nil }
    return Finding(
      cause: .clock, costShare: 0,
      sentence: "The core clock moves by \(Figures.percent(clockSpread)): figures in cycles hold, "
        + "GB/s do not.",
      remedy: "On a machine of your own, fix it: cpupower frequency-set -g performance, and turn "
        + "boost off.")
  }

  private var preemptionFinding: Finding {
    let remedy =
      idlest.map {
        "Stop them or keep them off (taskset, isolcpus), or use --cpu \($0.cpu), which is "
          + "\(Figures.percent($0.busy)) busy."
      }
      ?? ("Stop them, or wait: no other CPU is free"
        + (loadText.isEmpty ? "." : " (\(loadText))."))
    return Finding(
      cause: .preemption, costShare: preemptedShare,
      sentence: String(
        format: "Other threads of this system run on this CPU: they took it %.1f times a second, ",
        preemptionsPerSecond) + "\(Figures.percent(preemptedShare)) of the time.", remedy: remedy)
  }

  private var quotaFinding: Finding {
    Finding(
      cause: .quota, costShare: preemptedShare,
      sentence: String(
        format: "The CPU quota of this container or control group ran out %.1f times a second.",
        throttlesPerSecond ?? 0),
      remedy: "Raise it (cpu.max, docker --cpus), or let nothing else run in it.")
  }

  private var stealFinding: Finding? {
    guard let stealShare, stealShare > 0.01 else { return nil }
    return Finding(
      cause: .steal, costShare: stealShare,
      sentence:
        "The hypervisor gave this CPU to others \(Figures.percent(stealShare)) of the time.",
      remedy: "Take more rounds (--time SECONDS), or use another machine.")
  }

  private var interruptFinding: Finding? {
    guard interruptShare > 0.01 else { return nil }
    let count = interruptsPerSecond.map { String(format: ", %.0f a second", $0) } ?? ""
    return Finding(
      cause: .interrupts, costShare: interruptShare,
      sentence: "Interrupts take \(Figures.percent(interruptShare)) of the time\(count)"
        + (busiestInterrupt.map { ", most for \($0)." } ?? "."),
      remedy: "Try another CPU (--cpu N), or move them (/proc/irq/*/smp_affinity_list).")
  }

  private func unseenFinding(isVirtual: Bool) -> Finding? {
    guard unseenShare > 0.01 else { return nil }
    return Finding(
      cause: .unseen, costShare: unseenShare,
      sentence:
        "\(isVirtual ? "The hypervisor" : "Firmware, or what else the kernel does not see,")"
        + " stops this CPU \(Figures.percent(unseenShare)) of the time, which the kernel does not "
        + "count.",
      remedy: "Take more rounds (--time SECONDS), or use another machine.")
  }

  private var loadFinding: Finding? {
    guard (load ?? 0) > Double(cpus) + 0.5 || (pressure ?? 0) > 0.1 else { return nil }
    return Finding(
      cause: .load, costShare: 0,
      sentence: "There is more to run than there are CPUs (\(loadText)), although it left this one "
        + "alone so far.",
      remedy: "Stop what need not run before a measurement that counts.")
  }
}
