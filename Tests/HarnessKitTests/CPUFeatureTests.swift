import CAES
import OptlabAES
import OptlabCPU
import OptlabLab
import OptlabReport
import Testing

/// What a recorded CPU must be found able to do.
struct ExpectedFeatures: Sendable, CustomTestStringConvertible {
  var recording: String
  var vaes: CPUFeature.Verdict
  var avx512f: CPUFeature.Verdict
  var fastZMM: CPUFeature.Verdict

  var testDescription: String { recording }

  init(
    _ recording: String, vaes: CPUFeature.Verdict, avx512f: CPUFeature.Verdict,
    fastZMM: CPUFeature.Verdict
  ) {
    self.recording = recording
    self.vaes = vaes
    self.avx512f = avx512f
    self.fastZMM = fastZMM
  }

  private static func group(
    _ names: [String], vaes: CPUFeature.Verdict, avx512f: CPUFeature.Verdict,
    fastZMM: CPUFeature.Verdict
  ) -> [ExpectedFeatures] {
    names.map { .init($0, vaes: vaes, avx512f: avx512f, fastZMM: fastZMM) }
  }

  static let all: [ExpectedFeatures] =
    group(
      [
        "intel-haswell", "intel-broadwell-ep", "intel-skylake", "intel-goldmont-plus",
        "amd-zen-summit-ridge", "amd-zen-plus-pinnacle-ridge", "amd-zen2-rome", "hygon-dhyana",
        "via-isaiah", "zhaoxin-kx-7000", "vm-qemu-tcg",
      ], vaes: .lacking, avx512f: .lacking, fastZMM: .lacking)
    + group(
      ["intel-skylake-sp", "intel-cascade-lake-sp", "vm-hyperv-ice-lake-sp"],
      vaes: .lacking, avx512f: .available, fastZMM: .lacking)
    + group(
      ["intel-skylake-sp-old-os"], vaes: .lacking, avx512f: .notEnabled, fastZMM: .lacking)
    + group(
      ["intel-ice-lake-client", "intel-ice-lake-sp", "intel-tiger-lake"],
      vaes: .available, avx512f: .available, fastZMM: .lacking)
    + group(
      [
        "intel-alder-lake-p-core", "intel-alder-lake-e-core", "intel-alder-lake-n",
        "intel-raptor-lake-p-core", "intel-raptor-lake-e-core", "intel-sierra-forest",
        "intel-meteor-lake-e-core", "intel-lunar-lake-p-core", "intel-arrow-lake-e-core",
        "intel-panther-lake-p-core", "amd-zen3-milan", "amd-zen3-vermeer",
      ], vaes: .available, avx512f: .lacking, fastZMM: .lacking)
    + group(
      [
        "intel-alder-lake-avx512", "intel-sapphire-rapids", "intel-emerald-rapids",
        "intel-granite-rapids", "amd-zen4-genoa", "amd-zen4-raphael", "amd-zen4-phoenix2",
        "amd-zen4c-bergamo", "amd-zen5-turin", "amd-zen5c-turin-dense", "amd-zen5-granite-ridge",
        "amd-zen5-strix-point", "vm-kvm-zen4-genoa",
      ], vaes: .available, avx512f: .available, fastZMM: .available)
}

@Suite struct CPUFeatureTests {
  @Test(arguments: ExpectedFeatures.all) func decides(_ expected: ExpectedFeatures) throws {
    let features = Recording.features(try Recording.leaves(expected.recording))
    #expect(features["vaes"]?.verdict == expected.vaes)
    #expect(features["avx512f"]?.verdict == expected.avx512f)
    #expect(features["fast-zmm"]?.verdict == expected.fastZMM)
  }

  /// The kernels' features have one source, caes.h: the verdicts must say the same.
  @Test(arguments: Recording.names) func agreesWithTheDispatcher(_ name: String) throws {
    let leaves = try Recording.leaves(name)
    let available = CPUFeature.decode(leaves).filter {
      $0.isKernelFeature && $0.verdict == .available
    }
    #expect(available.map(\.name) == FeatureSet(decoding: leaves).names)
  }

  @Test func thisMachineIsDecodedAsTheDispatcherDoes() {
    #expect(FeatureSet(decoding: .machine()).rawValue == caes_detected_features())
  }

  @Test func namesAreUnique() {
    let names = CPUFeature.decode(CPUIDLeaves()).map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.count > Int(CAES_FEATURE_COUNT.rawValue))
  }

  @Test func withoutOSXSAVENothingOfAVXCounts() throws {
    var leaves = try Recording.leaves("amd-zen4-genoa")
    leaves[1].ecx &= ~(1 << 27)
    leaves.xcr0 = 0
    let features = Recording.features(leaves)
    for name in ["avx", "avx2", "fma", "vaes", "avx512f", "fast-zmm"] {
      #expect(features[name]?.verdict == .notEnabled, "\(name)")
      #expect(features[name]?.enabled == false, "\(name)")
    }
    for name in ["aes", "sse4.2", "bmi2"] {
      #expect(features[name]?.verdict == .available, "\(name)")
    }
    #expect(features["osxsave"]?.verdict == .lacking)
  }

  @Test(arguments: [0x06, 0x26, 0x66, 0xA6, 0xC6] as [UInt64])
  func everyAVX512BitOfXCR0IsNeeded(_ xcr0: UInt64) throws {
    var leaves = try Recording.leaves("amd-zen5-turin")
    leaves.xcr0 = xcr0
    let features = Recording.features(leaves)
    #expect(features["avx512f"]?.verdict == .notEnabled)
    #expect(features["avx512vbmi2"]?.verdict == .notEnabled)
    #expect(features["avx512f"]?.offered == true)
    #expect(features["avx512f"]?.verdict.rawValue == "operating system does not enable")
    #expect(features["vaes"]?.verdict == (xcr0 & 6 == 6 ? .available : .notEnabled))
  }

  @Test func aBitWithoutItsFoundationIsOrphaned() throws {
    var leaves = try Recording.leaves("amd-zen4-genoa")
    leaves[7].ebx &= ~(1 << 5)  // avx2
    let features = Recording.features(leaves)
    #expect(features["avx2"]?.verdict == .lacking)
    #expect(features["vaes"]?.verdict == .orphaned)
    #expect(features["avx512bw"]?.verdict == .orphaned)
  }

  @Test func masking() throws {
    let leaves = try Recording.leaves("amd-zen4-genoa")
    let left = FeatureSet(decoding: leaves).subtracting(FeatureSet(CAES_VAES))
    let features = CPUFeature.decode(leaves, inForce: left)
    #expect(features.filter { $0.verdict == .masked }.map(\.name) == ["vaes"])
  }

  /// What a mask leaves cannot bring back what the CPU lacks.
  @Test func maskingAddsNothing() throws {
    let leaves = try Recording.leaves("intel-haswell")
    let features = CPUFeature.decode(leaves, inForce: FeatureSet(rawValue: .max))
    #expect(features.first { $0.name == "vaes" }?.verdict == .lacking)
  }

  @Test(arguments: [
    ("intel-granite-rapids", "amx-tile", CPUFeature.Verdict.available),
    ("intel-emerald-rapids", "amx-tile", .notEnabled), ("intel-haswell", "amx-tile", .lacking),
    ("intel-granite-rapids", "avx10", .available),
    ("intel-alder-lake-p-core", "hybrid", .available),
    ("intel-sapphire-rapids", "hybrid", .lacking), ("amd-zen4-genoa", "invariant-tsc", .available),
    ("vm-hyperv-ice-lake-sp", "invariant-tsc", .lacking),
    ("vm-hyperv-ice-lake-sp", "hypervisor", .available), ("intel-skylake", "hypervisor", .lacking),
    ("intel-lunar-lake-p-core", "sha512", .available), ("amd-zen5-turin", "avx-vnni", .available),
    ("amd-zen4-genoa", "avx512bf16", .available), ("amd-zen4-genoa", "pku", .notEnabled),
  ])
  func decodesWhatNoKernelAsksFor(
    _ recording: String, _ feature: String, _ verdict: CPUFeature.Verdict
  ) throws {
    #expect(Recording.features(try Recording.leaves(recording))[feature]?.verdict == verdict)
  }

  @Test func namesThePlace() throws {
    let features = Recording.features(CPUIDLeaves())
    #expect(features["vaes"]?.place == "7 ecx 9")
    #expect(features["avx10"]?.place == "7.1 edx 19")
    #expect(features["lzcnt"]?.place == "80000001 ecx 5")
    #expect(features["fast-zmm"]?.place == "")
    #expect(features["avx512f"]?.xcr0 == 0xE6)
  }

  /// Zen 5 with 512-bit data paths, as its small chips have not.
  @Test(arguments: [
    ("amd-zen5-turin", true), ("amd-zen5c-turin-dense", true), ("amd-zen5-granite-ridge", true),
    ("amd-zen5-strix-point", false), ("amd-zen4-genoa", false), ("intel-granite-rapids", false),
  ])
  func knowsWhereVAESIsWide(_ recording: String, _ isWide: Bool) throws {
    let verdict = Recording.features(try Recording.leaves(recording))["wide-zmm"]?.verdict
    #expect(verdict == (isWide ? .available : .lacking))
  }

  @Test func readsTheVersionOfAVX10() throws {
    #expect(CPUIdentity(try Recording.leaves("intel-granite-rapids")).avx10Version == 1)
    #expect(CPUIdentity(try Recording.leaves("intel-sapphire-rapids")).avx10Version == nil)
  }
}
