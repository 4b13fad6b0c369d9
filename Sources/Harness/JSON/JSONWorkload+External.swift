import OptlabBasics
import OptlabExternal
import OptlabLab

extension JSONWorkload: ExternalWorkload {
  public var contestants: [Contestants.Known] {
    ["python-json", "python-orjson"].map {
      Contestants.Known(name: "python", ending: "runner", id: $0, language: "Python")
    }
  }

  public func runnerRequest(_ one: Case, seed: UInt64, mostBytes: Int) throws -> RunnerRequest? {
    one.payload.map(Self.request)
  }

  /// Every document, by its values.
  public func runnerChecks(cases: [Case], seed: UInt64) -> [(check: String, request: RunnerRequest)]
  {
    (cases.compactMap(\.payload) + JSONPayload.difficult(seed: seed)).map {
      ($0.id, Self.request($0))
    }
  }

  /// Documents: `documents COUNT DOCUMENT ...`, each with how often it is written in one call.
  private static func request(_ payload: JSONPayload) -> RunnerRequest {
    RunnerRequest(
      kind: "documents",
      fields: payload.parts.flatMap { ["\($0.repeats)", HexLine.text($0.json)] },
      unitsPerCall: nil, outputs: payload.parts.count,
      // Every character as \uXXXX, and spaces between.
      longestOutput: 8 * (payload.parts.map(\.json.count).max() ?? 0) + 1024
    ) { (outputs, unitsPerCall, check) throws(Mismatch) in
      try agreeing(outputs, with: payload, unitsPerCall: unitsPerCall)
    }
  }
}
