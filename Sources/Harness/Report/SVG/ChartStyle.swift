/// Classes of text, each with its size in CSS pixels.
enum TextStyle: String, CaseIterable {
  case title = "ol-title"
  case subtitle = "ol-subtitle"
  case axis = "ol-axis"
  case tick = "ol-tick"
  case name = "ol-name"
  case value = "ol-value"

  var size: Double {
    switch self {
    case .title: 17
    case .subtitle: 13
    case .axis, .tick: 12.5
    case .name, .value: 13
    }
  }

  /// How wide a text may come out, whichever font the reader has: an upper estimate.
  func width(_ text: String) -> Double {
    // Fixed-width fonts take 0.60 to 0.62 of their size a character. Of the proportional ones that a
    // reader may have, DejaVu Sans is the widest; these are its widths, rounded up.
    if self == .name { return Double(text.count) * size * 0.62 }
    let widths = text.reduce(0.0) { $0 + Self.proportionalWidth($1) }
    return widths * size * (self == .title ? 1.1 : 1)
  }

  private static func proportionalWidth(_ character: Character) -> Double {
    switch character {
    case " ", ".", ",", ":", "·", "i", "j", "l", "I", "'": 0.36
    case "f", "r", "t", "(", ")", "/", "-": 0.42
    case "%", "m", "M", "W": 0.98
    case "w": 0.82
    case "A"..."Z": 0.74
    default: 0.64
    }
  }

  /// Lines that are no wider than `width`, broken at spaces.
  func wrap(_ text: String, width: Double) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, self.width("\(last) \(word)") <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}

/// The look of all charts: one sheet, with a light and a dark set of colours.
///
/// No custom properties: converters of SVG do not know them.
enum ChartStyle {
  /// A colour for light and one for dark, each at least 4.5 to 1 against its background, so that a
  /// label may wear it.
  struct Ink {
    var light: String
    var dark: String
  }

  static let page = Ink(light: "#ffffff", dark: "#12161c")
  static let text = Ink(light: "#1c2128", dark: "#e4e9ef")
  static let muted = Ink(light: "#5a6470", dark: "#9aa5b1")
  static let grid = Ink(light: "#e6e9ed", dark: "#262d36")
  static let track = Ink(light: "#eff1f4", dark: "#1d232b")

  /// Hues after Okabe and Ito, whose differences survive the common kinds of colour blindness; dash
  /// and marker say the same again.
  static let series: [(name: String, ink: Ink)] = [
    ("swift", Ink(light: "#b4530a", dark: "#f2a45c")),
    ("c", Ink(light: "#0b62b8", dark: "#64b0ff")),
    ("nasm", Ink(light: "#a81f6a", dark: "#f27fc0")),
    ("openssl", Ink(light: "#0b7555", dark: "#3fcf9f")),
    ("simdjson", Ink(light: "#6644b5", dark: "#b59cff")),
    ("libc", Ink(light: "#626c78", dark: "#98a3af")),
    ("other-1", Ink(light: "#0b6c86", dark: "#45c6e0")),
    ("other-2", Ink(light: "#7a5a14", dark: "#d9b455")),
  ]

  static let sheet: String = {
    var rules = [
      ".ol text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif}",
      ".ol .ol-name{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace}",
      ".ol .ol-value,.ol .ol-tick{font-variant-numeric:tabular-nums}",
      ".ol .ol-title{font-weight:650}",
      ".ol .ol-strong{font-weight:650}",
      ".ol .ol-line{fill:none;stroke-width:1.8;stroke-linejoin:round}",
      ".ol .ol-dash-1{stroke-dasharray:7 3}.ol .ol-dash-2{stroke-dasharray:9 3 2 3}"
        + ".ol .ol-dash-3{stroke-dasharray:2 3}",
      ".ol .ol-band{fill-opacity:.16;stroke:none}",
      ".ol .ol-marker{stroke-width:1.6}",
      ".ol .ol-leader{fill:none;stroke-width:1;stroke-opacity:.45}",
      ".ol .ol-limit{fill:none;stroke-width:1.6;stroke-dasharray:2 4;stroke-linecap:round}",
      ".ol .ol-bar{fill-opacity:.9}.ol .ol-bar-weak{fill-opacity:.45}",
      ".ol .ol-whisker{stroke-width:1.4;fill:none}",
      ".ol .ol-grid{stroke-width:1}",
    ]
    rules += TextStyle.allCases.map {
      ".ol .\($0.rawValue){font-size:\(Drawing.number($0.size))px}"
    }
    rules += colours { $0.light }
    rules.append(
      "@media (prefers-color-scheme:dark){" + colours { $0.dark }.joined(separator: "\n") + "}")
    return rules.joined(separator: "\n")
  }()

  private static func colours(_ of: (Ink) -> String) -> [String] {
    var rules = [
      ".ol .ol-page{fill:\(of(page))}",
      ".ol text{fill:\(of(text))}",
      ".ol .ol-subtitle,.ol .ol-axis,.ol .ol-tick{fill:\(of(muted))}",
      ".ol .ol-grid{stroke:\(of(grid))}",
      ".ol .ol-track{fill:\(of(track))}",
      ".ol .ol-limit,.ol .ol-whisker{stroke:\(of(text))}",
      ".ol .ol-hollow{fill:\(of(page))}",
    ]
    for (name, ink) in series {
      let colour = of(ink)
      rules.append(
        ".ol .ol-s-\(name).ol-line,.ol .ol-s-\(name).ol-marker,.ol .ol-s-\(name).ol-leader"
          + "{stroke:\(colour)}")
      rules.append(
        ".ol .ol-s-\(name).ol-solid,.ol .ol-s-\(name).ol-band,.ol .ol-s-\(name).ol-bar,"
          + ".ol text.ol-s-\(name){fill:\(colour)}")
    }
    return rules
  }
}

/// What tells the lines of a chart apart, by colour and without.
enum Marker: Int, CaseIterable {
  case circle, square, diamond, triangle, wedge, cross

  func shape(x: Double, y: Double, classes: String) -> Markup {
    func path(_ steps: [(Double, Double)], closed: Bool = true) -> Markup {
      let points = steps.map { "\(Drawing.number(x + $0.0)) \(Drawing.number(y + $0.1))" }
      return .node(
        "path",
        ["d": "M" + points.joined(separator: "L") + (closed ? "Z" : ""), "class": classes])
    }
    switch self {
    case .circle:
      return .node(
        "circle",
        ["cx": Drawing.number(x), "cy": Drawing.number(y), "r": "3.6", "class": classes])
    case .square: return path([(-3.2, -3.2), (3.2, -3.2), (3.2, 3.2), (-3.2, 3.2)])
    case .diamond: return path([(0, -4.6), (4.6, 0), (0, 4.6), (-4.6, 0)])
    case .triangle: return path([(0, -4.4), (4.4, 3.4), (-4.4, 3.4)])
    case .wedge: return path([(0, 4.4), (4.4, -3.4), (-4.4, -3.4)])
    case .cross:
      return .node(
        "path",
        [
          "d": "M\(Drawing.number(x - 3.4)) \(Drawing.number(y - 3.4))L\(Drawing.number(x + 3.4)) "
            + "\(Drawing.number(y + 3.4))M\(Drawing.number(x + 3.4)) \(Drawing.number(y - 3.4))"
            + "L\(Drawing.number(x - 3.4)) \(Drawing.number(y + 3.4))", "class": classes,
        ])
    }
  }
}

/// How one implementation looks in every chart of a report.
struct SeriesStyle: Equatable {
  var colour: String
  /// 0 is a whole line.
  var dash: Int
  var marker: Marker

  var lineClasses: String { "ol-line ol-s-\(colour)" + (dash > 0 ? " ol-dash-\(dash)" : "") }
  func markerClasses(hollow: Bool) -> String {
    "ol-marker ol-s-\(colour) \(hollow ? "ol-hollow" : "ol-solid")"
  }

  /// Colour and dash by language, marker by technique: `c-vaes512` and `asm-vaes512` share the
  /// marker, and each shares its colour with its own language.
  ///
  /// - Parameter implementations: id and language, in the order of the tables; a language that is
  ///   not known takes the next of the colours that are left.
  static func assign(_ implementations: [(id: String, language: String)]) -> [String: SeriesStyle] {
    let known = ["Swift": 0, "C": 0, "NASM": 1, "OpenSSL": 2, "simdjson": 2, "libc": 3]
    var others: [String] = []
    var techniques: [String] = []
    var styles: [String: SeriesStyle] = [:]
    for (id, language) in implementations {
      let colour: String
      if known[language] != nil {
        colour = language.lowercased()
      } else {
        if !others.contains(language) { others.append(language) }
        colour = "other-\(others.firstIndex(of: language)! % 2 + 1)"
      }
      let technique = id.split(separator: "-", maxSplits: 1).last.map(String.init) ?? id
      if !techniques.contains(technique) { techniques.append(technique) }
      let marker = techniques.firstIndex(of: technique)! % Marker.allCases.count
      styles[id] = SeriesStyle(
        colour: colour, dash: known[language] ?? (others.firstIndex(of: language)! + 1) % 4,
        marker: Marker.allCases[marker])
    }
    return styles
  }
}
