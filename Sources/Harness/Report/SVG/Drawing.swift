import Foundation
import OptlabBasics

/// A picture as SVG text: the canvas of a chart.
///
/// Lengths are in CSS pixels, y grows downwards. Everything is drawn with classes of `ChartStyle`,
/// never with colours, so that a picture follows the reader's dark or light setting.
struct Drawing {
  let width: Double
  let height: Double
  /// What it shows, in one line: for screen readers, and for whoever points at it.
  let title: String
  /// What one sees in it, in a sentence or two, for those who do not.
  let description: String
  private(set) var content: [Markup] = []

  init(width: Double, height: Double, title: String, description: String) {
    self.width = width
    self.height = height
    self.title = title
    self.description = description
  }

  /// Two decimals at most, no exponent, no negative zero: the same text on every machine.
  static func number(_ value: Double) -> String {
    precondition(value.isFinite)
    let hundredths = Int(clamping: (value * 100).rounded())
    let (whole, fraction) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
    var text = (hundredths < 0 ? "-" : "") + "\(whole)"
    if fraction > 0 {
      text +=
        fraction < 10 ? ".0\(fraction)" : fraction % 10 == 0 ? ".\(fraction / 10)" : ".\(fraction)"
    }
    return text
  }

  enum Anchor: String { case start, middle, end }

  mutating func text(
    _ text: String, x: Double, y: Double, _ style: TextStyle, anchor: Anchor = .start,
    also classes: String = ""
  ) {
    content.append(
      .node(
        "text",
        [
          "x": Self.number(x), "y": Self.number(y),
          "class": classes.isEmpty ? style.rawValue : "\(style.rawValue) \(classes)",
          "text-anchor": anchor == .start ? nil : anchor.rawValue,
        ], text))
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ classes: String) {
    content.append(
      .node(
        "line",
        [
          "x1": Self.number(x1), "y1": Self.number(y1), "x2": Self.number(x2),
          "y2": Self.number(y2), "class": classes,
        ]))
  }

  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, _ classes: String, radius: Double = 0
  ) {
    content.append(
      .node(
        "rect",
        [
          "x": Self.number(x), "y": Self.number(y), "width": Self.number(width),
          "height": Self.number(height), "rx": radius > 0 ? Self.number(radius) : nil,
          "class": classes,
        ]))
  }

  mutating func path(_ points: [(x: Double, y: Double)], closed: Bool = false, _ classes: String) {
    guard points.count > 1 else { return }
    let steps = points.map { "\(Self.number($0.x)) \(Self.number($0.y))" }
    content.append(
      .node(
        "path",
        ["d": "M" + steps.joined(separator: "L") + (closed ? "Z" : ""), "class": classes]))
  }

  mutating func marker(_ marker: Marker, x: Double, y: Double, _ classes: String) {
    content.append(marker.shape(x: x, y: y, classes: classes))
  }

  /// Draws a part that says what it is when pointed at.
  mutating func part(tip: String, _ draw: (inout Drawing) -> Void) {
    var inner = Drawing(width: width, height: height, title: title, description: description)
    draw(&inner)
    content.append(.node("g", [:], [.node("title", [:], tip)] + inner.content))
  }

  /// The whole picture.
  ///
  /// - Parameters:
  ///   - id: unique in the document; ties title and description to the picture.
  ///   - isFile: a file of its own brings its style sheet and background.
  ///   - classes: of the root element.
  func svg(id: String, isFile: Bool, classes: String = "") -> Markup {
    let frame = Markup.node(
      "rect",
      ["width": Self.number(width), "height": Self.number(height), "rx": "8", "class": "ol-page"])
    return .node(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": "0 0 \(Self.number(width)) \(Self.number(height))",
        "width": isFile ? Self.number(width) : nil, "height": isFile ? Self.number(height) : nil,
        "class": classes.isEmpty ? "ol" : "ol \(classes)", "role": "img",
        "aria-labelledby": "\(id)-title \(id)-desc",
      ],
      [
        .node("title", ["id": "\(id)-title"], title),
        .node("desc", ["id": "\(id)-desc"], description),
      ] + (isFile ? [.node("style", [:], ChartStyle.sheet)] : []) + [frame] + content)
  }

  /// A file of its own.
  func file(id: String) -> String { svg(id: id, isFile: true).xml }
}
