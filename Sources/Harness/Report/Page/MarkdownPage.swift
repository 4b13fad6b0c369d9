import OptlabBasics

/// A report as Markdown, in the dialect of code hosts (GitHub Flavored Markdown), with the pictures
/// as files beside it.
struct MarkdownPage {
  var blocks: [ReportBlock]

  var text: String { blocks.map(markdown).joined(separator: "\n\n") + "\n" }

  private func markdown(_ block: ReportBlock) -> String {
    switch block {
    case .heading(let level, let text, _):
      return String(repeating: "#", count: level) + " " + Self.escaped(text)
    case .paragraph(let prose): return Self.startSafely(markdown(prose))
    case .list(let items): return items.map { "- " + markdown($0) }.joined(separator: "\n")
    case .notice(let kind, let prose):
      return "> **\(kind == .alarm ? "Alarm" : "Caution")**: " + markdown(prose)
    case .cards(let cards):
      // A page shows them by their size; here they need a heading.
      return "## At a glance\n\n"
        + cards.map { card in
          "- \(Self.code(card.title)): **\(Self.escaped(card.figure))** " + markdown(card.text)
        }.joined(separator: "\n")
    case .figure(let figure):
      return
        "![\(Self.escaped("\(figure.wide.title). \(figure.wide.description)"))](\(figure.name).svg)\n\n"
        + Self.startSafely(markdown(figure.caption))
    case .table(let table): return markdown(table)
    case .facts(let facts):
      return facts.map { "- \(Self.escaped($0.name)): " + markdown($0.value) }
        .joined(separator: "\n")
    case .preformatted(let text):
      let fence = String(repeating: "`", count: max(3, Self.longestRun(of: "`", in: text) + 1))
      return "\(fence)text\n\(text.last == "\n" ? text : text + "\n")\(fence)"
    case .folded(let summary, let blocks):
      return "<details>\n<summary>\(Markup.escaped(summary))</summary>\n\n"
        + blocks.map(markdown).joined(separator: "\n\n") + "\n\n</details>"
    }
  }

  private func markdown(_ prose: Prose) -> String {
    prose.pieces.map { piece in
      switch piece {
      case .text(let text): Self.escaped(text)
      case .code(let text): Self.code(text)
      case .strong(let text): "**\(Self.escaped(text))**"
      }
    }.joined()
  }

  private func markdown(_ table: ReportTable) -> String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    let count = table.columns.count
    let rule = table.columns.map { $0.alignment == .right ? "---:" : "---" }
    let rows = table.groups.flatMap(\.self).map { row in
      let cells = row.cells.enumerated().map { column, cell in
        column == 0 && !cell.isEmpty ? Self.code(cell) : Self.escaped(cell)
      }
      // What runs on to the right goes into the last column, the only one for words.
      let gap = Array(repeating: "", count: count - cells.count)
      return line(cells.dropLast() + gap + cells.suffix(1))
    }
    return ([line(table.columns.map { Self.escaped($0.title) }), line(rule)] + rows)
      .joined(separator: "\n")
  }

  // MARK: Escaping

  /// Text that no reader of Markdown takes for a mark, on one line.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "\\", "`", "*", "_", "[", "]", "|", "~": escaped += "\\\(character)"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "&": escaped += "&amp;"
      case _ where character.isNewline: escaped += " "
      case _ where character.unicodeScalars.contains(where: \.isObeyed):
        // The escape's own backslash is one of Markdown's marks.
        escaped += String(character).printableOnOneLine.replacing("\\", with: "\\\\")
      default: escaped.append(character)
      }
    }
    return escaped
  }

  /// A name in backticks, more of them than it holds; a bar would end a table's cell.
  static func code(_ text: String) -> String {
    let line = String(text.map { $0.isNewline ? " " : $0 }).printableOnOneLine
      .replacing("|", with: "\\|")
    let run = longestRun(of: "`", in: line)
    guard run > 0 else { return "`\(line)`" }
    let marks = String(repeating: "`", count: run + 1)
    return "\(marks) \(line) \(marks)"
  }

  /// No list, heading or quotation where a paragraph begins with such a mark.
  private static func startSafely(_ text: String) -> String {
    guard let first = text.first, "+-#>=".contains(first) else { return text }
    return "\\" + text
  }

  private static func longestRun(of mark: Character, in text: String) -> Int {
    text.reduce(into: (longest: 0, current: 0)) { runs, character in
      runs.current = character == mark ? runs.current + 1 : 0
      runs.longest = max(runs.longest, runs.current)
    }.longest
  }
}
