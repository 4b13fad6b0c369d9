import OptlabBasics

/// What a report consists of, before it becomes HTML or Markdown.
indirect enum ReportBlock {
  case heading(level: Int, String, anchor: String)
  case paragraph(Prose)
  case list([Prose])
  /// Something that a reader must not miss.
  case notice(Notice, Prose)
  /// The findings in large type.
  case cards([Card])
  case figure(Figure)
  case table(ReportTable)
  /// Names with what is to be said of them.
  case facts([(name: String, value: Prose)])
  case preformatted(String)
  /// What only some readers want to see.
  case folded(summary: String, [ReportBlock])

  enum Notice: String {
    /// Figures are missing or wrong.
    case alarm
    /// Figures are less certain than they could be.
    case caution
  }

  struct Card {
    var title: String
    var figure: String
    var text: Prose
  }

  /// A picture, in two widths.
  struct Figure {
    /// Of its file, without the extension.
    var name: String
    var wide: Drawing
    var narrow: Drawing
    /// How it is read.
    var caption: Prose
  }
}

/// A table whose rows stand in groups.
struct ReportTable {
  struct Row {
    /// May be shorter than the columns; the last cell then runs on to the right.
    var cells: [String]
    /// How the row's implementation looks in the charts.
    var key: SeriesStyle?
  }

  var caption: String
  var columns: [(title: String, alignment: TextTable.Alignment)]
  var groups: [[Row]]

  /// The terminal's table, with the keys of the charts.
  ///
  /// - Parameter styles: by what stands in the first column.
  init(_ table: TextTable, caption: String, styles: [String: SeriesStyle] = [:]) {
    self.caption = caption
    columns = table.columns
    groups = table.rows.split(separator: nil).map { group in
      group.compactMap(\.self).map { cells in
        Row(cells: cells, key: cells.first.flatMap { styles[$0] })
      }
    }
  }
}
