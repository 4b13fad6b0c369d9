import CAES
import OptlabAES
import OptlabCPU
import OptlabLab
import OptlabReport
import TestSupport
import Testing

@Suite struct CPUKernelMatrixTests {
  private static let portable = KernelNeeds(
    id: "portable", workload: "any", required: [], preferred: [])
  private static let wide = KernelNeeds(
    id: "wide", workload: "any",
    required: FeatureSet(CAES_AES, CAES_VAES, CAES_AVX512F), preferred: FeatureSet(CAES_FAST_ZMM))

  private static func row(
    _ kernel: KernelNeeds, _ recording: String, mask: FeatureSet = [], isX86: Bool = true
  ) throws -> KernelMatrixRow {
    let leaves = try Recording.leaves(recording)
    let features = CPUFeature.decode(
      leaves, inForce: FeatureSet(decoding: leaves).subtracting(mask))
    return KernelMatrixRow(kernel, features: features, isX86: isX86)
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
    let report = CPUReport.current(kernels: WorkloadList.house.kernelNeeds)
    #expect(report.kernels.map(\.implementation) == WorkloadList.house.implementations.map(\.id))
    for (row, implementation) in zip(report.kernels, WorkloadList.house.implementations) {
      #expect((row.verdict == .cannotRun) == (implementation.obstacle() != nil), "\(row)")
    }
  }
}
