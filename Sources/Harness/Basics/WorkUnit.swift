import Foundation

/// What work is counted in: bytes, or whatever else a workload does in pieces that are all alike.
public struct WorkUnit: Sendable, Codable, Hashable {
  /// In the singular: `byte`, `step`.
  public var name: String

  /// - Parameter name: an English noun in the singular whose plural takes an s.
  public init(_ name: String) { self.name = name }

  public static let byte = WorkUnit("byte")

  public var plural: String { name + "s" }
  package var isByte: Bool { self == .byte }

  public init(from decoder: any Decoder) throws {
    name = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }

  /// The unit that throughput is given in: `GB/s`, or `M steps/s`.
  public var throughputTitle: String { isByte ? "GB/s" : "M \(plural)/s" }

  /// How many of its units a second make one of ``throughputTitle``.
  package var throughputScale: Double { isByte ? 1e9 : 1e6 }

  /// A throughput without its unit, to four digits.
  ///
  /// - Parameter rate: units of work a second.
  public func throughput(_ rate: Double) -> String { Figures.significant(rate / throughputScale) }

  /// The same for where there is little room.
  package func shortThroughput(_ rate: Double) -> String { Figures.short(rate / throughputScale) }
}
