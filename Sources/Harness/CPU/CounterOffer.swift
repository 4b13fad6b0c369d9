/// The hardware performance counters that CPUID offers: what a kernel could count with.
///
/// Source: Intel SDM volume 2A, CPUID leaf 0xA; AMD APM volume 3, E.4.2 (0x80000001, ecx bit 23) and
/// E.4.18 (0x80000022).
public struct CounterOffer: Codable, Sendable, Equatable {
  /// General counters a logical CPU; 0 when none is offered.
  public var counters: Int
  /// Intel's version of architectural monitoring, AMD's of PerfMon; 0 without one.
  public var version: Int
  /// For people: where the number is from, or why there is none.
  public var explanation: String

  public init(_ leaves: CPUIDLeaves, identity: CPUIdentity, hypervisor: Hypervisor?) {
    switch identity.vendor {
    case .amd, .hygon:
      let extended = leaves[0x8000_0022]
      if extended.eax & 1 == 1 {
        self.init(
          counters: Int(extended.ebx & 15), version: 2, explanation: "leaf 0x80000022")
      } else if leaves[0x8000_0001].ecx >> 23 & 1 == 1 {
        self.init(counters: 6, version: 1, explanation: "leaf 0x80000001, ecx bit 23")
      } else if hypervisor != nil {
        // Every AMD CPU since family 15h has the extended counters.
        self.init(counters: 0, version: 0, explanation: "the hypervisor hides them")
      } else {
        self.init(
          counters: 4, version: 0, explanation: "the four of old, which CPUID does not list")
      }
    default:
      let leaf = leaves[0xA].eax
      let version = Int(leaf & 255)
      self.init(
        counters: version == 0 ? 0 : Int(leaf >> 8 & 255), version: version,
        explanation: version > 0
          ? "leaf 0xa"
          : hypervisor == nil ? "the CPU lists none" : "the hypervisor hides them")
    }
  }

  private init(counters: Int, version: Int, explanation: String) {
    self.counters = counters
    self.version = version
    self.explanation = explanation
  }
}
