/// Running text with names in it that are set in a fixed-width font: `"of \(code: "memcpy")"`.
struct Prose: ExpressibleByStringInterpolation, Equatable {
  enum Piece: Equatable {
    case text(String)
    case code(String)
    case strong(String)
  }

  var pieces: [Piece]

  init(stringLiteral value: String) { pieces = value.isEmpty ? [] : [.text(value)] }
  init(_ text: String) { self.init(stringLiteral: text) }
  init(stringInterpolation: StringInterpolation) { pieces = stringInterpolation.pieces }

  /// Text in which what stands between backticks is code.
  init(marked text: String) {
    pieces = text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { !$0.element.isEmpty }
      .map { $0.offset % 2 == 0 ? .text(String($0.element)) : .code(String($0.element)) }
  }

  /// Without any marks.
  var plain: String {
    pieces.map { piece in
      switch piece {
      case .text(let text), .code(let text), .strong(let text): text
      }
    }.joined()
  }

  static func + (left: Prose, right: Prose) -> Prose {
    var sum = left
    sum.pieces += right.pieces
    return sum
  }

  /// Prose with something between each two.
  static func joined(_ parts: [Prose], separator: Prose) -> Prose {
    parts.dropFirst().reduce(parts.first ?? "") { $0 + separator + $1 }
  }

  struct StringInterpolation: StringInterpolationProtocol {
    var pieces: [Piece] = []

    init(literalCapacity: Int, interpolationCount: Int) {}

    mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { pieces.append(.text(literal)) }
    }
    mutating func appendInterpolation(_ text: String) { pieces.append(.text(text)) }
    mutating func appendInterpolation(_ number: Int) { pieces.append(.text("\(number)")) }
    mutating func appendInterpolation(_ prose: Prose) { pieces += prose.pieces }
    mutating func appendInterpolation(code: String) { pieces.append(.code(code)) }
    mutating func appendInterpolation(strong: String) { pieces.append(.strong(strong)) }
  }
}
