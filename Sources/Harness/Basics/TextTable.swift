/// Columns aligned with spaces, for a terminal.
public struct TextTable {
  public enum Alignment: Sendable { case left, right }

  public var columns: [(title: String, alignment: Alignment)]
  /// nil is an empty line.
  public private(set) var rows: [[String]?] = []

  public init(_ columns: [(title: String, alignment: Alignment)]) { self.columns = columns }

  /// A row may be shorter than the columns; its last cell then runs on to the right.
  public mutating func add(_ cells: [String]) {
    precondition(cells.count <= columns.count)
    // What comes from outside must not break a row into two.
    rows.append(cells.map(\.printableOnOneLine))
  }

  public var isEmpty: Bool { rows.isEmpty }

  /// An empty line.
  public mutating func addGap() { rows.append(nil) }

  public var text: String {
    var widths = columns.map(\.title.count)
    for case let row? in rows {
      // The last cell of a short row does not make its column wider.
      let counted = row.count < columns.count ? row.dropLast() : row[...]
      for (index, cell) in counted.enumerated() { widths[index] = max(widths[index], cell.count) }
    }
    func line(_ cells: [String]) -> String {
      let padded = cells.enumerated().map { index, cell in
        let padding = String(repeating: " ", count: max(0, widths[index] - cell.count))
        let isTail = index == cells.count - 1 && cells.count < columns.count
        return isTail || columns[index].alignment == .left ? cell + padding : padding + cell
      }
      let joined = padded.joined(separator: "  ")
      return String(joined.reversed().drop { $0 == " " }.reversed())
    }
    return ([line(columns.map(\.title))] + rows.map { $0.map(line) ?? "" })
      .joined(separator: "\n") + "\n"
  }

}
