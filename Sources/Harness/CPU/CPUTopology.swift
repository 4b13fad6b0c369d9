import OptlabBasics

/// How many logical CPUs share a core and a package, as CPUID presents it.
///
/// Source: Intel SDM volume 2A, CPUID leaves 0xB and 0x1F; AMD APM volume 3, E.4.7 (0x80000008) and
/// E.4.16 (0x8000001E).
public struct CPUTopology: Codable, Sendable, Equatable {
  /// A level of the hierarchy and the logical CPUs in one of its members.
  public struct Level: Codable, Sendable, Equatable {
    /// `thread`, `core`, `module`, `tile`, `die`, `die group`.
    public var name: String
    public var logicalCPUs: Int
  }

  public var threadsPerCore: Int
  public var logicalPerPackage: Int
  /// From the inside out; empty where neither leaf 0xB nor 0x1F exists.
  public var levels: [Level]
  /// The leaf that this is from.
  public var source: String

  /// nil where CPUID says nothing.
  public init?(_ leaves: CPUIDLeaves) {
    for leaf: UInt32 in [0x1F, 0xB] {
      let levels = Self.levels(leaves, leaf)
      guard let outermost = levels.last else { continue }
      self.levels = levels
      threadsPerCore = levels.first { $0.name == "thread" }?.logicalCPUs ?? 1
      logicalPerPackage = outermost.logicalCPUs
      source = "leaf 0x\(hex(leaf))"
      return
    }
    levels = []
    if leaves[0x8000_0001].ecx >> 22 & 1 == 1, leaves[0x8000_0008] != CPUIDLeaves.Registers() {
      threadsPerCore = Int(leaves[0x8000_001E].ebx >> 8 & 255) + 1
      logicalPerPackage = Int(leaves[0x8000_0008].ecx & 255) + 1
      source = "leaves 0x80000008 and 0x8000001e"
    } else if leaves[1] != CPUIDLeaves.Registers() {
      let several = leaves[1].edx >> 28 & 1 == 1
      threadsPerCore = 1
      logicalPerPackage = several ? max(1, Int(leaves[1].ebx >> 16 & 255)) : 1
      source = "leaf 1, which does not tell threads from cores"
    } else {
      return nil
    }
  }

  private static let names: [UInt32: String] = [
    1: "thread", 2: "core", 3: "module", 4: "tile", 5: "die", 6: "die group",
  ]

  private static func levels(_ leaves: CPUIDLeaves, _ leaf: UInt32) -> [Level] {
    var levels: [Level] = []
    for subleaf in 0..<UInt32(8) {
      let r = leaves[leaf, subleaf]
      // ebx counts the logical CPUs in a member of the next level out: a core's threads first.
      guard r.ebx != 0, let name = names[r.ecx >> 8 & 255] else { break }
      levels.append(Level(name: name, logicalCPUs: Int(r.ebx & 0xFFFF)))
    }
    return levels
  }
}
