import Foundation
import ResultMutants
import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabCPU
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabReport
@testable import OptlabResults
@testable import OptlabStatistics

/// A short run of what `make fuzz-results` does with the committed example for a minute.
@Suite("Mutants of a result file")
struct ResultMutantTests {
  private static func base() throws -> ResultFile {
    var first = try SyntheticRun.everyOutcome()
    var random = SeededGenerator(seed: 1)
    for (name, id) in [
      ("1KiB", "c-aesni"), ("16B", "c-aesni"), ("16B", "swift-table"), ("1KiB", "memcpy"),
    ] {
      first.run.rows.append(
        SyntheticRun.row(
          ("aes-128-ctr", name, id),
          .measured(ShiftTests.measurement(1, blockSpread: 0.01, random: &random, blocks: 3)),
          limit: Limit(name: "aesenc xmm", costPerUnit: 0.1, leastPerUnit: 0.09)))
    }
    for id in ["foundation", "swift-simd"] {
      var row = SyntheticRun.row(
        ("json-encode", "NESTED", id),
        .measured(SyntheticRun.measurement([[2000, 2010], [2020, 2000], [9, 9], [7, 8]])))
      row.input = "0123456789abcdef"
      first.run.rows.append(row)
    }
    var second = first
    second.runs = [RunRecord.newIdentity()]
    second.run.source = .nanoseconds
    for index in second.run.rows.indices {
      guard case .measured(var measurement) = second.run.rows[index].outcome else { continue }
      measurement.source = .nanoseconds
      second.run.rows[index].outcome = .measured(measurement)
    }
    return try ResultFile.read(ResultFile([first, second]).bytes(), as: "base.json")
  }

  @Test("None ends a command, or gives a figure that its row does not allow", arguments: 0..<2)
  func mutants(part: Int) throws {
    let base = try Self.base()
    let mutator = ResultMutator(try JSONParser.parse(base.bytes()))
    let uses = ResultUse(base: base)
    var taken = 0
    for seed in UInt64(part * 50)..<UInt64(part * 50 + 50) {
      let (document, changes) = mutator.mutant(seed)
      do throws(ResultUse.Finding) {
        if try uses.use((try? ResultFile.sealed(document)) ?? []) { taken += 1 }
      } catch {
        Issue.record("mutant \(seed): \(error)\n\(changes.joined(separator: "\n"))")
      }
    }
    // Neither all nor nothing, or they would try nothing.
    #expect((3...47).contains(taken), "\(taken) of 50 were taken")
  }

  @Test("What nothing is wrong with is taken, and a mutant is the same each time")
  func same() throws {
    let base = try Self.base()
    #expect(try ResultUse(base: base).use(base.bytes()))
    let mutator = ResultMutator(try JSONParser.parse(base.bytes()))
    #expect(mutator.mutant(7).document == mutator.mutant(7).document)
    #expect(mutator.mutant(7).document != mutator.mutant(8).document)
  }
}
