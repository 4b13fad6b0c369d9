import CAES
import CAESAsm
import CAESOpenSSL
import Foundation
import OptlabAES
import OptlabCPU
import OptlabLab
import OptlabReport
import OptlabResults
import OptlabStatistics
import TestSupport
import Testing

@Suite("Dispatch")
struct DispatchTests {
  private static let rows = (0..<caes_kernels().pointee.count).map {
    AESKernel(caes_kernels().pointee.rows[$0])
  }

  private func choice(_ features: UInt64) -> String? {
    caes_choose_kernel(features).map { String(cString: $0.pointee.id) }
  }

  /// Also: no row is hidden behind one before it.
  @Test(arguments: rows.indices)
  func choosesEachRowWhereItsFeaturesCount(_ index: Int) {
    let row = Self.rows[index].row
    #expect(choice(row.required | row.preferred) == String(cString: row.id))
  }

  @Test(arguments: rows.indices)
  func passesOverARowThatLacksOneFeature(_ index: Int) {
    let row = Self.rows[index].row
    for feature in 0..<UInt64(64) where (row.required | row.preferred) >> feature & 1 == 1 {
      #expect(choice(.max & ~(1 << feature)) != String(cString: row.id))
    }
  }

  @Test func choosesTheFirstWhereEverythingCounts() {
    #expect(choice(.max) == Self.rows.first?.id)
  }

  @Test func choosesNoneWhereNothingCounts() { #expect(choice(0) == nil) }

  @Test func theChosenOneIsThatOfTheFeaturesInForce() {
    #expect(caes_chosen_kernel() == caes_choose_kernel(caes_features()))
  }

  /// What the mask leaves, from the fastest tier down; each in a process of its own, because the
  /// choice is made once.
  @Test(arguments: [
    ("", "c-vaes512-wide"), ("wide-zmm", "c-vaes512"), ("fast-zmm", "c-vaes256"),
    ("avx512bw", "c-vaes256"),
    ("avx512f", "c-vaes256"), ("vaes", "c-aesni"), ("avx,avx2", "c-aesni"),
  ])
  func theMaskForcesATier(_ mask: String, _ tier: String) async {
    await #expect(processExitsWith: .success) { [mask = mask as String, tier = tier as String] in
      setenv("OPTLAB_MASK", mask, 1)
      let row = try #require(Self.rows.first { $0.id == tier }).row
      let counts = FeatureSet(rawValue: row.required | row.preferred)
      if FeatureSet.detected.isSuperset(of: counts) {
        #expect(FeatureSet.inForce.isSuperset(of: counts))
        let chosen = try #require(caes_chosen_kernel()).pointee
        #expect(String(cString: chosen.id) == tier)
        // The function that a caller of the choice runs is that tier's own.
        #expect(unsafeBitCast(chosen.crypt, to: Int.self) == unsafeBitCast(row.crypt, to: Int.self))
      } else {
        // This CPU lacks the tier anyway: nothing faster may take its place.
        let ids = Self.rows.map(\.id)
        let chosen = caes_chosen_kernel().flatMap {
          ids.firstIndex(of: String(cString: $0.pointee.id))
        }
        #expect(chosen ?? ids.endIndex > (ids.firstIndex(of: tier) ?? ids.endIndex))
      }
    }
  }

  @Test func withoutAESTheMaskLeavesNone() async {
    await #expect(processExitsWith: .success) {
      setenv("OPTLAB_MASK", "aes", 1)
      #expect(caes_chosen_kernel() == nil)
    }
  }

  /// A CPU that lowers its clock for 512-bit instructions can run them, and does not.
  @Test func requiresAndPrefersAreApart() throws {
    for row in Self.rows.map(\.row) where row.preferred != 0 {
      #expect(row.required & row.preferred == 0)
      #expect(choice(row.required) != String(cString: row.id))
    }
  }

  @Test func tablesSayWhatTheyAre() {
    for table in [caes_kernels()!, caes_asm_kernels()!, caes_openssl_kernels()!] {
      #expect(table.pointee.abi_version == 0x1_0002)
      #expect(Int(table.pointee.row_size) == MemoryLayout<caes_kernel>.stride)
      #expect(table.pointee.count > 0)
    }
  }

  @Test func idsAreUniqueAndTheNaiveRowComesFirst() {
    let ids = WorkloadList.house.implementations.map(\.id)
    #expect(Set(ids).count == ids.count)
    #expect(ids.first == "swift-table")
    #expect(WorkloadList.house.implementations.first?.remarks == ["secret-dependent loads"])
    let techniques = ["aesni", "vaes256", "vaes512", "vaes512-wide"]
    let tiers = techniques.flatMap { ["c-\($0)", "asm-\($0)"] }
    let constantTime = WorkloadList.house.implementations.filter { tiers.contains($0.id) }
    #expect(Set(constantTime.map(\.id)) == Set(tiers))
    #expect(constantTime.allSatisfy { $0.remarks.isEmpty })
  }
}
