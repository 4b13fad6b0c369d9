/// What a figure belongs to: `aes-128-ctr/8KiB/asm-vaes256`.
public struct Address: Hashable, Sendable, CustomStringConvertible {
  public var workload: String
  public var `case`: String
  public var implementation: String

  public init(workload: String, case: String, implementation: String) {
    self.workload = workload
    self.case = `case`
    self.implementation = implementation
  }

  public var description: String { "\(workload)/\(`case`)/\(implementation)" }
}
