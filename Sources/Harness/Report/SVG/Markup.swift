/// A piece of an XML document. HTML is written by the rules of both XML and HTML, so that either
/// parser reads it.
package enum Markup: Equatable {
  case element(Element)
  case text(String)

  package struct Element: Equatable {
    var name: String
    /// In the order in which they are written.
    var attributes: [Attribute]
    var children: [Markup]
  }

  struct Attribute: Equatable {
    var name: String
    var value: String
  }

  /// An element; attributes that are nil are left out.
  static func node(
    _ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ children: [Markup] = []
  ) -> Markup {
    .element(
      Element(
        name: name,
        attributes: attributes.compactMap { name, value in
          value.map { Attribute(name: name, value: $0) }
        }, children: children))
  }

  /// An element around a text.
  static func node(
    _ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ text: String
  ) -> Markup {
    node(name, attributes, [.text(text)])
  }

  var xml: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .text(let characters): text += Self.escaped(characters)
    case .element(let element):
      text += "<\(element.name)"
      for attribute in element.attributes {
        text += " \(attribute.name)=\"\(Self.escaped(attribute.value))\""
      }
      if element.children.isEmpty, Self.childless.contains(element.name) {
        text += " />"
      } else {
        text += ">"
        // A style sheet is text to an HTML parser and may hold no escapes; ours needs none.
        for child in element.children { child.write(to: &text) }
        text += "</\(element.name)>"
      }
      // Lines of their own where white space means nothing, so that two reports can be compared.
      if Self.ownLine.contains(element.name) { text += "\n" }
    }
  }

  /// Elements that HTML knows as void, and shapes; any other is closed by its own tag.
  private static let childless: Set<String> = [
    "meta", "img", "br", "hr", "path", "line", "rect", "circle",
  ]

  private static let ownLine: Set<String> = [
    "meta", "title", "style", "head", "body", "html", "header", "footer", "main", "section",
    "article", "h1", "h2", "h3", "h4", "p", "ul", "li", "table", "caption", "thead", "tbody", "tr",
    "figure", "figcaption", "details", "summary", "pre", "dl", "dd", "div", "nav", "svg", "g",
    "path", "line", "rect", "circle", "desc",
  ]

  /// Escapes what XML gives a meaning, and replaces what it does not admit at all.
  ///
  /// Source: Extensible Markup Language (XML) 1.0, fifth edition, sections 2.2 and 2.4.
  package static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "\t", "\n": escaped.unicodeScalars.append(scalar)
      case "\u{FFFE}", "\u{FFFF}",
        _ where scalar.value < 0x20 || (0x7F..<0xA0) ~= scalar.value:
        escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
