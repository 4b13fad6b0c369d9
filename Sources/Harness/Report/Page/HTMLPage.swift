/// A report as one HTML file that needs nothing else: no network, no script.
struct HTMLPage {
  var title: String
  var blocks: [ReportBlock]

  /// What tells a report of ours from any other page.
  static let generator = "Optlab harness report"

  /// Read by parsers of HTML and of XML.
  var text: String {
    let contents = blocks.compactMap { block -> Markup? in
      guard case .heading(let level, let text, let anchor) = block, level == 2 else { return nil }
      return .node("a", ["href": "#\(anchor)"], text)
    }
    return "<!DOCTYPE html>\n"
      + Markup.node(
        "html", ["lang": "en", "xmlns": "http://www.w3.org/1999/xhtml"],
        [
          .node(
            "head", [:],
            [
              .node("meta", ["charset": "utf-8"]),
              .node(
                "meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
              .node("meta", ["name": "color-scheme", "content": "light dark"]),
              .node("meta", ["name": "generator", "content": Self.generator]),
              .node("title", [:], title),
              .node("style", [:], HTMLStyle.sheet + "\n" + ChartStyle.sheet),
            ]),
          .node(
            "body", [:],
            [
              .node(
                "main", [:],
                blocks.prefix(leading).flatMap(markup)
                  + (contents.count > 2
                    ? [.node("nav", ["aria-label": "Contents"], contents)] : [])
                  + blocks.dropFirst(leading).flatMap(markup))
            ]),
        ]
      ).xml
  }

  /// The blocks before the first second-level heading; contents follow them.
  private var leading: Int {
    blocks.firstIndex {
      if case .heading(level: 2, _, _) = $0 { true } else { false }
    } ?? blocks.count
  }

  private func markup(_ block: ReportBlock) -> [Markup] {
    switch block {
    case .heading(let level, let text, let anchor):
      [.node("h\(level)", ["id": anchor], text)]
    case .paragraph(let prose): [.node("p", [:], markup(prose))]
    case .list(let items): [.node("ul", [:], items.map { .node("li", [:], markup($0)) })]
    case .notice(let kind, let prose):
      [.node("p", ["class": "notice \(kind.rawValue)", "role": "note"], markup(prose))]
    case .cards(let cards):
      [
        .node(
          "div", ["class": "cards"],
          cards.map { card in
            .node(
              "section", ["class": "card"],
              [
                .node("h3", [:], card.title),
                .node("p", ["class": "large"], card.figure),
                .node("p", [:], markup(card.text)),
              ])
          })
      ]
    case .figure(let figure):
      [
        .node(
          "figure", [:],
          [
            figure.wide.svg(id: figure.name, isFile: false, classes: "wide"),
            figure.narrow.svg(id: "\(figure.name)-narrow", isFile: false, classes: "narrow"),
            .node("figcaption", [:], markup(figure.caption)),
          ])
      ]
    case .table(let table): [markup(table)]
    case .facts(let facts):
      [
        .node(
          "dl", [:],
          facts.flatMap { [.node("dt", [:], $0.name), .node("dd", [:], markup($0.value))] })
      ]
    case .preformatted(let text): [.node("pre", ["tabindex": "0"], text)]
    case .folded(let summary, let blocks):
      [.node("details", [:], [.node("summary", [:], summary)] + blocks.flatMap(markup))]
    }
  }

  private func markup(_ prose: Prose) -> [Markup] {
    prose.pieces.map { piece in
      switch piece {
      case .text(let text): .text(text)
      case .code(let text): .node("code", [:], text)
      case .strong(let text): .node("strong", [:], text)
      }
    }
  }

  private func markup(_ table: ReportTable) -> Markup {
    func classes(_ column: Int) -> String? {
      let names = [
        table.columns[column].alignment == .right ? "number" : nil,
        // A narrow screen has no room for what the implementation's name says as well.
        table.columns[column].title == "language" ? "minor" : nil,
        table.columns[column].title == "notes" ? "notes" : nil,
      ].compactMap(\.self)
      return names.isEmpty ? nil : names.joined(separator: " ")
    }
    let head = table.columns.indices.map { column in
      Markup.node(
        "th", ["scope": "col", "class": classes(column)], table.columns[column].title)
    }
    let bodies = table.groups.map { rows in
      Markup.node(
        "tbody", [:],
        rows.map { row in
          .node(
            "tr", [:],
            row.cells.enumerated().map { column, cell in
              let isTail = column == row.cells.count - 1
              let span = isTail ? table.columns.count - column : 1
              if column == 0 {
                return .node(
                  "th", ["scope": "row"],
                  (row.key.map { [key($0)] } ?? []) + [.node("code", [:], cell)])
              }
              return .node(
                "td",
                [
                  "class": span > 1 ? "tail" : classes(column),
                  "colspan": span > 1 ? "\(span)" : nil,
                ], cell)
            })
        })
    }
    return .node(
      "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": table.caption],
      [
        .node(
          "table", ["class": table.columns.count > 7 ? "broad" : nil],
          [
            .node("caption", [:], table.caption),
            .node("thead", [:], [.node("tr", [:], head)]),
          ] + bodies)
      ])
  }

  /// A little piece of the line that stands for the row in the charts.
  private func key(_ style: SeriesStyle) -> Markup {
    .node(
      "svg",
      [
        "class": "ol key", "viewBox": "0 0 26 12", "width": "26", "height": "12",
        "aria-hidden": "true",
      ],
      [
        .node("path", ["d": "M0 6L26 6", "class": style.lineClasses]),
        style.marker.shape(x: 13, y: 6, classes: style.markerClasses(hollow: false)),
      ])
  }
}
