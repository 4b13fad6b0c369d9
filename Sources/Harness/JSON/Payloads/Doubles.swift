import FastJSON
import OptlabBasics

extension Double: JSONModel {
  /// How many the payload `doubles` has.
  static let manyCount = 10_000

  /// The payload `doubles`: random bit patterns, so that every exponent comes and nearly all numbers
  /// need 16 or 17 digits. No subnormals: a reader may take them for an underflow.
  static func manyDocument(seed: UInt64 = 4) -> JSONValue {
    var random = SeededGenerator(seed: seed)
    var values: [JSONValue] = []
    while values.count < manyCount {
      let value = Double(bitPattern: random.next())
      if value.isNormal { values.append(.double(value)) }
    }
    return .array(values)
  }
}
