import OptlabBasics

extension TextTable {
  /// The same as a table of GitHub Flavored Markdown (section 4.10), which knows no gaps. The last
  /// cell of a short row stands in the last column, the one for words.
  public var markdown: String {
    func line(_ cells: [String]) -> String {
      "| " + cells.map(MarkdownPage.escaped).joined(separator: " | ") + " |\n"
    }
    let rule = columns.map { $0.alignment == .right ? "---:" : "---" }
    return line(columns.map(\.title)) + line(rule)
      + rows.compactMap(\.self).map { cells in
        let gap = Array(repeating: "", count: columns.count - cells.count)
        return line(cells.dropLast() + gap + cells.suffix(1))
      }.joined()
  }
}
