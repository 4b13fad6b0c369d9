import OptlabBasics

/// What a runner is asked to make ready, and what its outputs are held against.
///
/// Its line is `prepare ID WORKLOAD KIND FIELD ...`: see Documentation/Runners.md.
public struct RunnerRequest: Sendable {
  /// `message`.
  public var kind: String
  /// Without blanks: see ``HexLine``.
  public var fields: [String]
  /// What the runner must count; nil where it depends on how it does the work, as with text.
  public var unitsPerCall: Int?
  /// Of one call.
  public var outputs: Int
  /// Bytes that an output may have.
  public var longestOutput: Int
  /// How much of an input there would be if it were not cut off, for one of which time can be foretold.
  public var wholeUnits: Int?
  /// Holds the outputs of one call against what they have to be.
  ///
  /// - Returns: the number of outputs that agreed.
  private var compare:
    @Sendable (_ outputs: [[UInt8]], _ unitsPerCall: Int, _ check: String) throws(Mismatch) -> Int

  public init(
    kind: String, fields: [String], unitsPerCall: Int?, outputs: Int, longestOutput: Int,
    compare:
      @escaping @Sendable (_ outputs: [[UInt8]], _ unitsPerCall: Int, _ check: String)
      throws(Mismatch) -> Int
  ) {
    self.kind = kind
    self.fields = fields
    self.unitsPerCall = unitsPerCall
    self.outputs = outputs
    self.longestOutput = longestOutput
    self.compare = compare
  }

  /// One whose outputs are exactly these bytes.
  public init(kind: String, fields: [String], unitsPerCall: Int, expected: [[UInt8]]) {
    self.init(
      kind: kind, fields: fields, unitsPerCall: unitsPerCall, outputs: expected.count,
      longestOutput: expected.map(\.count).max() ?? 0
    ) { (outputs, _, check) throws(Mismatch) in
      for (number, (output, expected)) in zip(outputs, expected).enumerated()
      where output != expected {
        let check = outputs.count == 1 ? check : "\(check), output \(number + 1)"
        throw output.count == expected.count
          ? Mismatch(check: check, expected: expected, actual: output)!
          : Mismatch(
            check: check, summary: "\(output.count) bytes put out, expected \(expected.count)")
      }
      return outputs.count
    }
  }

  func line(_ id: String, _ workload: String) -> String {
    (["prepare", id, workload, kind] + fields).joined(separator: " ")
  }

  /// - Parameters:
  ///   - outputs: as many as a call has.
  ///   - unitsPerCall: what the runner says that a call does.
  /// - Returns: the number of outputs that agreed.
  func agreement(
    of outputs: [[UInt8]], unitsPerCall: Int, check: String
  ) throws(Mismatch) -> Int { try compare(outputs, unitsPerCall, check) }
}
