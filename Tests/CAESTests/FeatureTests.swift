import CAES
import Foundation
import OptlabAES
import OptlabCPU
import OptlabReport
import Testing

@Suite("Which features count")
struct FeatureTests {
  /// A CPU that has everything, under a system that enables `xcr0`.
  private func everything(xcr0: UInt64) -> caes_cpuid {
    let all = (UInt32.max, UInt32.max, UInt32.max, UInt32.max)
    let turin = (UInt32(0x00B0_0F21), UInt32.max, UInt32.max, UInt32.max)
    return caes_cpuid(
      leaf0: (7, vendor("Auth"), vendor("cAMD"), vendor("enti")), leaf1: turin, leaf7_0: all,
      leaf7_1: all, extended1: all, xcr0: xcr0)
  }

  private func vendor(_ letters: String) -> UInt32 {
    letters.utf8.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  private func decode(_ leaves: caes_cpuid) -> FeatureSet {
    withUnsafePointer(to: leaves) { FeatureSet(rawValue: caes_decode_features($0)) }
  }

  @Test func allThatTheCPUAndTheSystemOffer() {
    #expect(decode(everything(xcr0: 0xE7)).rawValue == 1 << CAES_FEATURE_COUNT.rawValue - 1)
  }

  @Test func withoutOSXSAVENoVectorWiderThan128Bits() {
    let features = decode(everything(xcr0: 0))
    #expect(features.isSuperset(of: FeatureSet(CAES_AES, CAES_SSSE3, CAES_SSE4_2, CAES_BMI2)))
    #expect(features.isDisjoint(with: FeatureSet(CAES_AVX, CAES_AVX2, CAES_VAES, CAES_AVX512F)))
  }

  @Test(arguments: [UInt64(0x07), 0x27, 0x67, 0xA7, 0xC7])
  func withoutItsStateNoAVX512(_ xcr0: UInt64) {
    let features = decode(everything(xcr0: xcr0))
    #expect(features.isSuperset(of: FeatureSet(CAES_AVX2, CAES_VAES, CAES_VPCLMULQDQ)))
    #expect(
      features.isDisjoint(
        with: FeatureSet(CAES_AVX512F, CAES_AVX512VL, CAES_AVX512BW, CAES_AVX10, CAES_FAST_ZMM)))
  }

  @Test func withoutYmmStateNoAVX() {
    #expect(decode(everything(xcr0: 0xE3)).isDisjoint(with: FeatureSet(CAES_AVX, CAES_VAES)))
  }

  @Test func whatIsMissingTakesAwayWhatBuildsOnIt() {
    var leaves = everything(xcr0: 0xE7)
    leaves.leaf7_0.1 &= ~(1 << 5)  // AVX2
    let features = decode(leaves)
    #expect(features.isDisjoint(with: FeatureSet(CAES_AVX2, CAES_VAES, CAES_AVX512VL)))
    #expect(features.isSuperset(of: FeatureSet(CAES_AVX, CAES_AES, CAES_VPCLMULQDQ)))
  }

  @Test func nothingWhereThereIsNothing() {
    #expect(decode(caes_cpuid()).isEmpty)
  }

  /// Ice Lake-SP lowers its clock for 512-bit instructions; Sapphire Rapids does not.
  @Test(arguments: [(UInt32(0x606A6), false), (0x806F8, true), (0x50654, false)])
  func fastZmmFollowsTheModel(_ signature: UInt32, _ isFast: Bool) {
    var leaves = everything(xcr0: 0xE7)
    leaves.leaf0 = (7, vendor("Genu"), vendor("ntel"), vendor("ineI"))
    leaves.leaf1.0 = signature
    #expect(decode(leaves).contains(FeatureSet(CAES_FAST_ZMM)) == isFast)
  }

  /// Turin, Turin Dense and Granite Ridge; Strix Point and Genoa have paths of 256 bits.
  @Test(arguments: [
    (UInt32(0x00B0_0F21), true), (0x00B1_0F10, true), (0x00B4_0F40, true), (0x00B2_0F40, false),
    (0x00A1_0F11, false),
  ])
  func wideZmmFollowsTheModel(_ signature: UInt32, _ isWide: Bool) {
    var leaves = everything(xcr0: 0xE7)
    leaves.leaf1.0 = signature
    #expect(decode(leaves).contains(FeatureSet(CAES_WIDE_ZMM)) == isWide)
  }

  @Test func everyFeatureHasAName() {
    let names = (0..<CAES_FEATURE_COUNT.rawValue).map {
      String(cString: caes_feature_description($0).pointee.name)
    }
    #expect(Set(names).count == names.count)
    #expect(caes_feature_description(CAES_FEATURE_COUNT.rawValue) == nil)
  }

  // OPTLAB_MASK is read once in a process: each of these has a process of its own.

  @Test func theMaskTakesAwayWhatBuildsOnAFeature() async {
    await #expect(processExitsWith: .success) {
      setenv("OPTLAB_MASK", "avx2,popcnt", 1)
      let features = FeatureSet.inForce
      let gone = FeatureSet(CAES_AVX2, CAES_VAES, CAES_AVX512F, CAES_POPCNT)
      #expect(features.isDisjoint(with: gone))
      let untouched = FeatureSet(CAES_AES, CAES_AVX, CAES_BMI2)
      #expect(features.intersection(untouched) == FeatureSet.detected.intersection(untouched))
      #expect(caes_unknown_mask_name() == nil)
    }
  }

  @Test func theMaskNamesWhatItDoesNotKnow() async {
    await #expect(processExitsWith: .success) {
      setenv("OPTLAB_MASK", "aes,avx3,nosuch", 1)
      #expect(caes_unknown_mask_name().map { String(cString: $0) } == "avx3")
      #expect(FeatureSet.inForce.isDisjoint(with: FeatureSet(CAES_AES, CAES_VAES)))
    }
  }
}
