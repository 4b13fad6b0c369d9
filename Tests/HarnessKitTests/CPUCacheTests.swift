import OptlabAES
import OptlabCPU
import OptlabReport
import OptlabResults
import Testing

@Suite struct CPUCacheTests {
  /// A recording's caches of data: KiB, level by level, and how many logical CPUs share the last.
  @Test(arguments: [
    ("intel-haswell", [32, 256, 8192], 8), ("intel-haswell-ep", [32, 256, 46080], 36),
    ("intel-skylake-sp", [32, 1024, 33792], 48), ("intel-ice-lake-sp", [48, 1280, 36864], 48),
    ("intel-alder-lake-p-core", [48, 1280, 25600], 24),
    ("intel-alder-lake-e-core", [32, 2048, 25600], 24),
    ("intel-sapphire-rapids", [48, 2048, 84480], 72),
    ("intel-granite-rapids", [48, 2048, 147456], 48),
    ("intel-sierra-forest", [32, 4096, 110592], 512),
    ("intel-lunar-lake-e-core", [32, 4096], 4),
    ("amd-zen-summit-ridge", [32, 512, 8192], 8), ("amd-zen2-rome", [32, 512, 16384], 8),
    ("amd-zen3-milan", [32, 512, 32768], 16), ("amd-zen4-genoa", [32, 1024, 16384], 8),
    ("amd-zen4c-bergamo", [32, 1024, 16384], 16), ("amd-zen5-turin", [48, 1024, 32768], 8),
    ("amd-zen5-granite-ridge", [48, 1024, 98304], 16), ("hygon-dhyana", [32, 512, 8192], 8),
    ("zhaoxin-kx-7000", [32, 512, 32768], 8), ("vm-kvm-zen4-genoa", [32, 1024, 32768], 2),
  ])
  func sizes(_ recording: String, _ kibibytes: [Int], _ sharing: Int) throws {
    let caches = CPUCache.decode(try Recording.leaves(recording)).filter { $0.kind != .instruction }
    #expect(caches.map { $0.bytes / 1024 } == kibibytes)
    #expect(caches.map(\.level) == Array(1...kibibytes.count))
    #expect(caches.last?.sharedBy == sharing)
  }

  @Test(arguments: Recording.names) func waysTimesSetsTimesLinesIsTheSize(_ name: String) throws {
    let caches = CPUCache.decode(try Recording.leaves(name))
    #expect(caches.contains { $0.level == 1 && $0.kind == .data })
    #expect(caches.contains { $0.level == 1 && $0.kind == .instruction })
    for cache in caches where cache.ways > 0 {
      #expect(cache.bytes == cache.ways * cache.sets * cache.lineBytes)
      #expect(cache.lineBytes == 64)
    }
  }

  /// Numbers of APIC ids are not numbers of CPUs: a core without SMT shares its cache with nobody.
  @Test func firstLevelOfAnEfficiencyCoreIsItsOwn() throws {
    let own = CPUCache.decode(try Recording.leaves("intel-alder-lake-e-core"))
    #expect(own.first?.sharedBy == 1)
    let twin = CPUCache.decode(try Recording.leaves("intel-alder-lake-p-core"))
    #expect(twin.first?.sharedBy == 2)
  }

  /// Without topology extensions, the figures of the older leaves are left.
  @Test func olderLeavesAreAFallback() throws {
    let caches = CPUCache.decode(try Recording.leaves("vm-qemu-tcg"))
    #expect(caches.map(\.bytes) == [64 << 10, 64 << 10, 512 << 10, 16 << 20])
    #expect(caches.map(\.ways) == [2, 2, 16, 16])
    #expect(caches.allSatisfy { $0.sharedBy == nil })
    #expect(CPUCache.decode(CPUIDLeaves()).isEmpty)
  }
}

@Suite struct CPUTopologyTests {
  @Test(arguments: [
    ("intel-haswell", 2, 8, "leaf 0xb"), ("intel-alder-lake-p-core", 2, 24, "leaf 0x1f"),
    ("intel-alder-lake-e-core", 1, 24, "leaf 0x1f"), ("intel-sapphire-rapids", 2, 72, "leaf 0x1f"),
    ("amd-zen3-milan", 2, 128, "leaf 0xb"), ("amd-zen5c-turin-dense", 1, 192, "leaf 0xb"),
    ("amd-zen-summit-ridge", 2, 16, "leaves 0x80000008 and 0x8000001e"),
    ("vm-kvm-zen4-genoa", 1, 2, "leaf 0xb"),
    ("vm-qemu-tcg", 1, 1, "leaf 1, which does not tell threads from cores"),
  ])
  func counts(_ recording: String, _ threads: Int, _ logical: Int, _ source: String) throws {
    let topology = try #require(CPUTopology(try Recording.leaves(recording)))
    #expect(topology.threadsPerCore == threads)
    #expect(topology.logicalPerPackage == logical)
    #expect(topology.source == source)
  }

  @Test func namesTheLevels() throws {
    let topology = try #require(CPUTopology(try Recording.leaves("zhaoxin-kx-7000")))
    #expect(topology.levels.map(\.name) == ["thread", "core", "die"])
    #expect(CPUTopology(CPUIDLeaves()) == nil)
  }
}
