import Foundation
import Testing

@testable import OptlabAES
@testable import OptlabBasics
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabMeasure
@testable import OptlabProfile
@testable import OptlabReport
@testable import OptlabResults
@testable import OptlabStatistics

@Suite("Files and reports that are replaced")
struct ReplacedFileTests {
  /// A folder of its own for each test.
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "optlab-replaced-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String {
    folder.appending(path: name).path(percentEncoded: false)
  }

  private func mode(_ name: String) -> mode_t {
    var status = stat()
    return stat(path(name), &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }

  private func names(_ folder: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
  }

  @Test("A file keeps its permissions", arguments: [0o640, 0o600, 0o644, 0o755, 0o666] as [mode_t])
  func permissions(_ old: mode_t) throws {
    try AtomicFile.write("old".utf8, to: path("file"))
    chmod(path("file"), old)
    try AtomicFile.write("new".utf8, to: path("file"))
    #expect(mode("file") == old)
    #expect(try text("file") == "new" && names() == ["file"])
  }

  @Test("A file keeps owner and group, as far as this process may set them")
  func owner() throws {
    try AtomicFile.write("old".utf8, to: path("file"))
    let isRoot = getuid() == 0
    if isRoot { chown(path("file"), 12, 34) }
    try AtomicFile.write("new".utf8, to: path("file"))
    var status = stat()
    #expect(stat(path("file"), &status) == 0)
    #expect((status.st_uid, status.st_gid) == (isRoot ? (12, 34) : (getuid(), getgid())))
  }

  @Test(
    "Behind a link, and a link to a link, that points to nothing yet",
    arguments: ["target", "below/target", "/target"])
  func links(_ target: String) throws {
    try FileManager.default.createDirectory(
      atPath: path("below"), withIntermediateDirectories: false)
    let manager = FileManager.default
    let isAbsolute = target.hasPrefix("/")
    let destination = isAbsolute ? path(String(target.dropFirst())) : target
    try manager.createSymbolicLink(atPath: path("one"), withDestinationPath: destination)
    try manager.createSymbolicLink(atPath: path("below/two"), withDestinationPath: "../one")
    try AtomicFile.check(path("below/two"))
    for words in ["first", "second"] {
      try AtomicFile.write(words.utf8, to: path("below/two"))
      #expect(try text(isAbsolute ? String(target.dropFirst()) : target) == words)
      #expect(try manager.destinationOfSymbolicLink(atPath: path("below/two")) == "../one")
      #expect(try manager.destinationOfSymbolicLink(atPath: path("one")) == destination)
    }
  }

  @Test("Links in a circle are an error, and stay")
  func circle() throws {
    let manager = FileManager.default
    try manager.createSymbolicLink(atPath: path("a"), withDestinationPath: "b")
    try manager.createSymbolicLink(atPath: path("b"), withDestinationPath: "a")
    #expect(throws: AtomicFile.Failure.self) { try AtomicFile.write("new".utf8, to: path("a")) }
    #expect(try names() == ["a", "b"])
  }

  @Test(
    "The name of an open descriptor is no file's name, whichever way it leads there",
    arguments: [
      "/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/", "/proc/self/root/proc/self/fd/",
      "/proc/self/fd/../fd/", "link/",
    ])
  func descriptor(_ way: String) throws {
    try AtomicFile.write("old".utf8, to: path("file"))
    try FileManager.default.createSymbolicLink(
      atPath: path("link"), withDestinationPath: "/proc/self/fd")
    let file = open(path("file"), O_WRONLY | O_APPEND | O_CLOEXEC)
    defer { close(file) }
    let name = (way == "link/" ? path(way) : way) + "\(file)"
    try FileManager.default.createSymbolicLink(atPath: path("named"), withDestinationPath: name)
    for name in [name, path("named")] {
      for act in [{ try AtomicFile.check(name) }, { try AtomicFile.write("new".utf8, to: name) }] {
        let failure = #expect(throws: AtomicFile.Failure.self) { try act() }
        #expect(failure?.path == name && failure?.reason.hasSuffix("name another file") == true)
      }
    }
    _ = write(file, "er", 2)
    #expect(try text("file") == "older" && names() == ["file", "link", "named"])
  }

  @Test("A write-protected file is not replaced")
  func protected() throws {
    try AtomicFile.write("old".utf8, to: path("file"))
    chmod(path("file"), 0o444)
    guard getuid() != 0 else { return }  // to whom nothing is protected
    #expect(throws: AtomicFile.Failure.self) { try AtomicFile.check(path("file")) }
    #expect(throws: AtomicFile.Failure.self) { try AtomicFile.write("new".utf8, to: path("file")) }
    #expect(try text("file") == "old" && names() == ["file"])
  }

  @Test("The longest name that a folder takes")
  func longName() throws {
    let name = String(repeating: "n", count: 255)
    try AtomicFile.check(path(name))
    try AtomicFile.write("new".utf8, to: path(name))
    #expect(try names() == [name])
  }

  @Test("Many that write one file at once: one of them is there, whole, and nothing else")
  func atOnce() async throws {
    let file = path("file")
    await withTaskGroup { group in
      for one in 0..<16 {
        group.addTask {
          try? AtomicFile.write(repeatElement(UInt8(65 + one), count: 100_000), to: file)
        }
      }
    }
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
    #expect(bytes.count == 100_000 && Set(bytes).count == 1)
    #expect(try names() == ["file"])
  }

  // MARK: Reports

  private func report() throws -> Report {
    Report([Report.Source(name: "x", record: try SyntheticRun.everyOutcome())])
  }

  @Test(
    "A report keeps its folder's link and permissions, and its pages'", arguments: [true, false])
  func report(behindLink: Bool) throws {
    if behindLink {
      try FileManager.default.createSymbolicLink(
        atPath: path("out"), withDestinationPath: "there")
    }
    try ReportFolder.write(report(), to: path("out"))
    let real = behindLink ? "there" : "out"
    #expect(try names() == (behindLink ? ["out", "there"] : ["out"]))
    chmod(path(real), 0o750)
    chmod(path("\(real)/index.html"), 0o600)
    try ReportFolder.write(report(), to: path("out") + "/")
    #expect(mode(real) == 0o750 && mode("\(real)/index.html") == 0o600)
    #expect(try names() == (behindLink ? ["out", "there"] : ["out"]))
    if behindLink {
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path("out")) == "there")
    }
  }

  @Test("Runs of one second have a report each")
  func sameSecond() throws {
    let record = try SyntheticRun.everyOutcome()
    let home = path("reports")
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: false)
    let paths = try (0..<4).map { _ in try ReportFolder.write(record, in: home) }
    let name = ReportFolder.name(record)
    #expect(paths == ["", "-2", "-3", "-4"].map { "\(home)/\(name)\($0)" })
    #expect(try names("reports").count == 4)
    // A file is in the way of none.
    try AtomicFile.write("old".utf8, to: "\(home)/\(name)-5")
    #expect(try ReportFolder.write(record, in: home) == "\(home)/\(name)-6")
    #expect(try text("reports/\(name)-5") == "old")
    for path in paths { #expect(throws: Never.self) { try ResultFile.read("\(path)/result.json") } }
  }

  @Test("Runs of one second, all at once")
  func sameSecondAtOnce() async throws {
    let record = try SyntheticRun.everyOutcome()
    let home = path("reports")
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: false)
    let paths = await withTaskGroup(of: String?.self) { group in
      for _ in 0..<8 { group.addTask { try? ReportFolder.write(record, in: home) } }
      return await group.reduce(into: Set<String>()) { if let path = $1 { $0.insert(path) } }
    }
    #expect(paths.count == 8)
    #expect(try names("reports").count == 8)
  }
}
