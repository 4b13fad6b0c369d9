import CAES
import HarnessKit
import Testing

@Suite struct CPUKernelMatrixTests {
  private static let work = Implementation.all[0].work

  private static let portable = Implementation(
    id: "portable", language: "C", technique: "any", work: work)
  private static let wide = Implementation(
    id: "wide", language: "NASM", technique: "512 bits",
    required: FeatureSet(CAES_AES, CAES_VAES, CAES_AVX512F), preferred: FeatureSet(CAES_FAST_ZMM),
    work: work)

  private static func row(
    _ implementation: Implementation, _ recording: String, mask: FeatureSet = [], isX86: Bool = true
  ) throws -> KernelMatrixRow {
    let leaves = try Recording.leaves(recording)
    let features = CPUFeature.decode(
      leaves, inForce: FeatureSet(decoding: leaves).subtracting(mask))
    return KernelMatrixRow(implementation, features: features, isX86: isX86)
  }

  @Test func runs() throws {
    let row = try Self.row(Self.wide, "amd-zen4-genoa")
    #expect(row.verdict == .runs)
    #expect(row.reason == nil)
    #expect(row.cpu && row.operatingSystem && row.build)
    #expect(row.needs == ["aes", "vaes", "avx512f"])
    #expect(row.prefers == ["fast-zmm"])
  }

  @Test func runsButIsNotPreferred() throws {
    let row = try Self.row(Self.wide, "intel-ice-lake-sp")
    #expect(row.verdict == .notPreferred)
    #expect(row.reason == "CPU lacks: fast-zmm")
  }

  @Test func theCPULacksIt() throws {
    let row = try Self.row(Self.wide, "intel-haswell")
    #expect(row.verdict == .cannotRun)
    #expect(row.reason == "CPU lacks: vaes, avx512f")
    #expect(!row.cpu)
    #expect(row.operatingSystem)
  }

  @Test func theOperatingSystemDoesNotEnableIt() throws {
    let row = try Self.row(Self.wide, "intel-skylake-sp-old-os")
    #expect(row.verdict == .cannotRun)
    #expect(row.reason == "operating system does not enable: avx512f; CPU lacks: vaes")
    #expect(!row.cpu)
    #expect(!row.operatingSystem)
  }

  @Test func itIsMasked() throws {
    let row = try Self.row(Self.wide, "amd-zen4-genoa", mask: FeatureSet(CAES_VAES))
    #expect(row.verdict == .cannotRun)
    #expect(row.reason == "masked by OPTLAB_MASK: vaes")
    #expect(row.cpu && row.operatingSystem && row.build)
  }

  @Test func anotherArchitecture() throws {
    let row = try Self.row(Self.wide, "amd-zen4-genoa", isX86: false)
    #expect(row.verdict == .cannotRun)
    #expect(row.reason == "not this architecture: needs x86-64")
    #expect(!row.build)
    #expect(try Self.row(Self.portable, "amd-zen4-genoa", isX86: false).verdict == .runs)
  }

  @Test(arguments: Recording.names) func whatNeedsNothingRunsEverywhere(_ name: String) throws {
    #expect(try Self.row(Self.portable, name).verdict == .runs)
  }

  /// The matrix and `Implementation.obstacle` must never disagree on whether a row runs.
  @Test func agreesWithObstaclesHere() {
    let report = CPUReport.current()
    #expect(report.kernels.map(\.implementation) == Implementation.all.map(\.id))
    for (row, implementation) in zip(report.kernels, Implementation.all) {
      #expect((row.verdict == .cannotRun) == (implementation.obstacle() != nil), "\(row)")
    }
  }
}
