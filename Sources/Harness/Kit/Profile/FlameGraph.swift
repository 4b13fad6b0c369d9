/// A call tree as a picture: SVG that stands alone, needs no network, and no script but for search
/// and zoom.
///
/// Each frame is an `svg` element of its own, placed in per cent: names are clipped where their
/// frame ends, and the picture fits any width, both without script.
public struct FlameGraph: Sendable {
  public var title: String
  /// Lines below the title; short ones, for narrow windows.
  public var subtitles: [String]
  public var tree: FlameTree

  public init(title: String, subtitles: [String], tree: FlameTree) {
    self.title = title
    self.subtitles = subtitles
    self.tree = tree
  }

  /// What is narrower is left out: half a pixel in a window of a thousand.
  static let smallestShare = 0.0005

  private static let rowHeight = 20
  private static let lineHeight = 18
  /// Between window and frames, left and right.
  private static let margin = "1%"

  /// The same tree gives the same bytes.
  public var svg: String {
    let tools = 40 + Self.lineHeight * subtitles.count
    let top = tools + 36
    let rows = tree.root.depth * Self.rowHeight
    let height = top + rows + 34
    var lines = [
      #"<svg id="flame" xmlns="http://www.w3.org/2000/svg" width="100%" height="\#(height)" "#
        + #"role="group" aria-labelledby="title summary">"#,
      #"<title id="title">\#(Self.escaped(title))</title>"#,
      #"<desc id="summary">\#(Self.escaped(summary))</desc>"#,
      "<style>\(FlameGraphStyle.css)</style>",
      #"<rect class="paper" width="100%" height="100%"/>"#,
      #"<text class="heading" x="\#(Self.margin)" y="24">\#(Self.escaped(title))</text>"#,
    ]
    for (index, line) in subtitles.enumerated() {
      lines.append(
        #"<text class="line" x="\#(Self.margin)" y="\#(44 + Self.lineHeight * index)">"#
          + "\(Self.escaped(line))</text>")
    }
    lines.append(#"<svg id="tools" x="\#(Self.margin)" y="\#(tools)" height="30"/>"#)
    lines.append(
      #"<svg id="frames" x="\#(Self.margin)" y="\#(top)" width="98%" height="\#(rows)">"#)
    append(tree.root, at: 0, depth: 0, bottom: rows - Self.rowHeight, to: &lines)
    lines.append("</svg>")
    lines.append(
      #"<text id="details" class="line" x="\#(Self.margin)" y="\#(top + rows + 20)"> </text>"#)
    lines.append("<script><![CDATA[\n\(FlameGraphStyle.script)]]></script>")
    lines.append("</svg>\n")
    return lines.joined(separator: "\n")
  }

  private func append(
    _ node: FlameTree.Node, at x: Double, depth: Int, bottom: Int, to lines: inout [String]
  ) {
    let narrow = node.share < 0.03 ? " narrow" : ""
    lines.append(
      #"<svg class="frame \#(FlameGraphStyle.colour(of: node))\#(narrow)" role="img" "#
        + #"x="\#(Self.percent(x))" y="\#(bottom - depth * Self.rowHeight)" "#
        + #"width="\#(Self.percent(node.share))" height="\#(Self.rowHeight - 1)">"#
        + "<title>\(Self.escaped(Self.description(node)))</title>"
        + #"<rect width="100%" height="100%"/>"#
        + #"<text x="4" y="14">\#(Self.escaped(node.name))</text></svg>"#)
    var x = x
    for child in node.children {
      if child.share >= Self.smallestShare {
        append(child, at: x, depth: depth + 1, bottom: bottom, to: &lines)
      }
      x += child.share
    }
  }

  /// What a screen reader says of the whole.
  private var summary: String {
    var hottest = tree.root
    var path: [String] = []
    while let next = hottest.children.max(by: { $0.share < $1.share }),
      next.share > hottest.ownShare
    {
      hottest = next
      path.append(next.name)
    }
    return (subtitles + ["The widest call path: \(path.joined(separator: ", "))."])
      .joined(separator: " ")
  }

  private static func description(_ node: FlameTree.Node) -> String {
    var text = "\(node.name): \(share(node.share)), \(node.samples)"
    if node.ownShare > 0 { text += ", itself \(share(node.ownShare))" }
    if let change = node.change {
      text += ", \(change < 0 ? "less" : "more") by \(points(abs(change)))"
    }
    return text
  }

  private static func share(_ value: Double) -> String { "\(value.hundredths(of: 100)) %" }
  private static func points(_ value: Double) -> String {
    "\(value.hundredths(of: 100)) percentage points"
  }

  /// A length, to a ten-thousandth of a per cent.
  private static func percent(_ share: Double) -> String {
    let value = Int((share * 1_000_000).rounded())
    let fraction = String(value % 10_000)
    return "\(value / 10_000).\(String(repeating: "0", count: 4 - fraction.count))\(fraction)%"
  }

  /// Text for XML, in elements and attributes.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case _ where scalar.value < 32: result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Double {
  /// `12.34` for 0.1234 of a hundred.
  fileprivate func hundredths(of whole: Double) -> String {
    let value = Int((self * whole * 100).rounded())
    return "\(value / 100).\(value % 100 < 10 ? "0" : "")\(value % 100)"
  }
}
