/// What runs this machine, if it is a virtual one.
///
/// Source: the range 0x40000000 that CPU makers leave to hypervisors (AMD APM volume 3, E.3.9), and
/// each hypervisor's own documents.
public struct Hypervisor: Codable, Sendable, Equatable {
  /// `KVM`, `Hyper-V`; `unknown` when it does not say.
  public var name: String
  /// The twelve letters of each interface it presents: KVM can show Hyper-V's in front of its own.
  public var signatures: [String]
  /// Where this is Hyper-V's own root partition: the host, not a guest.
  public var isHost: Bool
  /// The rate of the timestamp counter that it promises, in kHz, or nil.
  public var tscKilohertz: Int?

  /// Where an interface may start: one every 0x100 leaves; more than a few are not in use.
  static let signatureLeaves: [UInt32] = [
    0x4000_0000, 0x4000_0100, 0x4000_0200, 0x4000_0300, 0x4000_0400,
  ]

  private static let products: [String: String] = [
    "KVMKVMKVM": "KVM", "Linux KVM Hv": "KVM", "VMwareVMware": "VMware", "Microsoft Hv": "Hyper-V",
    "XenVMMXenVMM": "Xen", "bhyve bhyve": "bhyve", "lrpepyh  vr": "Parallels",
    "prl hyperv": "Parallels", "VBoxVBoxVBox": "VirtualBox", "TCGTCGTCGTCG": "QEMU TCG",
    "ACRNACRNACRN": "ACRN", "QNXQVMBSQG": "QNX", "Jailhouse": "Jailhouse",
    "HAXMHAXMHAXM": "HAXM", "OpenBSDVMM58": "OpenBSD vmm", "___ NVMM ___": "NVMM",
    "SRESRESRESRE": "LMHS", "EVMMEVMMEVMM": "Intel KGT", "UnisysSpar64": "Unisys s-Par",
  ]

  /// nil where no hypervisor shows itself.
  public init?(_ leaves: CPUIDLeaves) {
    guard leaves[1].ecx >> 31 == 1 else { return nil }
    let found = Self.signatureLeaves.compactMap { base -> (base: UInt32, signature: String)? in
      let r = leaves[base]
      let signature = CPUIDLeaves.Registers.text([r.ebx, r.ecx, r.edx])
        .split(separator: " ", omittingEmptySubsequences: false).joined(separator: " ")
        .trimmingSpaces()
      return signature.isEmpty ? nil : (base, signature)
    }
    signatures = found.map(\.signature)

    // Several hypervisors put Hyper-V's interface first, for Windows; their own is then behind it.
    let names = signatures.map { Self.products[$0] ?? "unknown" }
    name = names.first { $0 != "Hyper-V" && $0 != "unknown" } ?? names.first ?? "unknown"
    // Only a root partition may create partitions (Hyper-V TLFS, section 2.4.3).
    isHost = name == "Hyper-V" && leaves[0x4000_0003].ebx & 1 == 1

    // Introduced by VMware, and taken over by KVM and bhyve; Hyper-V gives this number to others.
    let rate = found.first {
      ["VMware", "KVM", "bhyve", "QEMU TCG"].contains(Self.products[$0.signature])
        && leaves[$0.base].eax >= $0.base + 0x10
    }.map { Int(leaves[$0.base + 0x10].eax) }
    tscKilohertz = rate == 0 ? nil : rate
  }
}

extension String {
  fileprivate func trimmingSpaces() -> String {
    var text = self[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
