/// One input of a workload.
public struct Case: Sendable {
  /// As in addresses: `8KiB`, `HUGE`.
  public let id: String
  public let input: any CaseInput

  public init(id: String, input: any CaseInput) {
    self.id = id
    self.input = input
  }
}

/// What a case is about, in the words of its workload.
public protocol CaseInput: Sendable {
  /// How many bytes a yardstick has to copy that moves as much; nil where there is nothing to copy.
  var copiedBytes: Int? { get }

  /// Whether it is bounded by more than the workload's limits are about, as by a key schedule.
  var isSetup: Bool { get }

  /// What tells it from another input under the same name; nil where the name says all.
  var digest: String? { get }

  /// What another process of the same program needs beside the name to make the same input; nil where
  /// the name is enough.
  var content: [UInt8]? { get }
}

extension CaseInput {
  public var copiedBytes: Int? { nil }
  public var isSetup: Bool { false }
  public var digest: String? { nil }
  public var content: [UInt8]? { nil }
}
