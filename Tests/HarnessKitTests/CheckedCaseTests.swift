import CAES
import Foundation
import TestSupport
import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabCPU
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabProfile
@testable import OptlabReport
@testable import OptlabResults

/// What is timed is verified: the output of the timed calls themselves, on inputs that were changed
/// just before.
@Suite("The output of timed calls")
struct CheckedCaseTests {
  private static func group(_ workload: any Workload, _ one: Case) -> Selection.Group {
    Selection.Group(workload: workload, case: one, implementations: [])
  }

  /// A case of each kind and every implementation that runs here.
  static let all: [(name: String, group: Selection.Group, implementation: Implementation)] = {
    let aes: [(AESWorkload, Case)] = [
      (.aes128, .message(bytes: 1)), (.aes256, .message(bytes: 5000)),
      (.aes128, .message(bytes: 100_000)), (.aes192, .message(bytes: 64)), (.aes128, .pyaes),
      (.aes256, .setup(bytes: 16)), (.aes128, .setup(bytes: 0)), (.aes128, .chain),
    ]
    let json = ["EMPTY", "SIMPLE", "json_dumps"].map {
      (JSONWorkload() as any Workload, Case.payload(JSONPayload.standard($0)!))
    }
    return (aes.map { ($0 as any Workload, $1) } + json).flatMap { workload, one in
      WorkloadList.house.implementations.filter {
        workload.isDone(by: $0) && $0.obstacle() == nil
          && !($0.isYardstick && one.input.copiedBytes == nil)
      }.map { ("\(workload.id)/\(one.id)/\($0.id)", group(workload, one), $0) }
    }
  }()

  @Test("Every row of the lab can be checked, and passes", arguments: all.map(\.name))
  func everyRow(name: String) throws {
    let (_, group, implementation) = try #require(Self.all.first { $0.name == name })
    let one = try #require(
      try group.prepare(implementation, seed: 3) as? any CheckedCase, "it has no check")
    for seed in 0..<3 as Range<UInt64> {
      one.run(1)
      one.renew(seed)
      one.run(2)
      one.run(3)
      try one.check(calls: 5, thoroughly: seed > 0)
    }
  }

  @Test(
    "Each sixteenth of a short message is another one every time", arguments: [1, 16, 100, 4096])
  func everyPart(bytes: Int) throws {
    let buffers = CaseBuffers(count: bytes, seed: 5, layout: 0)
    let parts = min(16, bytes)
    for seed in 0..<20 as Range<UInt64> {
      let before = (0..<bytes).map { buffers.input[$0] }
      buffers.renew(seed)
      for part in 0..<parts {
        let range = bytes * part / parts..<bytes * (part + 1) / parts
        #expect(range.contains { buffers.input[$0] != before[$0] }, "part \(part)")
      }
    }
  }

  /// Kernels that stop working at some point.
  enum Laziness: String, CaseIterable, Sendable {
    /// Does nothing when input and output are those of the call before.
    case repeatsNothing
    /// Then does the first quarter alone.
    case quarter
    /// Skips the last byte.
    case almost
  }

  /// `swift-table`, made lazy.
  private static func lazy(_ laziness: Laziness) -> AESKernel {
    var row = AESKernel.swiftTable.row
    switch laziness {
    case .repeatsNothing:
      row.crypt = { context, counter, input, output, n in
        if Seen.last != input {
          AESKernel.swiftTable.row.crypt(context, counter, input, output, n)
        }
        Seen.last = input
      }
    case .quarter:
      row.crypt = { context, counter, input, output, n in
        let part = Seen.last == input ? n / 4 : n
        AESKernel.swiftTable.row.crypt(context, counter, input, output, part)
        Seen.last = input
      }
    case .almost:
      row.crypt = { context, counter, input, output, n in
        AESKernel.swiftTable.row.crypt(context, counter, input, output, n - 1)
      }
    }
    return AESKernel(row)
  }

  /// What a lazy kernel remembers; for one test at a time, in its own task.
  private enum Seen {
    @TaskLocal static var box = Box()
    final class Box: @unchecked Sendable { var last: UnsafePointer<UInt8>? }
    static var last: UnsafePointer<UInt8>? {
      get { box.last }
      set { box.last = newValue }
    }
  }

  @Test(
    "A kernel that leaves work out while it is timed has no figure",
    arguments: Laziness.allCases, [16, 4096, 300_000])
  func lazyKernels(laziness: Laziness, bytes: Int) throws {
    try Seen.$box.withValue(Seen.Box()) {
      let kernel = Self.lazy(laziness)
      let sampler = try Sampler(
        plan: .once, calibration: SyntheticMachine.calibration,
        source: CycleSourceChoice(forced: .nanoseconds, selfTest: nil), seed: 1, learnedProbes: 0)
      let contestants = [("lazy", kernel), ("good", AESKernel.swiftTable)].map { id, kernel in
        Contestant(id: id) {
          try kernel.prepareMessage(bytes: bytes, keyBytes: 16, seed: 9, layout: $0)
        }
      }
      let measured = sampler.measureUntilInterrupted(contestants)
      #expect(throws: Mismatch.self) { try measured[0]?.get() }
      if case .failure(let error as Mismatch) = measured[0] {
        #expect(error.check == Mismatch.timedCalls)
        #expect(error.summary.contains("what was timed is not the work that was verified"))
      }
      _ = try #require(measured[1]).get()
    }
  }

  /// An encoder whose timed calls write something else, or less often, than was verified.
  private final class Cheat: PreparedEncoding {
    let payload = JSONPayload.standard("SIMPLE")!
    var unitsPerCall: Int { payload.byteCount }
    var tally = WrittenTally()
    var lastDocument: [UInt8]?
    let skips: Bool
    let writes: [UInt8]?

    init(skips: Bool, writes: [UInt8]?) { (self.skips, self.writes) = (skips, writes) }

    func run(_ calls: Int) {
      tally.bytes += unitsPerCall * (skips ? 1 : calls)
      lastDocument = writes
    }

    func documents() -> [[UInt8]] { payload.parts.map(\.json) }
    func forget() { lastDocument = nil }
  }

  @Test("JSON: as many bytes as all calls write, and the values of the last document")
  func json() throws {
    let right = JSONPayload.standard("SIMPLE")!.parts[0].json
    func check(skips: Bool = false, writes: [UInt8]?) throws {
      let one = Cheat(skips: skips, writes: writes)
      one.renew(1)
      one.run(4)
      try one.check(calls: 4, thoroughly: true)
    }
    try check(writes: right)
    try check(
      writes: [UInt8](String(decoding: right, as: UTF8.self).replacing(",", with: " , ").utf8))
    #expect(throws: Mismatch.self) { try check(skips: true, writes: right) }
    #expect(throws: Mismatch.self) { try check(writes: nil) }
    #expect(throws: Mismatch.self) {
      try check(
        writes: [UInt8](
          String(decoding: right, as: UTF8.self).replacing("true", with: "false").utf8))
    }
  }
}
