import CAES
import Foundation
import Testing

@testable import OptlabAES
@testable import OptlabCPU
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabProfile
@testable import OptlabReport
@testable import OptlabResults
@testable import OptlabStatistics

@Suite("What the environment tells libraries")
struct LibraryEnvironmentTests {
  @Test("Variables that change what is measured are recorded, and no others")
  func settings() {
    let told = [
      "OPENSSL_ia32cap": "~0x200000000000000", "SIMDJSON_FORCE_IMPLEMENTATION": "fallback",
      "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2_Usable", "MALLOC_PERTURB_": "7",
      "MALLOC_ARENA_MAX": "1", "LD_PRELOAD": "/usr/lib/libjemalloc.so",
    ]
    let others = ["PATH": "/bin", "OPENSSL": "x", "MALLOC": "y", "LD": "z", "HOME": "/"]
    #expect(LibraryEnvironment.settings(told.merging(others) { a, _ in a }) == told)
    #expect(LibraryEnvironment.settings(others).isEmpty)
    #expect(
      LibraryEnvironment.text(["MALLOC_PERTURB_": "7", "LD_PRELOAD": "a b"])
        == "LD_PRELOAD='a b', MALLOC_PERTURB_=7")
  }

  private func record(_ environment: [String: String]) throws -> RunRecord {
    var record = try SyntheticRun.everyOutcome()
    record.run.environment = environment
    return record
  }

  @Test("They stand in the file, which keeps to the schema; a file without them has none")
  func file() throws {
    let markdown = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Documentation/Results.md").standardized
    let text = String(decoding: try Data(contentsOf: markdown), as: UTF8.self)
    let schema = try JSONSchema(#require(JSONSchema.block("json", in: text)))
    for environment in [["MALLOC_PERTURB_": "7"], [:]] {
      let bytes = try ResultFile([record(environment)]).bytes()
      #expect(try schema.violations(Data(bytes)).sorted() == [])
      #expect(try ResultFile.read(bytes, as: "a").records[0].run.environment == environment)
      #expect(String(decoding: bytes, as: UTF8.self).contains("MALLOC_") == !environment.isEmpty)
    }
  }

  @Test("A run warns of them, a comparison names them, and merging keeps such runs apart")
  func isSaid() throws {
    let plain = try record([:])
    let told = try record(["OPENSSL_ia32cap": "0:0"])
    #expect(told.run.warnings().map(\.text).contains { $0.contains("OPENSSL_ia32cap=0:0") })
    #expect(!plain.run.warnings().map(\.text).contains { $0.contains("environment") })
    #expect(told.run.footer().contains("environment: OPENSSL_ia32cap=0:0"))
    #expect(
      Comparability.remarks(plain, told).contains(
        "OPENSSL_ia32cap in the environment: not set, then '0:0'"))
    #expect(try MergedRecords.merge([plain, told]).count == 2)
  }

  @Test("While a mask is in force, rows that it does not reach say so")
  func mask() {
    let detected = FeatureSet(CAES_AES, CAES_SSSE3)
    #expect(
      Implementation.unmasked("libcrypto", features: [], detected: detected)
        == ["the mask does not reach libcrypto"])
    #expect(
      Implementation.unmasked("libcrypto", features: detected, detected: detected).isEmpty)
  }
}
