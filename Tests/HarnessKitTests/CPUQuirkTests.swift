import OptlabAES
import OptlabCPU
import OptlabReport
import Testing

@Suite struct CPUQuirkTests {
  static func quirks(_ recording: String) throws -> Set<String> {
    let leaves = try Recording.leaves(recording)
    let found = CPUQuirk.of(
      CPUIdentity(leaves), leaves: leaves, features: CPUFeature.decode(leaves))
    return Set(found.map(\.id))
  }

  @Test(
    arguments: [
      ("intel-haswell", ["one-aesenc-a-cycle"]),
      ("intel-skylake", ["one-aesenc-a-cycle", "jcc-erratum", "gather-sampling"]),
      (
        "intel-skylake-sp",
        [
          "zmm-clock", "avx2-clock", "zmm-port-1", "one-aesenc-a-cycle", "jcc-erratum",
          "gather-sampling",
        ]
      ),
      (
        "intel-ice-lake-sp",
        ["zmm-clock-small", "zmm-port-1", "vaes-zmm-one-a-cycle", "gather-sampling"]
      ),
      ("intel-sapphire-rapids", ["zmm-port-1", "vaes-zmm-one-a-cycle"]),
      ("intel-alder-lake-p-core", ["hybrid"]),
      ("intel-alder-lake-e-core", ["e-core-ymm-two-passes", "hybrid"]),
      (
        "intel-alder-lake-avx512",
        ["zmm-port-1", "vaes-zmm-one-a-cycle", "hybrid", "hybrid-avx512"]
      ),
      ("intel-sierra-forest", ["e-core-ymm-two-passes"]),
      ("amd-zen-summit-ridge", ["ymm-two-passes", "pdep-microcode"]),
      ("amd-zen2-rome", ["pdep-microcode"]), ("amd-zen3-milan", []),
      (
        "amd-zen4-genoa", ["vaes-zmm-one-a-cycle", "zmm-two-passes", "compress-store-microcode"]
      ),
      ("amd-zen5-turin", ["zmm-full-width"]),
      ("amd-zen5-strix-point", ["vaes-zmm-one-a-cycle", "zmm-two-passes", "hybrid"]),
    ] as [(String, [String])])
  func chosenByIdentity(_ recording: String, _ expected: [String]) throws {
    #expect(try Self.quirks(recording) == Set(expected))
  }

  @Test(arguments: Recording.names) func eachHasItsSource(_ name: String) throws {
    let leaves = try Recording.leaves(name)
    for quirk in CPUQuirk.of(
      CPUIdentity(leaves), leaves: leaves, features: CPUFeature.decode(leaves))
    {
      #expect(!quirk.source.isEmpty && !quirk.fact.isEmpty && !quirk.consequence.isEmpty)
    }
  }
}
