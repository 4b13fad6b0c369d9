import OptlabAES
import OptlabCPU
import OptlabLab
import OptlabReport
import Testing

/// What a recorded CPU must be taken for.
struct ExpectedCPU: Sendable, CustomTestStringConvertible {
  var recording: String
  var vendor: CPUIdentity.Vendor
  var family: Int
  var model: Int
  var stepping: Int
  var core: String?
  var product: String?
  var kind: CPUIdentity.CoreKind?
  var brand: String

  var testDescription: String { recording }

  init(
    _ recording: String, _ vendor: CPUIdentity.Vendor, _ family: Int, _ model: Int,
    _ stepping: Int, _ core: String?, _ product: String?, _ brand: String,
    kind: CPUIdentity.CoreKind? = nil
  ) {
    self.recording = recording
    self.vendor = vendor
    self.family = family
    self.model = model
    self.stepping = stepping
    self.core = core
    self.product = product
    self.brand = brand
    self.kind = kind
  }

  static let all: [ExpectedCPU] = [
    .init("intel-haswell", .intel, 6, 0x3C, 3, "Haswell", "Haswell", "i7-4770"),
    .init("intel-haswell-ep", .intel, 6, 0x3F, 2, "Haswell", "Haswell-EP", "E5-2699 v3"),
    .init("intel-broadwell", .intel, 6, 0x3D, 4, "Broadwell", "Broadwell-U", "5Y70"),
    .init("intel-broadwell-ep", .intel, 6, 0x4F, 1, "Broadwell", "Broadwell-EP", "E5-2697 v4"),
    .init("intel-skylake", .intel, 6, 0x5E, 3, "Skylake", "Skylake-S", "i5-6400T"),
    .init("intel-skylake-sp", .intel, 6, 0x55, 4, "Skylake server", "Skylake-SP", "Platinum 8160"),
    .init(
      "intel-skylake-sp-old-os", .intel, 6, 0x55, 4, "Skylake server", "Skylake-SP", "Bronze 3104"),
    .init(
      "intel-cascade-lake-sp", .intel, 6, 0x55, 7, "Skylake server", "Cascade Lake", "Silver 4214"),
    .init(
      "intel-comet-lake-hyperv-root", .intel, 6, 0xA5, 5, "Skylake", "Comet Lake-S", "i5-10600K"),
    .init("intel-ice-lake-client", .intel, 6, 0x7E, 5, "Sunny Cove", "Ice Lake-U", "i7-1065G7"),
    .init("intel-ice-lake-sp", .intel, 6, 0x6A, 6, "Sunny Cove", "Ice Lake-SP", "Gold 6336Y"),
    .init(
      "intel-ice-lake-d-hyperv-root", .intel, 6, 0x6C, 1, "Sunny Cove", "Ice Lake-D", "D-1718T"),
    .init(
      "intel-rocket-lake-hyperv-root", .intel, 6, 0xA7, 1, "Cypress Cove", "Rocket Lake",
      "i7-11700K"),
    .init("intel-tiger-lake", .intel, 6, 0x8C, 1, "Willow Cove", "Tiger Lake-U", "Celeron(R) 6305"),
    .init(
      "intel-alder-lake-p-core", .intel, 6, 0x97, 2, "Golden Cove", "Alder Lake-S", "i7-12800HX",
      kind: .performance),
    .init(
      "intel-alder-lake-e-core", .intel, 6, 0x97, 2, "Gracemont", "Alder Lake-S", "i7-12800HX",
      kind: .efficiency),
    .init(
      "intel-alder-lake-avx512", .intel, 6, 0x97, 2, "Golden Cove", "Alder Lake-S", "i9-12900K",
      kind: .performance),
    .init(
      "intel-alder-lake-n", .intel, 6, 0xBE, 0, "Gracemont", "Alder Lake-N, Twin Lake", "i3-N305",
      kind: .efficiency),
    .init(
      "intel-raptor-lake-p-core", .intel, 6, 0xB7, 1, "Raptor Cove", "Raptor Lake-S", "i9-14900K",
      kind: .performance),
    .init(
      "intel-raptor-lake-e-core", .intel, 6, 0xB7, 1, "Gracemont", "Raptor Lake-S", "i9-14900K",
      kind: .efficiency),
    .init(
      "intel-sapphire-rapids", .intel, 6, 0x8F, 8, "Golden Cove", "Sapphire Rapids", "w9-3475X"),
    .init(
      "intel-emerald-rapids", .intel, 6, 0xCF, 2, "Raptor Cove", "Emerald Rapids", "PLATINUM 8570"),
    .init(
      "intel-granite-rapids", .intel, 6, 0xAD, 1, "Redwood Cove", "Granite Rapids", "Xeon(R) 658X",
      kind: .performance),
    .init("intel-sierra-forest", .intel, 6, 0xAF, 3, "Crestmont", "Sierra Forest", "6780E"),
    .init(
      "intel-meteor-lake-p-core", .intel, 6, 0xAA, 4, "Redwood Cove", "Meteor Lake", "Ultra",
      kind: .performance),
    .init(
      "intel-meteor-lake-e-core", .intel, 6, 0xAA, 4, "Crestmont", "Meteor Lake", "Ultra",
      kind: .efficiency),
    .init(
      "intel-lunar-lake-p-core", .intel, 6, 0xBD, 1, "Lion Cove", "Lunar Lake", "288V",
      kind: .performance),
    .init(
      "intel-lunar-lake-e-core", .intel, 6, 0xBD, 1, "Skymont", "Lunar Lake", "288V",
      kind: .efficiency),
    .init(
      "intel-arrow-lake-p-core", .intel, 6, 0xC6, 2, "Lion Cove", "Arrow Lake-S", "265K",
      kind: .performance),
    .init(
      "intel-arrow-lake-e-core", .intel, 6, 0xC6, 2, "Skymont", "Arrow Lake-S", "265K",
      kind: .efficiency),
    .init(
      "intel-arrow-lake-h-lp-e-core", .intel, 6, 0xC5, 2, "Crestmont", "Arrow Lake-H", "Ultra",
      kind: .efficiency),
    .init(
      "intel-panther-lake-p-core", .intel, 6, 0xCC, 3, "Cougar Cove", "Panther Lake", "Ultra 7 355",
      kind: .performance),
    .init("intel-goldmont-plus", .intel, 6, 0x7A, 8, "Goldmont Plus", "Gemini Lake", "J5040"),
    .init("amd-zen-summit-ridge", .amd, 23, 0x01, 1, "Zen", "Naples, Summit Ridge", "1700X"),
    .init("amd-zen-naples-hyperv", .amd, 23, 0x01, 2, "Zen", "Naples, Summit Ridge", "7401P"),
    .init(
      "amd-zen-plus-pinnacle-ridge", .amd, 23, 0x08, 2, "Zen+", "Pinnacle Ridge, Colfax", "2600X"),
    .init("amd-zen2-rome", .amd, 23, 0x31, 0, "Zen 2", "Rome, Castle Peak", "3975WX"),
    .init("amd-zen2-matisse", .amd, 23, 0x71, 0, "Zen 2", "Matisse", "3100"),
    .init("amd-zen3-milan", .amd, 25, 0x01, 1, "Zen 3", "Milan", "7763"),
    .init("amd-zen3-vermeer", .amd, 25, 0x21, 2, "Zen 3", "Vermeer", "5800X"),
    .init("amd-zen4-genoa", .amd, 25, 0x11, 1, "Zen 4", "Genoa", "9124"),
    .init("amd-zen4-raphael", .amd, 25, 0x61, 2, "Zen 4", "Raphael, Dragon Range", "4124P"),
    .init("amd-zen4-phoenix2", .amd, 25, 0x78, 0, "Zen 4 and Zen 4c", "Phoenix 2", "Ryzen Z1"),
    .init("amd-zen4c-bergamo", .amd, 25, 0xA0, 2, "Zen 4c", "Bergamo, Siena", "9754"),
    .init("amd-zen5-turin", .amd, 26, 0x02, 1, "Zen 5", "Turin", "9655"),
    .init("amd-zen5c-turin-dense", .amd, 26, 0x11, 0, "Zen 5c", "Turin Dense", "9965"),
    .init(
      "amd-zen5-granite-ridge", .amd, 26, 0x44, 0, "Zen 5", "Granite Ridge, Fire Range", "9950X3D"),
    .init(
      "amd-zen5-strix-point", .amd, 26, 0x24, 0, "Zen 5 and Zen 5c", "Strix Point", "PRO 360"),
    .init("hygon-dhyana", .hygon, 24, 0x00, 2, "Dhyana (Zen)", "C86", "C86 3188"),
    .init("via-isaiah", .via, 6, 0x0F, 14, "Isaiah", "Nano, QuadCore, Eden", "C4250"),
    .init("zhaoxin-kx-7000", .zhaoxin, 7, 0x6B, 1, "ShiJiDaDao", "KX-7000", "KX-7000"),
    .init("vm-kvm-zen4-genoa", .amd, 25, 0x11, 1, "Zen 4", "Genoa", "AMD EPYC"),
    .init("vm-hyperv-ice-lake-sp", .intel, 6, 0x6A, 6, "Sunny Cove", "Ice Lake-SP", "8370C"),
    .init("vm-qemu-tcg", .amd, 15, 0x6B, 1, nil, nil, "QEMU Virtual CPU"),
  ]
}

@Suite struct CPUIdentityTests {
  @Test(arguments: ExpectedCPU.all) func identifies(_ expected: ExpectedCPU) throws {
    let identity = CPUIdentity(try Recording.leaves(expected.recording))
    #expect(identity.vendor == expected.vendor)
    #expect(identity.family == expected.family)
    #expect(identity.model == expected.model)
    #expect(identity.stepping == expected.stepping)
    #expect(identity.microarchitecture?.name == expected.core)
    #expect(identity.microarchitecture?.product == expected.product)
    #expect(identity.coreKind == expected.kind)
    #expect(identity.brand?.contains(expected.brand) == true, "\(identity.brand ?? "no brand")")
  }

  @Test func everyRecordingHasItsExpectation() {
    #expect(Recording.names == ExpectedCPU.all.map(\.recording).sorted())
    #expect(Recording.names.count >= 40)
  }

  @Test(arguments: Recording.names) func saysWhereItsValuesAreFrom(_ name: String) throws {
    let second = try #require(Recording.all[name]).split(separator: "\n")[1]
    #expect(second.hasPrefix("# recorded: ") || second.hasPrefix("# constructed: "))
  }

  /// The brand is the hypervisor's to choose: identity must not hang on it.
  @Test(arguments: ["AMD EPYC", "", "Intel(R) Xeon(R) Processor @ 2.60GHz"])
  func brandDecidesNothing(_ brand: String) throws {
    var leaves = try Recording.leaves("amd-zen4-genoa")
    let bytes = Array(brand.utf8) + [UInt8](repeating: 0, count: 48 - brand.utf8.count)
    for part in 0..<3 {
      let words = (0..<4).map { word in
        (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[part * 16 + word * 4 + $1]) << (8 * $1) }
      }
      leaves[0x8000_0002 + UInt32(part)] = .init(
        eax: words[0], ebx: words[1], ecx: words[2], edx: words[3])
    }
    let identity = CPUIdentity(leaves)
    #expect(identity.brand == (brand.isEmpty ? nil : brand))
    #expect(identity.microarchitecture == Microarchitecture(name: "Zen 4", product: "Genoa"))
  }

  /// A hypervisor may hide leaf 0x1A: then the kind of core is open, and the report must say so.
  @Test func hiddenCoreKindIsNamedAsOpen() throws {
    var leaves = try Recording.leaves("intel-alder-lake-p-core")
    leaves[0x1A] = .init()
    let identity = CPUIdentity(leaves)
    #expect(identity.coreKind == nil)
    #expect(identity.microarchitecture?.name == "Golden Cove or Gracemont")
  }

  @Test(arguments: [
    (0x55, 4, "Skylake-SP"), (0x55, 6, "Cascade Lake"), (0x55, 11, "Cooper Lake"),
    (0x8E, 9, "Kaby Lake"), (0x9E, 9, "Kaby Lake"), (0x9E, 13, "Coffee Lake"),
    (0xAE, 1, "Granite Rapids-D"), (0xB6, 0, "Grand Ridge"), (0xDD, 0, "Clearwater Forest"),
  ])
  func tellsIntelProductsApart(_ model: Int, _ stepping: Int, _ product: String) {
    let found = Microarchitecture(vendor: .intel, family: 6, model: model, stepping: stepping)
    #expect(found?.product == product)
  }

  @Test(arguments: [
    (0x17, 0x18, "Zen+"), (0x17, 0x20, "Zen"), (0x17, 0x60, "Zen 2"), (0x17, 0x90, "Zen 2"),
    (0x17, 0xA0, "Zen 2"), (0x19, 0x08, "Zen 3"), (0x19, 0x44, "Zen 3+"), (0x19, 0x50, "Zen 3"),
    (0x19, 0x18, "Zen 4"), (0x19, 0x74, "Zen 4"), (0x19, 0xA0, "Zen 4c"), (0x1A, 0x08, "Zen 5"),
    (0x1A, 0x70, "Zen 5"), (0x1A, 0x11, "Zen 5c"), (0x1A, 0x50, "Zen 6"),
  ])
  func tellsZenGenerationsApart(_ family: Int, _ model: Int, _ name: String) {
    let found = Microarchitecture(vendor: .amd, family: family, model: model, stepping: 0)
    #expect(found?.name == name)
  }

  @Test func unknownSignaturesAreNotGuessed() {
    #expect(Microarchitecture(vendor: .intel, family: 6, model: 0xFE, stepping: 0) == nil)
    #expect(Microarchitecture(vendor: .amd, family: 0x19, model: 0xB0, stepping: 0) == nil)
    #expect(Microarchitecture(vendor: .other, family: 6, model: 0x3C, stepping: 0) == nil)
  }

  @Test func noLeavesAtAllIsAnswered() {
    let identity = CPUIdentity(CPUIDLeaves())
    #expect(identity.vendor == .other)
    #expect(identity.brand == nil)
    #expect(identity.microarchitecture == nil)
  }
}
