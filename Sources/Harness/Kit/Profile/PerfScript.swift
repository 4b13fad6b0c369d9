/// What `perf script` prints, read back.
public struct PerfScript: Sendable, Equatable {
  /// The fields that `perf script` must be asked for, in the argument of its `-F`.
  static let fields = "event,period,ip,sym,symoff,dso"

  /// The event that was sampled, as perf calls it: `cycles:u`, `cpu-clock:u`.
  public var event: String?
  /// In the order of time.
  public var samples: [StackSample] = []

  /// Reads blocks of a line `500500 cpu-clock:u:` and one line a frame, with an empty line between
  /// blocks. A sample without any frame is left out.
  public init(_ text: some StringProtocol) {
    var period: UInt64 = 0
    var frames: [StackSample.Frame] = []
    func finish() {
      if !frames.isEmpty { samples.append(StackSample(frames: frames, period: period)) }
      frames = []
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty {
        finish()
      } else if let frame = Self.frame(line) {
        frames.append(frame)
      } else {
        let words = line.split(separator: " ")
        guard words.count == 2, let count = UInt64(words[0]), words[1].hasSuffix(":") else {
          continue
        }
        finish()
        period = count
        event = String(words[1].dropLast())
      }
    }
    finish()
  }

  /// Reads `<tab> 17c1f1 caes_c_vaes512+0x541 (/path/harness)`.
  private static func frame(_ line: some StringProtocol) -> StackSample.Frame? {
    guard line.first == "\t", line.hasSuffix(")") else { return nil }
    let words = line.dropFirst().drop { $0 == " " }
    guard let space = words.firstIndex(of: " "), UInt64(words[..<space], radix: 16) != nil else {
      return nil
    }
    // A name may hold blanks and parentheses, a path as well: the last " (" parts them.
    var rest = words[words.index(after: space)...].dropLast()[...]
    guard let start = rest.indices.last(where: { rest[$0...].hasPrefix(" (") }) else { return nil }
    let object = String(rest[start...].dropFirst(2))
    rest = rest[..<start]
    var frame = StackSample.Frame()
    if object != "[unknown]" { frame.object = object }
    guard rest != "[unknown]" else { return frame }
    if let plus = rest.lastIndex(of: "+"), rest[plus...].hasPrefix("+0x"),
      let offset = UInt64(rest[plus...].dropFirst(3), radix: 16)
    {
      frame.offset = offset
      rest = rest[..<plus]
    }
    frame.symbol = String(rest)
    return frame
  }
}
