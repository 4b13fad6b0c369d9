import Foundation
import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabMeasure
@testable import OptlabReport
@testable import OptlabResults
@testable import OptlabStatistics

@Suite("Charts")
struct ChartTests {
  @Test("Numbers in pictures have two decimals at most, and no negative zero")
  func numbers() {
    let texts = [0, -0.001, 1, 1.005, 12.5, -3.25, 1e6, 0.1 + 0.2].map(Drawing.number)
    #expect(texts == ["0", "0", "1", "1", "12.5", "-3.25", "1000000", "0.3"])
    #expect(Drawing.number(2.04) == "2.04")
  }

  @Test(
    "Linear ticks are round, start at 0 and end at or above the largest value",
    arguments: [
      (6.29, [0, 2, 4, 6, 8]), (1, [0, 0.5, 1]), (0.031, [0, 0.01, 0.02, 0.03, 0.04]),
      (100, [0, 50, 100]), (0, [0, 1]),
    ] as [(Double, [Double])])
  func linearTicks(most: Double, expected: [Double]) {
    let ticks = Axis.linearTicks(upTo: most, count: 4)
    #expect(ticks.map { (1e9 * $0).rounded() } == expected.map { (1e9 * $0).rounded() })
  }

  @Test("Logarithmic ticks: 1, 2, 5, or powers of ten alone over many of them")
  func logarithmicTicks() {
    let few = Axis.logarithmicTicks(in: 0.04...25, count: 14)
    #expect(few.map(Axis.label) == ["0.05", "0.1", "0.2", "0.5", "1", "2", "5", "10", "20"])
    let many = Axis.logarithmicTicks(in: 0.001...100_000, count: 12)
    #expect(
      many.map(Axis.label)
        == ["0.001", "0.01", "0.1", "1", "10", "100", "1000", "10000", "100000"])
  }

  @Test("An axis puts its ends at its ends, and the middle of the logarithms in the middle")
  func places() {
    let axis = Axis(scale: .logarithmic, domain: 1...100, start: 200, end: 0)
    #expect(axis.place(1) == 200 && axis.place(100) == 0 && abs(axis.place(10) - 100) < 1e-9)
    #expect(axis.place(1000) == 0, "what lies outside stays at the edge")
    let point = Axis(scale: .linear, domain: 5...5, start: 0, end: 10)
    #expect(point.place(5) == 5)
  }

  @Test("Labels keep their distance and the range, and stay as near to their wishes as they can")
  func spread() {
    let wishes = [50.0, 51, 52, 200, 10]
    let places = LabelLayout.spread(wishes, distance: 18, in: 0...300)
    #expect(places[3] == 200 && places[4] == 10)
    #expect(places[1] == 51)
    #expect(abs(places[0] - 33) < 1e-9 && abs(places[2] - 69) < 1e-9)

    var random = SeededGenerator(seed: 5)
    for _ in 0..<200 {
      let wishes = (0..<12).map { _ in Double(random.below(300)) }
      let places = LabelLayout.spread(wishes, distance: 18, in: 0...300).sorted()
      for (above, below) in zip(places, places.dropFirst()) { #expect(below - above > 18 - 1e-9) }
      #expect(places.first! >= -1e-9 && places.last! <= 300 + 1e-9)
    }
  }

  @Test("Colour and dash follow the language, the marker follows the technique")
  func styles() throws {
    let styles = SeriesStyle.assign([
      ("swift-table", "Swift"), ("c-vaes512", "C"), ("asm-vaes512", "NASM"), ("c-aesni", "C"),
      ("openssl", "OpenSSL"), ("mine", "Zig"),
    ])
    let c = try #require(styles["c-vaes512"])
    let asm = try #require(styles["asm-vaes512"])
    let aesni = try #require(styles["c-aesni"])
    #expect(c.marker == asm.marker && c.colour != asm.colour && c.dash != asm.dash)
    #expect(c.colour == aesni.colour && c.marker != aesni.marker)
    let colours = Set(ChartStyle.series.map(\.name))
    #expect(styles.values.allSatisfy { colours.contains($0.colour) })
  }

  /// The contrast of two colours, 1 to 21.
  ///
  /// Source: Web Content Accessibility Guidelines 2.2, definition of contrast ratio.
  private func contrast(_ one: String, _ other: String) -> Double {
    func luminance(_ colour: String) -> Double {
      let number = Int(colour.dropFirst(), radix: 16)!
      let parts = [16, 8, 0].map { shift -> Double in
        let part = Double(number >> shift & 255) / 255
        return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
    let (low, high) = [luminance(one), luminance(other)].sorted().bounds
    return (high + 0.05) / (low + 0.05)
  }

  @Test("Every colour that text wears can be read, in light and in dark")
  func contrasts() {
    for ink in ChartStyle.series.map(\.ink) + [ChartStyle.text, ChartStyle.muted] {
      #expect(contrast(ink.light, ChartStyle.page.light) >= 4.5)
      #expect(contrast(ink.dark, ChartStyle.page.dark) >= 4.5)
    }
    #expect(contrast("#777777", "#ffffff") < 4.5, "the check can fail")
  }

  /// With noise, rows are marked, and their shares of the limit are left out.
  @Test(
    "No text covers another, and none leaves the picture",
    arguments: [1040.0, 348], [(noise: 0.4, most: 40), (noise: 0.05, most: 100)])
  func overlaps(width: Double, run of: (noise: Double, most: Int)) throws {
    let run = RunReport(try ReportTests.run(noise: of.noise))
    let workloads = run.run.rows.map(\.address.workload).uniqued(by: \.self)
    var labels = 0
    for workload in workloads {
      let charts = WorkloadCharts(
        workload: workload, rows: run.run.rows.filter { $0.address.workload == workload },
        report: run)
      for figure in charts.figures {
        let drawing = width > 700 ? figure.wide : figure.narrow
        let boxes = XMLCheck.labels(in: drawing.file(id: "x")).map { box($0) }
        labels += boxes.count
        for (index, one) in boxes.enumerated() {
          #expect(
            one.x.lowerBound >= 0 && one.x.upperBound <= drawing.width
              && one.y.lowerBound >= 0 && one.y.upperBound <= drawing.height,
            "\(figure.name): '\(one.text)' leaves the picture")
          for other in boxes.dropFirst(index + 1)
          where one.x.overlaps(other.x) && one.y.overlaps(other.y) {
            Issue.record("\(figure.name): '\(one.text)' covers '\(other.text)'")
          }
        }
      }
    }
    #expect(labels > of.most)
  }

  private func box(
    _ label: XMLCheck.Label
  ) -> (text: String, x: ClosedRange<Double>, y: ClosedRange<Double>) {
    let style = TextStyle.allCases.first { label.classes.contains($0.rawValue) }!
    let width = style.width(label.text)
    let left =
      switch label.anchor {
      case "end": label.x - width
      case "middle": label.x - width / 2
      default: label.x
      }
    // Letters reach from about 0.75 of their size above the line to 0.2 below it.
    return (
      label.text, left...left + width, label.y - 0.75 * style.size...label.y + 0.2 * style.size
    )
  }
}

extension [Double] {
  fileprivate var bounds: (Double, Double) { (first!, last!) }
}
