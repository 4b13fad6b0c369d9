import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What an XML parser that is not ours finds in a document.
enum XMLCheck {
  /// Why it is not well-formed, or nil.
  static func failure(in text: String) -> String? {
    let reader = Reader()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = reader
    if parser.parse() { return nil }
    return "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "no reason")"
  }

  /// The text of the cells of every table row.
  static func rows(in text: String) -> [[String]] {
    let reader = Reader()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = reader
    _ = parser.parse()
    return reader.rows
  }

  /// A text of a picture, and where it stands.
  struct Label {
    var text: String
    var x: Double
    var y: Double
    var anchor: String
    var classes: Set<String>
  }

  static func labels(in text: String) -> [Label] {
    let reader = Reader()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = reader
    _ = parser.parse()
    return reader.labels
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var rows: [[String]] = []
    var labels: [Label] = []
    private var cell: String?
    private var isLabel = false

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      switch name {
      case "tr": rows.append([])
      case "td", "th": cell = ""
      case "text":
        isLabel = true
        labels.append(
          Label(
            text: "", x: Double(attributes["x"] ?? "") ?? .nan,
            y: Double(attributes["y"] ?? "") ?? .nan, anchor: attributes["text-anchor"] ?? "start",
            classes: Set((attributes["class"] ?? "").split(separator: " ").map(String.init))))
      default: break
      }
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      cell?.append(text)
      if isLabel { labels[labels.count - 1].text += text }
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
      if name == "td" || name == "th", let text = cell {
        // A line ends after the piece of a chart's line that stands in front of a name.
        rows[rows.count - 1].append(text.trimmingCharacters(in: .newlines))
        cell = nil
      }
      if name == "text" { isLabel = false }
    }
  }
}
