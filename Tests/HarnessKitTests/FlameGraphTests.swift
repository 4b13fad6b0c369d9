import Foundation
import FoundationXML
import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabLab
@testable import OptlabProfile
@testable import OptlabReport
@testable import OptlabResults

/// The frames of a flame graph, as an XML parser finds them.
private final class DrawnFrames: NSObject, XMLParserDelegate {
  struct Frame {
    var style: String
    var x: Double
    var y: Double
    var width: Double
    var title = ""
    var text = ""
  }

  var frames: [Frame] = []
  private var element = ""
  private var isInFrame = false

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    element = name
    if name == "svg", let style = attributes["class"], style.hasPrefix("frame") {
      isInFrame = true
      func number(_ key: String) -> Double {
        Double((attributes[key] ?? "").filter { $0 != "%" }) ?? .nan
      }
      frames.append(Frame(style: style, x: number("x"), y: number("y"), width: number("width")))
    }
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    guard isInFrame else { return }
    if element == "title" { frames[frames.count - 1].title += text }
    if element == "text" {
      frames[frames.count - 1].text += text
    }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    element = ""
    if name == "svg" { isInFrame = false }
  }
}

@Suite("Flame graphs")
struct FlameGraphTests {
  private func drawn(_ svg: String) throws -> DrawnFrames {
    let parser = XMLParser(data: Data(svg.utf8))
    let frames = DrawnFrames()
    parser.delegate = frames
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    return frames
  }

  private static let stacks = """
    main;run;kernel<A & "B"> 90
    main;run;helper 9
    main;setup 1

    """

  @Test("Widths are shares; a frame lies within its caller, a row above it")
  func geometry() throws {
    let svg = FlameGraph(
      title: "a < b", subtitles: ["100 samples"],
      tree: FlameTree(try FoldedStacks(text: Self.stacks))
    ).svg
    let frames = try drawn(svg).frames
    #expect(frames.map(\.text) == ["all", "main", "run", "helper", "kernel<A & \"B\">", "setup"])
    #expect(frames.map(\.width) == [100, 100, 99, 9, 90, 1])
    #expect(frames.map(\.x) == [0, 0, 0, 0, 9, 99])
    let y = frames.map(\.y)
    #expect(y[0] > y[1] && y[1] > y[2] && y[2] > y[3] && y[3] == y[4] && y[2] == y[5])
    #expect(frames[4].title == "kernel<A & \"B\">: 90.00 %, 90 samples, itself 90.00 %")
    // Hot where the time is spent, pale where it only passes.
    #expect(
      frames.map { $0.style.split(separator: " ")[1] } == [
        "own0", "own0", "own0", "own2", "own4", "own2",
      ])
  }

  @Test("The same samples give the same bytes, in whatever order they came")
  func deterministic() throws {
    let lines = Self.stacks.split(separator: "\n")
    let pictures = try [lines, lines.reversed()].map { lines in
      FlameGraph(
        title: "t", subtitles: [],
        tree: FlameTree(try FoldedStacks(text: lines.joined(separator: "\n")))
      ).svg
    }
    #expect(pictures[0] == pictures[1])
  }

  @Test("Nothing comes from a network")
  func standsAlone() throws {
    let svg = FlameGraph(
      title: "t", subtitles: [], tree: FlameTree(try FoldedStacks(text: Self.stacks))
    ).svg
    let addresses = svg.matches(of: /[a-z]+:\/\/[^"' ]+/).map { String($0.output) }
    // Names of XML's vocabularies, which no browser fetches.
    #expect(
      Set(addresses).isSubset(of: ["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"]))
    for reference in ["href", "@import", "url(", "fetch(", "<image"] {
      #expect(!svg.contains(reference))
    }
  }

  @Test("Two profiles: shares are normalised, what only one has stays visible, red is more")
  func differential() throws {
    let tree = FlameTree(
      DifferentialStacks(
        before: try FoldedStacks(text: "main;old 50\nmain;same 50\n"),
        after: try FoldedStacks(text: "main;new 500\nmain;same 500\n")))
    let frames = try drawn(FlameGraph(title: "d", subtitles: [], tree: tree).svg).frames
    #expect(frames.map(\.text) == ["all", "main", "new", "old", "same"])
    #expect(frames.map(\.width) == [100, 100, 25, 25, 50])
    #expect(
      frames.map { $0.style.split(separator: " ")[1] } == [
        "same", "same", "more3", "less3", "same",
      ])
    #expect(frames[3].title.contains("50 and 0 samples"))
    #expect(frames[3].title.contains("less by 50.00 percentage points"))
  }

  @Test("What is narrower than half a pixel is left out, and shifts nothing")
  func slivers() throws {
    let tree = FlameTree(try FoldedStacks(text: "a 1\nb 99999\n"))
    let frames = try drawn(FlameGraph(title: "s", subtitles: [], tree: tree).svg).frames
    #expect(frames.map(\.text) == ["all", "b"])
    #expect(frames[1].x == 0.001)
  }

  @Test("A call path of 25,000 frames is drawn, alone and in a difference, on a small stack")
  func deep() throws {
    let path = (0..<25_000).map { "f\($0)" }
    let text =
      path.joined(separator: ";") + " 3\n" + path.dropLast().joined(separator: ";") + " 1\n"
    // Threads of tests have 8 MiB or less; this one has as much as the least that Foundation gives.
    let found = OnThread.run(stackSize: 512 << 10) { () -> [String] in
      guard let stacks = try? FoldedStacks(text: text) else { return [] }
      let trees = [
        FlameTree(stacks), FlameTree(DifferentialStacks(before: stacks, after: stacks)),
      ]
      return trees.map { FlameGraph(title: "d", subtitles: [], tree: $0).svg }
    }
    #expect(found.count == 2)
    for svg in found {
      #expect(try drawn(svg).frames.count == 25_001)
      #expect(svg.contains("24900 more"))
    }
  }

  @Test(
    "Names that XML does not admit give a picture all the same",
    arguments: [
      "a\u{FFFE}b", "a\u{FFFF}b", "a\u{0}b", "a\u{1B}[31mb", "a\u{7F}b", "a\u{9B}b", "]]>", "a\rb",
      "a\u{1F}b", "<script>&\"'",
    ])
  func oddNames(name: String) throws {
    var stacks = FoldedStacks()
    stacks.add(["main", name])
    for tree in [
      FlameTree(stacks), FlameTree(DifferentialStacks(before: FoldedStacks(), after: stacks)),
    ] {
      let svg = FlameGraph(title: name, subtitles: [name], tree: tree).svg
      let frames = try drawn(svg).frames
      #expect(frames.count == 3)
      #expect(!svg.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }
  }

  @Test("No samples at all is still a picture")
  func empty() throws {
    let svg = FlameGraph(title: "e", subtitles: [], tree: FlameTree(FoldedStacks())).svg
    #expect(try drawn(svg).frames.count == 1)
  }
}

/// Something done on a thread with a stack of a known size.
private enum OnThread {
  private final class Box<Value>: @unchecked Sendable { var value: Value? }

  static func run<Value>(stackSize: Int, _ body: @escaping @Sendable () -> Value) -> Value {
    let box = Box<Value>()
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      box.value = body()
      done.signal()
    }
    thread.stackSize = stackSize
    thread.start()
    done.wait()
    return box.value!
  }
}
