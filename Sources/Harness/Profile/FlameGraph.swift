import OptlabReport

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

  /// Frames of the path that a screen reader is given.
  private static let mostSpoken = 100

  private static let rowHeight = 20
  private static let lineHeight = 18
  /// Between window and frames, left and right.
  private static let margin = "1%"

  /// The same tree gives the same bytes.
  public var svg: String {
    let tools = 40 + Self.lineHeight * subtitles.count
    let top = tools + 36
    let rows = tree.depth * Self.rowHeight
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
    appendFrames(bottom: rows - Self.rowHeight, to: &lines)
    lines.append("</svg>")
    lines.append(
      #"<text id="details" class="line" x="\#(Self.margin)" y="\#(top + rows + 20)"> </text>"#)
    lines.append("<script><![CDATA[\n\(FlameGraphStyle.script)]]></script>")
    lines.append("</svg>\n")
    return lines.joined(separator: "\n")
  }

  /// A frame, then all that it calls. A call path can be deeper than the stack would bear to be walked
  /// by recursion.
  private func appendFrames(bottom: Int, to lines: inout [String]) {
    var waiting = [(node: 0, x: 0.0)]
    while let (index, x) = waiting.popLast() {
      let node = tree.nodes[index]
      let narrow = node.share < 0.03 ? " narrow" : ""
      lines.append(
        #"<svg class="frame \#(FlameGraphStyle.colour(of: node))\#(narrow)" role="img" "#
          + #"x="\#(Self.percent(x))" y="\#(bottom - node.level * Self.rowHeight)" "#
          + #"width="\#(Self.percent(node.share))" height="\#(Self.rowHeight - 1)">"#
          + "<title>\(Self.escaped(Self.description(node)))</title>"
          + #"<rect width="100%" height="100%"/>"#
          + #"<text x="4" y="14">\#(Self.escaped(node.name))</text></svg>"#)
      var place = x
      var callees: [(node: Int, x: Double)] = []
      for child in node.children {
        let share = tree.nodes[child].share
        if share >= Self.smallestShare { callees.append((child, place)) }
        place += share
      }
      waiting += callees.reversed()
    }
  }

  /// What a screen reader says of the whole.
  private var summary: String {
    var hottest = tree.root
    var path: [String] = []
    while let next = hottest.children.map({ tree.nodes[$0] }).max(by: { $0.share < $1.share }),
      next.share > hottest.ownShare
    {
      hottest = next
      path.append(next.name)
    }
    // Of a path that nobody would listen to the end of, both ends.
    if path.count > Self.mostSpoken {
      let half = Self.mostSpoken / 2
      path.replaceSubrange(
        half..<path.count - half, with: ["\(path.count - 2 * half) more"])
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
  private static func escaped(_ text: String) -> String { Markup.escaped(text) }
}

extension Double {
  /// `12.34` for 0.1234 of a hundred.
  fileprivate func hundredths(of whole: Double) -> String {
    let value = Int((self * whole * 100).rounded())
    return "\(value / 100).\(value % 100 < 10 ? "0" : "")\(value % 100)"
  }
}
