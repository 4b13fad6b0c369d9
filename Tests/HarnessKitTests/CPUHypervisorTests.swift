import OptlabAES
import OptlabCPU
import OptlabMeasure
import OptlabProfile
import OptlabStatistics
import Testing

@Suite struct CPUHypervisorTests {
  /// Registers that spell `text` in ebx, ecx, edx.
  private static func signature(_ text: String, highest: UInt32) -> CPUIDLeaves.Registers {
    let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 12 - text.utf8.count)
    let words = (0..<3).map { word in
      (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[word * 4 + $1]) << (8 * $1) }
    }
    return .init(eax: highest, ebx: words[0], ecx: words[1], edx: words[2])
  }

  private static func guest(
    _ signatures: [String], highest: UInt32 = 0x4000_0001
  ) throws -> CPUIDLeaves {
    var leaves = try Recording.leaves("amd-zen4-genoa")
    leaves[1].ecx |= 1 << 31
    for (index, text) in signatures.enumerated() {
      leaves[0x4000_0000 + UInt32(index) * 0x100] = signature(
        text, highest: highest + UInt32(index) * 0x100)
    }
    return leaves
  }

  @Test(arguments: [
    ("KVMKVMKVM", "KVM"), ("VMwareVMware", "VMware"), ("Microsoft Hv", "Hyper-V"),
    ("XenVMMXenVMM", "Xen"), ("bhyve bhyve ", "bhyve"), (" lrpepyh  vr", "Parallels"),
    ("VBoxVBoxVBox", "VirtualBox"), ("TCGTCGTCGTCG", "QEMU TCG"), ("ACRNACRNACRN", "ACRN"),
    ("QNXQVMBSQG", "QNX"), ("Jailhouse", "Jailhouse"), ("HAXMHAXMHAXM", "HAXM"),
    ("NewNewNewNew", "unknown"),
  ])
  func nameFromSignature(_ signature: String, _ name: String) throws {
    let hypervisor = try #require(Hypervisor(try Self.guest([signature])))
    #expect(hypervisor.name == name)
    #expect(!hypervisor.isHost)
  }

  @Test(arguments: [
    ("vm-kvm-zen4-genoa", "KVM", false), ("vm-hyperv-ice-lake-sp", "Hyper-V", false),
    ("amd-zen-naples-hyperv", "Hyper-V", true), ("intel-rocket-lake-hyperv-root", "Hyper-V", true),
    ("vm-qemu-tcg", "QEMU TCG", false),
  ])
  func recorded(_ recording: String, _ name: String, _ isHost: Bool) throws {
    let hypervisor = try #require(Hypervisor(try Recording.leaves(recording)))
    #expect(hypervisor.name == name)
    #expect(hypervisor.isHost == isHost)
  }

  @Test func anotherBehindHyperVsInterface() throws {
    let hypervisor = try #require(Hypervisor(try Self.guest(["Microsoft Hv", "KVMKVMKVM"])))
    #expect(hypervisor.name == "KVM")
    #expect(hypervisor.signatures == ["Microsoft Hv", "KVMKVMKVM"])
  }

  @Test func withoutTheBitThereIsNone() throws {
    var leaves = try Self.guest(["KVMKVMKVM"])
    leaves[1].ecx &= ~(1 << 31)
    #expect(Hypervisor(leaves) == nil)
    #expect(Hypervisor(try Recording.leaves("intel-haswell")) == nil)
  }

  @Test func mayHideItsName() throws {
    let hypervisor = try #require(Hypervisor(try Self.guest([])))
    #expect(hypervisor.name == "unknown")
    #expect(hypervisor.signatures.isEmpty)
  }

  @Test func promisesARate() throws {
    var leaves = try Self.guest(["VMwareVMware"], highest: 0x4000_0010)
    leaves[0x4000_0010] = .init(eax: 2_596_124, ebx: 66_000)
    let hypervisor = try #require(Hypervisor(leaves))
    #expect(hypervisor.tscKilohertz == 2_596_124)
    let tsc = TimestampCounterFacts(leaves, hypervisor: hypervisor)
    #expect(tsc.hertz == 2.596124e9)
    #expect(tsc.source == "hypervisor, leaf 0x40000010")
  }

  /// Hyper-V has other things at 0x40000010 than a rate.
  @Test func hyperVPromisesNone() throws {
    var leaves = try Self.guest(["Microsoft Hv"], highest: 0x4000_0010)
    leaves[0x4000_0010] = .init(eax: 12345)
    #expect(Hypervisor(leaves)?.tscKilohertz == nil)
  }
}

@Suite struct CPUTimestampCounterTests {
  @Test(
    arguments: [
      ("intel-haswell", nil, nil), ("intel-skylake", 2.2e9, "leaf 0x16, base frequency"),
      ("intel-ice-lake-sp", 2.4e9, "leaf 0x16, base frequency"),
      ("intel-alder-lake-p-core", 2.304e9, "leaf 0x15"),
      ("intel-arrow-lake-e-core", 3.8784e9, "leaf 0x15"),
      ("intel-goldmont-plus", 1.9968e9, "leaf 0x15"), ("amd-zen4-genoa", nil, nil),
      ("vm-kvm-zen4-genoa", nil, nil),
    ] as [(String, Double?, String?)])
  func rate(_ recording: String, _ hertz: Double?, _ source: String?) throws {
    let tsc = TimestampCounterFacts(try Recording.leaves(recording), hypervisor: nil)
    #expect(tsc.hertz == hertz)
    #expect(tsc.source == source)
    #expect(tsc.isInvariant)
    #expect(tsc.hasRDTSCP)
  }

  @Test func frequenciesOfLeaf16() throws {
    let tsc = TimestampCounterFacts(try Recording.leaves("intel-sapphire-rapids"), hypervisor: nil)
    #expect(tsc.baseMegahertz == 2200)
    #expect(tsc.maximumMegahertz == 4800)
    #expect(tsc.busMegahertz == 100)
  }
}

@Suite struct CPUCounterOfferTests {
  @Test(arguments: [
    ("intel-haswell", 4, 3), ("intel-ice-lake-sp", 8, 5), ("intel-alder-lake-e-core", 6, 5),
    ("amd-zen3-milan", 6, 1), ("amd-zen4-genoa", 6, 2), ("vm-kvm-zen4-genoa", 0, 0),
    ("vm-hyperv-ice-lake-sp", 0, 0), ("amd-zen-naples-hyperv", 0, 0),
  ])
  func offers(_ recording: String, _ counters: Int, _ version: Int) throws {
    let leaves = try Recording.leaves(recording)
    let hypervisor = Hypervisor(leaves)
    let offer = CounterOffer(leaves, identity: CPUIdentity(leaves), hypervisor: hypervisor)
    #expect(offer.counters == counters)
    #expect(offer.version == version)
    #expect((offer.explanation == "the hypervisor hides them") == (counters == 0))
  }
}
