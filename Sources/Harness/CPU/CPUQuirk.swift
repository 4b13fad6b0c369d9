/// A trait of a CPU that a reader of these figures, or an author of such kernels, must know.
public struct CPUQuirk: Codable, Sendable, Equatable {
  public var id: String
  /// What it is.
  public var fact: String
  /// What follows for the kernels here.
  public var consequence: String
  /// The document or measurement that says so.
  public var source: String

  /// The quirks of a CPU, chosen by what it is, not by what it calls itself.
  public static func of(
    _ identity: CPUIdentity, leaves: CPUIDLeaves, features: [CPUFeature]
  ) -> [CPUQuirk] {
    let offered = Set(features.filter(\.offered).map(\.name))
    let cpu = Subject(identity: identity, leaves: leaves, offered: offered)
    return catalogue.filter { $0.applies(cpu) }.map(\.quirk)
  }

  /// What a quirk is decided by.
  struct Subject {
    var identity: CPUIdentity
    var leaves: CPUIDLeaves
    var offered: Set<String>

    var core: String { identity.microarchitecture?.name ?? "" }
    var hasZMM: Bool { offered.contains("avx512f") }
    /// As the dispatcher sees it.
    var lowersClockForZMM: Bool { hasZMM && !offered.contains("fast-zmm") }
    var isAMD: Bool { identity.vendor == .amd || identity.vendor == .hygon }
    /// The width of the vector pipes by AMD's leaf 0x8000001A: eax bit 0: 128, 2: 256, 3: 512 bits.
    func pipes(bit: UInt32) -> Bool { isAMD && leaves[0x8000_001A].eax >> bit & 1 == 1 }
  }

  private struct Entry: Sendable {
    var quirk: CPUQuirk
    var applies: @Sendable (Subject) -> Bool

    init(
      _ id: String, fact: String, consequence: String, source: String,
      applies: @escaping @Sendable (Subject) -> Bool
    ) {
      quirk = CPUQuirk(id: id, fact: fact, consequence: consequence, source: source)
      self.applies = applies
    }
  }

  private static let measuredCoves: Set = [
    "Sunny Cove", "Willow Cove", "Cypress Cove", "Golden Cove", "Raptor Cove",
  ]

  private static let catalogue: [Entry] = [
    Entry(
      "zmm-clock",
      fact: "512-bit instructions lower the core's clock, by more the more cores use them.",
      consequence:
        "Dispatch passes over 512-bit kernels here; time them, but in runs of their own.",
      source: "Intel 64 and IA-32 Architectures Optimization Reference Manual, power licences"
    ) { $0.lowersClockForZMM && ["Skylake server", "Palm Cove"].contains($0.core) },
    Entry(
      "zmm-clock-small",
      fact:
        "512-bit instructions have a power licence of their own; on client parts it costs at most"
        + " 0.1 GHz.",
      consequence: "Dispatch passes over 512-bit kernels here, and may be wrong to: time them.",
      source: "Intel Optimization Reference Manual, power licences; T. Downs, Ice Lake AVX-512"
        + " Downclocking, 2020"
    ) { $0.lowersClockForZMM && !["Skylake server", "Palm Cove"].contains($0.core) },
    Entry(
      "avx2-clock",
      fact: "Sustained heavy 256-bit code has a lower clock limit than other code.",
      consequence: "Cycles per byte compare; GB/s of 256-bit and 128-bit kernels do so less.",
      source: "Intel, Optimizing Performance with Intel Advanced Vector Extensions, 2014"
    ) { $0.identity.vendor == .intel && [0x3F, 0x4F, 0x55, 0x56].contains($0.identity.model) },
    Entry(
      "zmm-port-1",
      fact: "While 512-bit instructions are in flight, port 1 takes no vector work.",
      consequence:
        "512-bit integer code has two vector ports, 256-bit code three: not twice as fast.",
      source: "Intel 64 and IA-32 Architectures Optimization Reference Manual, Skylake Server"
    ) { $0.hasZMM && $0.identity.vendor == .intel },
    Entry(
      "vaes-zmm-one-a-cycle",
      fact: "One 512-bit VAESENC starts a cycle, but two 256-bit ones do.",
      consequence:
        "A 512-bit AES kernel has the limit of a 256-bit one; it saves instructions only.",
      source: "measured: InstLatx64, VAESENC ymm and zmm on Ice Lake, Tiger Lake, Alder Lake, Zen 4"
    ) {
      guard $0.hasZMM, $0.offered.contains("vaes") else { return false }
      return measuredCoves.contains($0.core) || $0.pipes(bit: 2) && !$0.pipes(bit: 3)
    },
    Entry(
      "zmm-two-passes",
      fact: "The vector pipes are 256 bits wide: a 512-bit operation takes two passes.",
      consequence: "512-bit code gains by fewer instructions, wider masks and more registers.",
      source: "CPUID leaf 0x8000001A, FP256; AMD Software Optimization Guide for Zen 4 (57647)"
    ) { $0.hasZMM && $0.pipes(bit: 2) && !$0.pipes(bit: 3) },
    Entry(
      "zmm-full-width",
      fact: "The vector pipes are 512 bits wide: two 512-bit VAESENC start a cycle.",
      consequence: "512-bit kernels have twice the limit of 256-bit ones.",
      source: "CPUID leaf 0x8000001A, FP512; measured: InstLatx64, VAESENC zmm on Granite Ridge"
    ) { $0.hasZMM && $0.pipes(bit: 3) },
    Entry(
      "ymm-two-passes",
      fact: "The vector pipes are 128 bits wide: a 256-bit operation is split in two.",
      consequence: "256-bit JSON scanning gains little over 128-bit.",
      source: "CPUID leaf 0x8000001A, FP128; AMD Software Optimization Guide, family 17h (55723)"
    ) { $0.pipes(bit: 0) && !$0.pipes(bit: 2) && $0.offered.contains("avx2") },
    Entry(
      "e-core-ymm-two-passes",
      fact:
        "Efficiency cores split 256-bit operations: one 256-bit VAESENC a cycle, or two 128-bit.",
      consequence: "256-bit AES has the limit of 128-bit AES here.",
      source:
        "measured: InstLatx64, VAESENC xmm and ymm on Alder Lake's and Arrow Lake's small cores"
    ) { ["Gracemont", "Crestmont", "Skymont"].contains($0.core) },
    Entry(
      "hybrid",
      fact: "Cores of several kinds: a thread that moves changes its machine.",
      consequence: "Pin the run to one CPU (--cpu N) and name its kind with the figures.",
      source: "Intel SDM volume 2A, CPUID leaf 7, edx bit 15, and leaf 0x1A"
    ) { $0.identity.isHybrid || $0.core.contains(" and Zen ") },
    Entry(
      "hybrid-avx512",
      fact: "AVX-512 is on, because the efficiency cores, which lack it, are off.",
      consequence: "512-bit kernels run on this machine, and not on others of its model.",
      source: "measured: InstLatx64, recordings of the Core i9-12900K in both states"
    ) { $0.hasZMM && $0.core == "Golden Cove" && [0x97, 0x9A].contains($0.identity.model) },
    Entry(
      "one-aesenc-a-cycle",
      fact: "One AESENC starts a cycle; it takes 7 cycles on Haswell and Broadwell, 4 on Skylake.",
      consequence:
        "No AES-128 kernel beats 0.625 cycles/byte; as many blocks in flight as it takes.",
      source: "measured: InstLatx64, AESENC on Haswell and Skylake"
    ) { ["Haswell", "Broadwell", "Skylake", "Skylake server"].contains($0.core) },
    Entry(
      "pdep-microcode",
      fact: "PDEP and PEXT are microcode: 18 cycles and more.",
      consequence: "None for the kernels here, which use neither; know it before you do.",
      source: "measured: InstLatx64, PDEP r64 on Summit Ridge and Matisse"
    ) { ["Zen", "Zen+", "Zen 2", "Dhyana (Zen)"].contains($0.core) },
    Entry(
      "compress-store-microcode",
      fact: "VPCOMPRESS with a memory destination is microcode.",
      consequence: "Compress into a register and store that.",
      source: "LLVM issue 133568 (memory form of compress on znver4)"
    ) { $0.hasZMM && $0.core.hasPrefix("Zen 4") },
    Entry(
      "jcc-erratum",
      fact: "Jumps that cross or end at a 32-byte boundary are not kept as decoded instructions.",
      consequence:
        "The place of a short loop moves its time by some percent: compare blocks of runs.",
      source: "Intel, Mitigations for Jump Conditional Code Erratum, 341810"
    ) {
      let identity = $0.identity
      guard identity.vendor == .intel, identity.family == 6 else { return false }
      return switch identity.model {
      case 0x4E, 0x5E, 0xA6: true
      case 0x55: identity.stepping <= 7
      case 0x8E: identity.stepping <= 0xC
      case 0x9E: identity.stepping <= 0xD
      default: false
      }
    },
    Entry(
      "gather-sampling",
      fact: "Microcode against gather data sampling (Downfall) slows gather instructions.",
      consequence: "None for the kernels here: there is no gather in them.",
      source: "Intel security advisory INTEL-SA-00828"
    ) {
      $0.identity.vendor == .intel
        && [
          "Skylake", "Skylake server", "Sunny Cove", "Cypress Cove", "Willow Cove",
        ].contains($0.core)
    },
  ]
}
