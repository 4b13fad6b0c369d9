import Foundation
import OptlabBasics

/// The first place in which a document says something else than its source.
struct JSONDifference {
  var summary: String
  /// The first byte that differs, where the document is not valid JSON.
  var offset: Int?
  var detail: String

  /// Nil when both have the same values. Order of members and format of numbers do not count.
  init?(in document: [UInt8], from source: [UInt8]) {
    let found: Any
    do {
      found = try JSONSerialization.jsonObject(
        with: Data(document), options: [.fragmentsAllowed])
    } catch {
      let reason = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
      self.init(notJSON: document, reason: reason ?? "\(error)", source)
      return
    }
    let expected: JSONValue
    do {
      expected = try JSONParser.parse(source)
    } catch {
      preconditionFailure("the source of a payload is not JSON: \(error)")
    }
    guard let (path, message) = Self.first(expected, found, path: "$") else { return nil }
    self.init(summary: "\(path) is \(message)", offset: nil, detail: "")
  }

  private init(summary: String, offset: Int?, detail: String) {
    self.summary = summary
    self.offset = offset
    self.detail = detail
  }

  private init(notJSON document: [UInt8], reason: String, _ source: [UInt8]) {
    let common = zip(document, source).prefix { $0 == $1 }.count
    self.init(
      summary: "not valid JSON: \(reason)", offset: common,
      detail: """
        written   \(Self.excerpt(document, around: common))
        expected  \(Self.excerpt(source, around: common))
        """)
  }

  /// Some 60 bytes on one line.
  private static func excerpt(_ bytes: [UInt8], around offset: Int) -> String {
    let part = bytes[max(0, offset - 20)..<min(bytes.count, offset + 40)]
    let text = String(decoding: part, as: UTF8.self)
    return text.unicodeScalars.map { $0.value < 0x20 ? $0.escaped(asASCII: true) : String($0) }
      .joined()
  }

  /// Path and message of the first difference.
  private static func first(
    _ expected: JSONValue, _ found: Any, path: String
  ) -> (path: String, message: String)? {
    switch expected {
    case .array(let values):
      guard let array = found as? [Any] else { return (path, "\(kind(found)), expected an array") }
      guard array.count == values.count else {
        return (path, "an array of \(array.count), expected \(values.count) elements")
      }
      for (i, (value, element)) in zip(values, array).enumerated() {
        if let difference = first(value, element, path: "\(path)[\(i)]") { return difference }
      }
      return nil
    case .object(let members):
      guard let object = found as? [String: Any] else {
        return (path, "\(kind(found)), expected an object")
      }
      for member in members {
        let path = "\(path).\(member.key)"
        guard let value = object[member.key] else { return (path, "missing") }
        if let difference = first(member.value, value, path: path) { return difference }
      }
      if object.count > members.count {
        let known = Set(members.map(\.key))
        let extra = object.keys.filter { !known.contains($0) }.min() ?? ""
        return ("\(path).\(extra)", "a member that should not be there")
      }
      return nil
    default:
      return isSame(expected, found)
        ? nil : (path, "\(kind(found)), expected \(String(decoding: expected.text, as: UTF8.self))")
    }
  }

  private static func isSame(_ expected: JSONValue, _ found: Any) -> Bool {
    switch expected {
    case .null: return found is NSNull
    case .string(let string):
      // By bytes: two strings that look alike may be equal and yet not the same.
      return (found as? String).map { $0.utf8.elementsEqual(string.utf8) } ?? false
    case .bool(let value): return isBool(found) && found as? Bool == value
    case .integer(let value):
      guard let number = number(found) else { return false }
      return number.int64Value == value && double(number) == Double(value)
    case .unsigned(let value):
      guard let number = number(found) else { return false }
      return number.uint64Value == value && double(number) == Double(value)
    case .double(let value): return number(found).map(double) == value
    case .array, .object: return false
    }
  }

  private static func isBool(_ value: Any) -> Bool {
    guard let number = value as? NSNumber else { return false }
    return String(cString: number.objCType) == "c"
  }

  private static func number(_ value: Any) -> NSNumber? {
    isBool(value) ? nil : value as? NSNumber
  }

  /// NSDecimalNumber, which JSONSerialization makes of long numbers, rounds twice on its way to a
  /// double; its digits are exact.
  private static func double(_ number: NSNumber) -> Double? {
    number is NSDecimalNumber ? Double(number.description) : number.doubleValue
  }

  private static func kind(_ value: Any) -> String {
    switch value {
    case is NSNull: "null"
    case is [Any]: "an array"
    case is [String: Any]: "an object"
    case let string as String: "\"\(string.prefix(60))\""
    case let number as NSNumber where isBool(number): number.boolValue ? "true" : "false"
    default: "\(value)"
    }
  }
}
