/// Text in sections, wrapped at a number of columns.
struct ReportPage {
  let columns: Int
  private var lines: [String] = []

  init(columns: Int) { self.columns = columns }

  var text: String { lines.joined(separator: "\n") + "\n" }

  mutating func section(_ title: String) {
    if !lines.isEmpty { lines.append("") }
    lines.append(title)
  }

  /// A line that may not be wrapped; it is cut where it would be too long.
  mutating func line(_ text: String) { lines.append(String(text.prefix(columns))) }

  /// A name, and its value in a column of its own.
  mutating func field(_ name: String, _ value: String) {
    let indent = 24
    let wrapped = wrap(value, width: columns - indent)
    for (index, part) in wrapped.enumerated() {
      lines.append(pad("  " + (index == 0 ? name : ""), indent) + part)
    }
  }

  mutating func paragraph(_ text: String, indent: Int) {
    for part in wrap(text, width: columns - indent) {
      lines.append(String(repeating: " ", count: indent) + part)
    }
  }

  /// Pairs of a name and a place, as many to a line as there is room for, in columns.
  mutating func cells(_ cells: [(String, String)]) {
    let names = (cells.map(\.0.count).max() ?? 0) + 1
    let width = names + (cells.map(\.1.count).max() ?? 0) + 3
    let perLine = max(1, (columns - 4) / width)
    for start in stride(from: 0, to: cells.count, by: perLine) {
      let row = cells[start..<min(start + perLine, cells.count)].map { name, place in
        pad(pad(name, names) + place, width)
      }
      line(trimmingEnd("    " + row.joined()))
    }
  }

  /// Rows whose columns are as wide as their widest cell, each followed by its notes, indented.
  mutating func table(_ rows: [[String]], rightAligned: Set<Int>, notes: [[String]] = []) {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    for (index, row) in rows.enumerated() {
      let cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return rightAligned.contains(column) ? space + cell : cell + space
      }
      line(trimmingEnd("  " + cells.joined(separator: "  ")))
      if index < notes.count {
        for note in notes[index] { paragraph(note, indent: 6) }
      }
    }
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func trimmingEnd(_ text: String) -> String {
    String(text.reversed().drop { $0 == " " }.reversed())
  }

  /// Lines of at most `width` characters, broken at spaces; a word that is longer is broken too.
  private func wrap(_ text: String, width: Int) -> [String] {
    var result: [String] = []
    var current = ""
    for word in text.split(separator: " ") {
      var rest = word
      if !current.isEmpty, current.count + 1 + rest.count > width {
        result.append(current)
        current = ""
      }
      while rest.count > width {
        result.append(String(rest.prefix(width)))
        rest = rest.dropFirst(width)
      }
      current += (current.isEmpty ? "" : " ") + rest
    }
    return result + (current.isEmpty && !result.isEmpty ? [] : [current])
  }
}
