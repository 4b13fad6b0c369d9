/// Which CPU this is: what the maker calls it, and what it is by its signature.
///
/// Source: Intel SDM volume 2A, CPUID leaves 0, 1, 0x1A and 0x80000002 to 4; AMD APM volume 3,
/// appendix E.3, and E.4.24 (0x80000026).
public struct CPUIdentity: Codable, Sendable, Equatable {
  public enum Vendor: String, Codable, Sendable {
    case intel = "Intel"
    case amd = "AMD"
    case hygon = "Hygon"
    case via = "VIA"
    case zhaoxin = "Zhaoxin"
    case other = "other"
  }

  /// A hybrid CPU's kinds of core, by leaf 0x1A, or 0x80000026 on AMD's.
  public enum CoreKind: String, Codable, Sendable {
    case performance
    case efficiency
  }

  public var vendor: Vendor
  /// The twelve letters of leaf 0, `GenuineIntel`; empty where there is no CPUID.
  public var vendorID: String
  /// With the extended fields added.
  public var family: Int
  public var model: Int
  public var stepping: Int
  /// As the CPU spells it, or nil. In a virtual machine it may be anything: nothing is decided by it.
  public var brand: String?
  /// From vendor, family, model and stepping; nil for a CPU that is not in the tables.
  public var microarchitecture: Microarchitecture?
  /// Whether the CPU has cores of several kinds (leaf 7, edx bit 15; leaf 0x80000026, eax bit 30).
  public var isHybrid: Bool
  /// The kind of the core that was asked, where the CPU says.
  public var coreKind: CoreKind?
  /// Widths of addresses in bits (leaf 0x80000008), or nil.
  public var physicalAddressBits: Int?
  public var virtualAddressBits: Int?

  /// The version of AVX10 (leaf 0x24), or nil where there is none.
  public var avx10Version: Int?

  public init(_ leaves: CPUIDLeaves) {
    let names = leaves[0]
    vendorID = CPUIDLeaves.Registers.text([names.ebx, names.edx, names.ecx])

    let signature = leaves[1].eax
    let baseFamily = Int(signature >> 8 & 15)
    family = baseFamily == 15 ? baseFamily + Int(signature >> 20 & 255) : baseFamily
    // Family 7 is Zhaoxin's, which counts models as Intel does.
    let hasExtendedModel = [6, 7, 15].contains(baseFamily)
    model = Int(signature >> 4 & 15) + (hasExtendedModel ? Int(signature >> 16 & 15) << 4 : 0)
    stepping = Int(signature & 15)
    vendor = Self.vendor(vendorID, family: family)

    let spelled = CPUIDLeaves.Registers.text(
      (2...4).flatMap { (n: UInt32) in
        let r = leaves[0x8000_0000 + n]
        return [r.eax, r.ebx, r.ecx, r.edx]
      }
    ).split(separator: " ").joined(separator: " ")
    brand = spelled.isEmpty ? nil : spelled

    // AMD's leaf describes a level of the topology in each subleaf; the first is the core's own.
    let isHeterogeneous = (0..<8).contains { leaves[0x8000_0026, $0].eax >> 30 & 1 == 1 }
    isHybrid = leaves[7].edx >> 15 & 1 == 1 || isHeterogeneous
    let core = leaves[0x1A].eax
    coreKind =
      switch (core >> 24, isHeterogeneous, leaves[0x8000_0026].ebx >> 28) {
      case (0x20, _, _): .efficiency
      case (0x40, _, _): .performance
      case (_, true, 0): .performance
      case (_, true, 1): .efficiency
      default: nil
      }
    microarchitecture = Microarchitecture(
      vendor: vendor, family: family, model: model, stepping: stepping, core: coreKind,
      nativeModel: Int(core & 0xFF_FFFF))

    let hasAVX10 = leaves[7, 1].edx >> 19 & 1 == 1
    avx10Version = hasAVX10 ? Int(leaves[0x24].ebx & 255) : nil

    let sizes = leaves[0x8000_0008].eax
    physicalAddressBits = sizes == 0 ? nil : Int(sizes & 255)
    virtualAddressBits = sizes == 0 ? nil : Int(sizes >> 8 & 255)
  }

  private static func vendor(_ id: String, family: Int) -> Vendor {
    switch id {
    // 'GenuineIotel' is what some real Intel CPUs answer: one flipped bit in microcode.
    case "GenuineIntel", "GenuineIotel": .intel
    case "AuthenticAMD": .amd
    case "HygonGenuine": .hygon
    case "  Shanghai  ": .zhaoxin
    case "CentaurHauls": family >= 7 ? .zhaoxin : .via
    default: .other
    }
  }
}
