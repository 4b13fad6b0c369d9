import Foundation

/// As much of JSON Schema (draft 2020-12) as the project's own schemas use; a keyword beyond that is
/// reported as a violation, so that none is ignored by mistake.
struct JSONSchema {
  private let root: [String: Any]

  init(_ text: String) throws {
    root = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
  }

  /// The first fenced block of a kind in a Markdown text.
  static func block(_ fence: String, in markdown: String) -> String? {
    guard let start = markdown.range(of: "```\(fence)\n"),
      let end = markdown.range(of: "\n```", range: start.upperBound..<markdown.endIndex)
    else { return nil }
    return String(markdown[start.upperBound..<end.lowerBound])
  }

  /// What a document does against the schema, each with its place; empty where it conforms.
  func violations(_ document: Data) throws -> [String] {
    check(
      try JSONSerialization.jsonObject(with: document, options: .fragmentsAllowed), root, at: "$")
  }

  private func check(_ value: Any, _ schema: [String: Any], at path: String) -> [String] {
    if let reference = schema["$ref"] as? String {
      let name = String(reference.split(separator: "/").last ?? "")
      guard let target = (root["$defs"] as? [String: Any])?[name] as? [String: Any] else {
        return ["\(path): there is no \(reference)"]
      }
      return check(value, target, at: path)
    }
    var found: [String] = []
    for (keyword, rule) in schema {
      switch keyword {
      case "$schema", "$defs", "title", "items", "properties", "additionalProperties": break
      case "type":
        let types = rule as? [String] ?? [rule as? String ?? ""]
        if !types.contains(where: { Self.isA($0, value) }) {
          found.append("\(path): no \(types.joined(separator: " or "))")
        }
      case "const":
        if (value as? String) != (rule as? String) { found.append("\(path): not \(rule)") }
      case "enum":
        if !((rule as? [String])?.contains { $0 == value as? String } ?? false) {
          found.append("\(path): '\(value)' is none of \(rule)")
        }
      case "pattern":
        if let text = value as? String,
          text.range(of: rule as? String ?? "", options: .regularExpression) == nil
        {
          found.append("\(path): '\(text)' does not match \(rule)")
        }
      case "minimum":
        if let number = value as? NSNumber, number.doubleValue < (rule as? NSNumber)!.doubleValue {
          found.append("\(path): \(number) is less than \(rule)")
        }
      case "maximum":
        if let number = value as? NSNumber, number.doubleValue > (rule as? NSNumber)!.doubleValue {
          found.append("\(path): \(number) is more than \(rule)")
        }
      case "maxLength":
        if let text = value as? String, text.unicodeScalars.count > (rule as? Int)! {
          found.append("\(path): longer than \(rule)")
        }
      case "minItems":
        if let array = value as? [Any], array.count < (rule as? Int)! {
          found.append("\(path): only \(array.count) items")
        }
      case "required":
        let members = value as? [String: Any] ?? [:]
        for name in rule as? [String] ?? [] where members[name] == nil {
          found.append("\(path): no '\(name)'")
        }
      default: found.append("\(path): this validator does not know '\(keyword)'")
      }
    }
    if let array = value as? [Any], let rule = schema["items"] as? [String: Any] {
      for (index, item) in array.enumerated() {
        found += check(item, rule, at: "\(path)[\(index)]")
      }
    }
    if let members = value as? [String: Any] {
      let properties = schema["properties"] as? [String: Any] ?? [:]
      for (name, member) in members {
        let rule = properties[name] ?? schema["additionalProperties"]
        if let rule = rule as? [String: Any] { found += check(member, rule, at: "\(path).\(name)") }
      }
    }
    return found
  }

  private static func isA(_ type: String, _ value: Any) -> Bool {
    let isBool = (value as? NSNumber).map { isBoolean($0) } ?? false
    return switch type {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "boolean": isBool
    case "null": value is NSNull
    case "integer":
      !isBool && (value as? NSNumber).map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
    case "number": !isBool && value is NSNumber
    default: false
    }
  }

  /// Foundation keeps true and false as numbers of the type `c`.
  private static func isBoolean(_ number: NSNumber) -> Bool {
    String(cString: number.objCType) == "c"
  }
}
