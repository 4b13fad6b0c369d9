/// What CPUID promises of the timestamp counter. Its rate is measured elsewhere; and it need not be
/// the rate of the core.
///
/// Source: Intel SDM volume 2A, CPUID leaves 0x15 and 0x16, and volume 3B, section 18.17 (invariant
/// TSC); AMD APM volume 3, E.4.6.
public struct TimestampCounterFacts: Codable, Sendable, Equatable {
  /// Whether it runs at one rate through all power states.
  public var isInvariant: Bool
  public var hasRDTSCP: Bool
  /// In Hz, or nil where CPUID does not say.
  public var hertz: Double?
  /// The leaf that says so.
  public var source: String?
  /// Base, maximum and bus frequency in MHz (leaf 0x16); nil where they are not given.
  public var baseMegahertz: Int?
  public var maximumMegahertz: Int?
  public var busMegahertz: Int?

  public init(_ leaves: CPUIDLeaves, hypervisor: Hypervisor?) {
    isInvariant = leaves[0x8000_0007].edx >> 8 & 1 == 1
    hasRDTSCP = leaves[0x8000_0001].edx >> 27 & 1 == 1

    func given(_ register: UInt32) -> Int? {
      let value = Int(register & 0xFFFF)
      return value == 0 ? nil : value
    }
    baseMegahertz = given(leaves[0x16].eax)
    maximumMegahertz = given(leaves[0x16].ebx)
    busMegahertz = given(leaves[0x16].ecx)

    let ratio = leaves[0x15]
    if let kilohertz = hypervisor?.tscKilohertz {
      hertz = Double(kilohertz) * 1e3
      source = "hypervisor, leaf 0x40000010"
    } else if ratio.eax != 0, ratio.ebx != 0, ratio.ecx != 0 {
      hertz = Double(ratio.ecx) * Double(ratio.ebx) / Double(ratio.eax)
      source = "leaf 0x15"
    } else if ratio.eax != 0, ratio.ebx != 0, let baseMegahertz {
      // The crystal is not given; where the ratio is, the counter runs at the base frequency.
      hertz = Double(baseMegahertz) * 1e6
      source = "leaf 0x16, base frequency"
    } else {
      hertz = nil
      source = nil
    }
  }
}
