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
@testable import OptlabProfile
@testable import OptlabReport
@testable import OptlabResults

@Suite("What no run gives is refused when a file is read")
struct ResultCheckTests {
  /// A value that keeps to the schema, where it stands, and what must be said of it.
  struct Case: CustomTestStringConvertible, Sendable {
    var place: String
    var value: JSONValue
    var named: String

    init(_ place: String, _ value: JSONValue, _ named: String) {
      (self.place, self.value, self.named) = (place, value, named)
    }

    var testDescription: String {
      "\(place) \(String(decoding: value.text.prefix(40), as: UTF8.self))"
    }
  }

  private static let row = "records[0].run.rows[0]"
  private static let measurement = row + ".measurement"
  private static let sample = measurement + ".samples[1]"

  /// Named by the row that it is in.
  static let inRows: [Case] = [
    Case(sample + ".ticks[1]", .integer(0), "sample 1: ticks of slice 1: 0.0"),
    Case(sample + ".ticks[1]", .integer(-1), "sample 1: ticks of slice 1: -1.0"),
    Case(sample + ".ticks[0]", .double(1e300), "ticks of slice 0"),
    Case(sample + ".ticks[0]", .double(5e-324), "ticks of slice 0"),
    Case(sample + ".counted", .array([.integer(5), .integer(-5)]), "counted of slice 1"),
    Case(sample + ".chain[0]", .double(1e300), "the chain before of slice 0"),
    Case(sample + ".chain[0]", .integer(-7), "not above 0"),
    Case(
      sample + ".chain", .array([.double(0.1), .double(0.1), .double(0.1)]), "core cycles a tick"),
    Case(sample + ".sentinel[2]", .integer(0), "the sentinel after of slice 1"),
    Case(sample + ".sentinel[2]", .integer(-3), "the sentinel after of slice 1"),
    Case(sample + ".calls", .integer(.max), "calls: \(Int.max)"),
    Case(sample + ".calls", .integer(0), "less than one call"),
    Case(sample + ".round", .integer(.max), "the round: \(Int.max)"),
    Case(sample + ".round", .integer(-1), "the round: -1"),
    Case(sample + ".round", .integer(0), "round 0 comes twice"),
    Case(sample + ".block", .integer(.max), "the block: \(Int.max)"),
    Case(sample + ".block", .integer(.min), "the block: \(Int.min)"),
    Case(measurement + ".planned", .integer(-1), "planned samples: -1"),
    Case(measurement + ".planned", .integer(.max), "planned samples"),
    Case(measurement + ".callsPerSlice", .integer(.max), "callsPerSlice"),
    Case(measurement + ".callsPerSlice", .integer(0), "callsPerSlice"),
    Case(measurement + ".unitsPerCall", .integer(.max), "unitsPerCall"),
    Case(measurement + ".unitsPerCall", .integer(0), "unitsPerCall"),
    Case(measurement + ".ticksPerSecond", .double(1e308), "ticksPerSecond"),
    Case(measurement + ".ticksPerSecond", .double(-1e9), "ticksPerSecond"),
    Case(measurement + ".cyclesPerTick", .double(1e308), "cyclesPerTick"),
    Case(measurement + ".cyclesPerTick", .double(0), "cyclesPerTick"),
    Case(measurement + ".samples", .array([]), "no samples"),
    Case(row + ".limit.costPerUnit", .double(0), "the limit 'aesenc xmm'"),
    Case(row + ".limit.costPerUnit", .double(-1), "the limit 'aesenc xmm'"),
    Case(row + ".limit.leastPerUnit", .double(1e300), "the least of the limit"),
    Case(row + ".case", .string("0B"), "a message of no bytes"),
    Case(row + ".case", .string("0KiB"), "a message of no bytes"),
    Case(row + ".case", .string(""), "the case is called ''"),
    Case(row + ".case", .string("a/b"), "the case is called 'a/b'"),
    Case(row + ".implementation", .string(String(repeating: "x", count: 256)), "is called 'xxx"),
    Case("records[0].run.rows[1].mismatch.offset", .integer(-1), "the offset: -1"),
    Case("records[0].run.rows[1].implementation", .string("swift-table"), "comes twice"),
    Case(row + ".outcome", .string("fine"), "Outcome"),
    Case(sample + ".ticks[0]", .string("fast"), "ticks"),
  ]

  static let elsewhere: [Case] = [
    Case("records", .array([]), "there is no run in it"),
    Case("records[0].machine.id", .string("../../../etc"), "the machine's id"),
    Case("records[0].machine.name", .string("a b"), "the machine's name"),
    Case("records[0].machine.name", .string("a\n\u{1B}[31m"), "is 'a\\u{a}\\u{1b}[31m'"),
    Case("records[0].run.calibration.cyclesPerTick", .double(1e308), "cyclesPerTick"),
    Case("records[0].run.calibration.cyclesPerTick", .double(-1), "cyclesPerTick"),
    Case("records[0].run.calibration.ticksPerSecond", .double(1e300), "ticksPerSecond"),
    Case("records[0].run.calibration.ticksPerSecond", .integer(0), "ticksPerSecond"),
    Case("records[0].run.calibration.relativeError", .double(-1), "relativeError"),
    Case("records[0].run.plan.rounds", .integer(.max), "the plan's rounds"),
    Case("records[0].run.plan.blocks", .integer(-1), "the plan's blocks"),
    Case("records[0].run.plan.slice", .double(-1), "the plan's slice"),
    Case("records[0].run.plan.sample", .double(1e300), "the plan's sample"),
    Case("records[0].run.cpu", .integer(-1), "the CPU"),
    Case("records[0].run.elapsedSeconds", .double(-1), "elapsedSeconds"),
    Case("records[0].run.askedSeconds", .double(1e300), "askedSeconds"),
    Case("records[0].run.unitLimits[0].costPerUnit", .double(0), "the limit 'aesenc xmm'"),
    Case("records[0].cpuReport.caches[0].bytes", .integer(.min), "a cache's size"),
    Case("records[0].cpuReport.identity.family", .integer(.max), "the CPU's family"),
  ]

  private func reason(_ one: Case) throws -> String {
    let whole = try JSONParser.parse(ResultFile([SyntheticRun.everyOutcome()]).bytes())
    let mutant = whole.with(one.value, at: JSONPlace(one.place))
    #expect(mutant != whole)
    let bytes = try ResultFile.sealed(mutant)
    do throws(ResultFile.Failure) {
      _ = try ResultFile.read(bytes, as: "x.json")
      return "no failure"
    } catch {
      #expect(!error.description.contains("\n"))
      return error.reason
    }
  }

  @Test("In a row: the row is named", arguments: inRows)
  func rows(_ one: Case) throws {
    let reason = try reason(one)
    #expect(reason.contains(one.named), "\(reason)")
    #expect(reason.contains("row "), "\(reason)")
    #expect(
      reason.contains("/1KiB/") || one.place.hasSuffix(".case")
        || one.place.hasSuffix(".implementation"), "\(reason)")
  }

  @Test("In the run, its plan, its machine", arguments: elsewhere)
  func records(_ one: Case) throws {
    let reason = try reason(one)
    #expect(reason.contains(one.named), "\(reason)")
  }

  @Test(
    "What the file says is quoted on the line that the reason is",
    arguments: [
      Case(
        "records[0].run.rows[0].outcome", .string("a\nb\u{1B}[2J\u{2028}"),
        #"invalid String value a\nb\u{1B}[2J\u{2028}"#),
      Case("records[0].run.rows[0].measurement.source", .string("a\rb"), #"a\rb"#),
    ])
  func quoted(_ one: Case) throws {
    let reason = try reason(one)
    #expect(reason.contains(one.named), "\(reason)")
  }

  @Test("A document may be called 0B: only messages are sizes")
  func payloadOfThatName() throws {
    var record = try SyntheticRun.everyOutcome()
    record.run.rows = [record.run.rows[0]]
    record.run.rows[0].address = Address(
      workload: "json-encode", case: "0B", implementation: "foundation")
    let read = try ResultFile.read(ResultFile([record]).bytes(), as: "x.json")
    #expect(!Report([Report.Source(name: "x", record: read.records[0])]).blocks.isEmpty)
  }

  @Test("What follows from figures may be beyond integers", arguments: [1e300, -1e300, .nan, 0.4])
  func clamping(_ value: Double) {
    let integer = Int(clamping: value)
    #expect(integer == (value > 1 ? .max : value < -1 ? .min : 0))
    #expect(Int(clamping: 7.9) == 7 && Int(clamping: -7.9) == -7)
  }

  @Test("A median that is hardly known asks for more rounds than there are integers")
  func rounds() throws {
    let costs = (0..<21).map { [$0 % 2 == 0 ? 1e-3 : 1e15] }
    var run = try SyntheticRun.record([
      SyntheticRun.row(
        ("aes-128-ctr", "1KiB", "c-aesni"), .measured(SyntheticRun.measurement(costs)))
    ]).run
    run.cpu = 1
    #expect(run.warnings().contains { $0.text.contains("would need about") })
    #expect(!run.tables(details: true).isEmpty)
  }
}
