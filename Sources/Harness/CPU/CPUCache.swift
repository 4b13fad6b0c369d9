/// A cache that the CPU which was asked can use.
///
/// Source: Intel SDM volume 2A, CPUID leaf 4; AMD APM volume 3, E.4.15 (leaf 0x8000001D), and E.4.4
/// and E.4.5 (0x80000005, 0x80000006), which older CPUs and some hypervisors leave us.
public struct CPUCache: Codable, Sendable, Equatable {
  public enum Kind: String, Codable, Sendable {
    case data
    case instruction
    case unified
  }

  /// 1 is next to the core.
  public var level: Int
  public var kind: Kind
  public var bytes: Int
  public var lineBytes: Int
  /// 0 when the cache is fully associative.
  public var ways: Int
  public var sets: Int
  /// How many logical CPUs share it at most; nil where CPUID does not say. Intel gives numbers of
  /// APIC ids, not all of which need be in use; a hypervisor's figure need not be the machine's.
  public var sharedBy: Int?

  /// All caches, those next to the core first.
  public static func decode(_ leaves: CPUIDLeaves) -> [CPUCache] {
    // AMD and Hygon have leaf 0x8000001D where they have topology extensions.
    let leaf: UInt32 = leaves[0x8000_0001].ecx >> 22 & 1 == 1 ? 0x8000_001D : 4
    var caches: [CPUCache] = []
    for subleaf in 0..<UInt32(8) {
      guard var cache = CPUCache(leaves[leaf, subleaf]) else { break }
      if leaf == 4 { cache.sharedBy = cache.sharedBy.map { logicalCPUs(inAPICIDs: $0, leaves) } }
      caches.append(cache)
    }
    return caches.isEmpty ? legacy(leaves) : caches
  }

  /// How many logical CPUs have one of `ids` neighbouring APIC ids, where a level of the topology is
  /// that large; else as many as the package has at most.
  private static func logicalCPUs(inAPICIDs ids: Int, _ leaves: CPUIDLeaves) -> Int {
    for leaf: UInt32 in [0x1F, 0xB] where leaves[leaf].ebx != 0 {
      let levels = (0..<UInt32(8)).map { leaves[leaf, $0] }.prefix { $0.ebx != 0 }
      let same = levels.first { 1 << Int($0.eax & 31) == ids } ?? levels.last
      return min(ids, Int((same?.ebx ?? 0) & 0xFFFF))
    }
    return ids
  }

  private init?(_ r: CPUIDLeaves.Registers) {
    switch r.eax & 31 {
    case 1: kind = .data
    case 2: kind = .instruction
    case 3: kind = .unified
    default: return nil
    }
    level = Int(r.eax >> 5 & 7)
    lineBytes = Int(r.ebx & 0xFFF) + 1
    let partitions = Int(r.ebx >> 12 & 0x3FF) + 1
    let associativity = Int(r.ebx >> 22) + 1
    sets = Int(r.ecx) + 1
    bytes = associativity * partitions * lineBytes * sets
    ways = r.eax >> 9 & 1 == 1 ? 0 : associativity
    sharedBy = Int(r.eax >> 14 & 0xFFF) + 1
  }

  private init?(level: Int, kind: Kind, bytes: Int, ways: Int, lineBytes: Int) {
    guard bytes > 0, lineBytes > 0 else { return nil }
    self.init(
      level: level, kind: kind, bytes: bytes, lineBytes: lineBytes, ways: ways,
      sets: ways == 0 ? 1 : bytes / (lineBytes * ways), sharedBy: nil)
  }

  private init(
    level: Int, kind: Kind, bytes: Int, lineBytes: Int, ways: Int, sets: Int, sharedBy: Int?
  ) {
    self.level = level
    self.kind = kind
    self.bytes = bytes
    self.lineBytes = lineBytes
    self.ways = ways
    self.sets = sets
    self.sharedBy = sharedBy
  }

  private static func legacy(_ leaves: CPUIDLeaves) -> [CPUCache] {
    let first = leaves[0x8000_0005]
    let outer = leaves[0x8000_0006]
    func level1(_ r: UInt32, _ kind: Kind) -> CPUCache? {
      let ways = Int(r >> 16 & 255)
      return CPUCache(
        level: 1, kind: kind, bytes: Int(r >> 24) << 10, ways: ways == 255 ? 0 : ways,
        lineBytes: Int(r & 255))
    }
    // 0: no such cache; 1 to 4 and 6, 8, ...: a code for the ways; 15: fully associative.
    func ways(_ code: UInt32) -> Int? {
      [1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 8: 16, 10: 32, 11: 48, 12: 64, 13: 96, 14: 128, 15: 0][
        code]
    }
    let second = ways(outer.ecx >> 12 & 15).flatMap {
      CPUCache(
        level: 2, kind: .unified, bytes: Int(outer.ecx >> 16) << 10, ways: $0,
        lineBytes: Int(outer.ecx & 255))
    }
    let third = ways(outer.edx >> 12 & 15).flatMap {
      CPUCache(
        level: 3, kind: .unified, bytes: Int(outer.edx >> 18) << 19, ways: $0,
        lineBytes: Int(outer.edx & 255))
    }
    return [level1(first.ecx, .data), level1(first.edx, .instruction), second, third]
      .compactMap(\.self)
  }
}
