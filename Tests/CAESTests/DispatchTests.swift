import CAES
import CAESAsm
import CAESOpenSSL
import Foundation
import HarnessKit
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

  @Test func theMaskForcesATier() async {
    await #expect(processExitsWith: .success) {
      setenv("OPTLAB_MASK", "aes", 1)
      #expect(caes_chosen_kernel() == nil)
    }
    await #expect(processExitsWith: .success) {
      setenv("OPTLAB_MASK", "avx,avx2", 1)
      let expected =
        FeatureSet.detected.isSuperset(of: FeatureSet(CAES_AES, CAES_SSSE3)) ? "c-aesni" : nil
      #expect(caes_chosen_kernel().map { String(cString: $0.pointee.id) } == expected)
    }
  }

  @Test func tablesSayWhatTheyAre() {
    for table in [caes_kernels()!, caes_asm_kernels()!, caes_openssl_kernels()!] {
      #expect(table.pointee.abi_version == 0x1_0000)
      #expect(Int(table.pointee.row_size) == MemoryLayout<caes_kernel>.stride)
      #expect(table.pointee.count > 0)
    }
  }

  @Test func idsAreUniqueAndTheNaiveRowComesFirst() {
    let ids = Implementation.all.map(\.id)
    #expect(Set(ids).count == ids.count)
    #expect(ids.first == "swift-table")
    #expect(Implementation.all.first?.remarks == ["secret-dependent loads"])
    let constantTime = Implementation.all.filter { $0.id.hasSuffix("aesni") }
    #expect(constantTime.allSatisfy { $0.remarks.isEmpty })
  }
}
