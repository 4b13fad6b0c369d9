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
    // A path may hold blanks and parentheses; a name that is not demangled holds none.
    var rest = words[words.index(after: space)...].dropLast()[...]
    guard let bracket = rest.firstRange(of: " (") else { return nil }
    let object = String(rest[bracket.upperBound...])
    rest = rest[..<bracket.lowerBound]
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
