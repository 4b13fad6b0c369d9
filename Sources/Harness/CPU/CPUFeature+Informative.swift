extension CPUFeature {
  /// A feature that no kernel asks for, but that a reader of figures or an author of kernels may.
  struct Informative: Sendable {
    var name: String
    var leaf: UInt32
    var subleaf: UInt32 = 0
    var register: Character
    var bit: Int
    var xcr0: UInt64 = 0

    init(
      _ name: String, _ leaf: UInt32, _ register: Character, _ bit: Int, subleaf: UInt32 = 0,
      xcr0: UInt64 = 0
    ) {
      self.name = name
      self.leaf = leaf
      self.subleaf = subleaf
      self.register = register
      self.bit = bit
      self.xcr0 = xcr0
    }

    func decode(_ leaves: CPUIDLeaves) -> CPUFeature {
      let offered = leaves[leaf, subleaf][register] >> UInt32(bit) & 1 == 1
      let enabled = leaves.xcr0 & xcr0 == xcr0
      return CPUFeature(
        name: name, leaf: leaf, subleaf: subleaf, register: "e\(register)x", bit: bit, xcr0: xcr0,
        isKernelFeature: false, offered: offered, enabled: enabled,
        verdict: offered ? (enabled ? .available : .notEnabled) : .lacking)
    }
  }

  /// Components of XCR0: Intel SDM volume 1, section 13.1; APX: Intel APX specification, section 3.1.
  private enum State {
    static let avx: UInt64 = 0x6
    static let avx512: UInt64 = 0xE6
    static let protectionKeys: UInt64 = 1 << 9
    static let tiles: UInt64 = 0x3 << 17
    static let apx: UInt64 = 1 << 19
  }

  /// Source: Intel SDM volume 2A, CPUID, tables of leaves 1, 7 and 0x80000001; AMD APM volume 3,
  /// appendix E.
  static let informative: [Informative] = [
    Informative("sse3", 1, "c", 0),
    Informative("cmpxchg16b", 1, "c", 13),
    Informative("osxsave", 1, "c", 27),
    Informative("rdrand", 1, "c", 30),
    Informative("hypervisor", 1, "c", 31),
    Informative("smt-or-cores", 1, "d", 28),
    Informative("tsc", 1, "d", 4),
    Informative("rdtscp", 0x8000_0001, "d", 27),
    Informative("invariant-tsc", 0x8000_0007, "d", 8),
    Informative("rdpid", 7, "c", 22),
    Informative("rdseed", 7, "b", 18),
    Informative("clflushopt", 7, "b", 23),
    Informative("clwb", 7, "b", 24),
    Informative("pku", 7, "c", 3, xcr0: State.protectionKeys),
    Informative("waitpkg", 7, "c", 5),
    Informative("movdir64b", 7, "c", 28),
    Informative("serialize", 7, "d", 14),
    Informative("hybrid", 7, "d", 15),
    Informative("fzrm", 7, "a", 10, subleaf: 1),
    Informative("fsrs", 7, "a", 11, subleaf: 1),
    Informative("fsrc", 7, "a", 12, subleaf: 1),
    Informative("sha512", 7, "a", 0, subleaf: 1, xcr0: State.avx),
    Informative("avx-vnni", 7, "a", 4, subleaf: 1, xcr0: State.avx),
    Informative("avx-ifma", 7, "a", 23, subleaf: 1, xcr0: State.avx),
    Informative("avx512bf16", 7, "a", 5, subleaf: 1, xcr0: State.avx512),
    Informative("avx512fp16", 7, "d", 23, xcr0: State.avx512),
    Informative("avx512vp2intersect", 7, "d", 8, xcr0: State.avx512),
    Informative("amx-tile", 7, "d", 24, xcr0: State.tiles),
    Informative("amx-int8", 7, "d", 25, xcr0: State.tiles),
    Informative("amx-bf16", 7, "d", 22, xcr0: State.tiles),
    Informative("apx", 7, "d", 21, subleaf: 1, xcr0: State.apx),
  ]
}
