/// Names as Swift's demangler writes them, cut down to what tells functions apart.
enum SwiftName {
  /// `static OptlabLab.Lab.run(_: Selection, plan: Plan) -> RunResult` is `Lab.run(_:plan:)`.
  static func short(_ demangled: String) -> String {
    var text = demangled[...]
    if let suffix = text.firstRange(of: " with unmangled suffix ") {
      text = text[..<suffix.lowerBound]
    }
    var found = true
    while found {
      found = false
      for prefix in [
        "merged ", "@objc ", "static ", "partial apply forwarder for ", "dispatch thunk of ",
        "distributed thunk ", "back deployment thunk for ", "back deployment fallback for ",
      ]
      where text.hasPrefix(prefix) {
        text = text.dropFirst(prefix.count)
        found = true
      }
      // `(1) suspend resume partial function for `: what stands between two waits of an async function.
      if let part = text.prefixMatch(of: #/\(\d+\) (suspend|await) resume partial function for /#) {
        text = text[part.range.upperBound...]
        found = true
      }
      if let rest = afterSpecialisation(text) {
        text = rest
        found = true
      }
    }
    if text.hasPrefix("protocol witness for ") {
      let witness = text.dropFirst("protocol witness for ".count)
      return short(String(upToTopLevel(" in conformance ", in: witness) ?? witness))
    }
    for kind in ["closure #", "implicit closure #"] where text.hasPrefix(kind) {
      guard let signature = upToTopLevel(" in ", in: text) else { break }
      let number = text.dropFirst(kind.count).prefix { $0.isNumber }
      let outer = text[signature.endIndex...].dropFirst(" in ".count)
      return short(String(outer)) + " closure #\(number)"
    }
    for phrase in ["variable initialization expression of ", "default argument "]
    where text.hasPrefix(phrase) {
      guard let of = text.firstRange(of: "of ") else { break }
      return short(String(text[of.upperBound...]))
    }
    return function(text)
  }

  /// What stands after `generic specialization <...> of ` and its like, or nil.
  private static func afterSpecialisation(_ text: Substring) -> Substring? {
    let head = text.prefix { $0 != "<" }
    guard head.hasSuffix("specialization ") else { return nil }
    let rest = text[head.endIndex...]
    // The demangler leaves square brackets open here: only angle brackets count.
    guard let end = closing(rest, only: "<>") else { return nil }
    let after = rest[rest.index(after: end)...]
    return after.hasPrefix(" of ") ? after.dropFirst(4) : nil
  }

  /// A function, accessor or initialiser: its types without the module, and its labels.
  private static func function(_ text: Substring) -> String {
    // Names of the runtime's helpers, such as `outlined copy of T`, are sentences.
    let path = upToTopLevel(" ", in: text) ?? text
    if path.endIndex != text.endIndex, !path.contains("."), !path.contains("(") {
      return String(text)
    }
    var name = ""
    var rest = text
    while let character = rest.first {
      switch character {
      case "<":
        guard let end = closing(rest) else { return String(text) }
        rest = rest[rest.index(after: end)...]
      case "(":
        guard let end = closing(rest) else { return String(text) }
        let inside = rest[rest.index(after: rest.startIndex)..<end]
        rest = rest[rest.index(after: end)...]
        if inside.hasPrefix("extension in ") {
          rest = rest.drop { $0 == ":" }
        } else if let of = inside.firstRange(of: " in _"),
          !inside[..<of.lowerBound].contains(where: { " (:".contains($0) })
        {
          name += inside[..<of.lowerBound]  // a private name, and the mark of its file
        } else if inside.hasPrefix("in _") {
          if name.hasSuffix(".") { name.removeLast() }
        } else {
          return withoutModule(name) + "(" + labels(inside) + ")"
        }
      case " ":
        return withoutModule(name)
      default:
        name.append(character)
        rest = rest.dropFirst()
      }
    }
    return withoutModule(name)
  }

  private static func withoutModule(_ name: String) -> String {
    guard let dot = name.firstIndex(of: "."), dot != name.startIndex else { return name }
    let rest = name[name.index(after: dot)...]
    return rest.isEmpty ? name : String(rest)
  }

  /// `_:plan:` for `OptlabLab.Selection, plan: OptlabMeasure.Plan`.
  private static func labels(_ parameters: Substring) -> String {
    guard !parameters.isEmpty else { return "" }
    var labels = ""
    var rest = parameters
    while true {
      let parameter = upToTopLevel(", ", in: rest) ?? rest
      let label = parameter.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      labels += (parameter[label.endIndex...].hasPrefix(": ") ? label : "_") + ":"
      guard parameter.endIndex != rest.endIndex else { return labels }
      rest = rest[parameter.endIndex...].dropFirst(2)
    }
  }

  // MARK: Brackets

  /// What stands before `separator`, where no bracket is open; nil where it does not occur so.
  private static func upToTopLevel(_ separator: String, in text: Substring) -> Substring? {
    var depth = 0
    var before: Character = " "
    for index in text.indices {
      if depth == 0, text[index...].hasPrefix(separator) { return text[..<index] }
      depth += change(text[index], after: before)
      before = text[index]
    }
    return nil
  }

  /// The bracket that closes the one at the text's start.
  private static func closing(
    _ text: Substring, only brackets: String = "()[]<>{}"
  ) -> Substring.Index? {
    var depth = 0
    var before: Character = " "
    for index in text.indices {
      defer { before = text[index] }
      guard brackets.contains(text[index]) else { continue }
      depth += change(text[index], after: before)
      if depth == 0 { return index }
    }
    return nil
  }

  private static func change(_ character: Character, after before: Character) -> Int {
    switch character {
    case "(", "[", "<", "{": 1
    case ")", "]", "}": -1
    case ">": before == "-" ? 0 : -1
    default: 0
    }
  }
}
