/// What a runner program did wrong: each kind in words of its own.
public struct RunnerFailure: Error, Equatable, CustomStringConvertible {
  public enum Kind: Equatable, Sendable {
    /// The system's words.
    case notStarted(String)
    /// How the process ended, and what it had written to standard error last.
    case ended(String, lastWords: String)
    /// Seconds that it was given.
    case late(Double)
    /// The run was interrupted, and it did not answer soon after.
    case interrupted
    /// It speaks another version of the protocol: its own words.
    case otherVersion(String)
    /// A line that is no answer to the request.
    case nonsense(String)
    /// What it has to offer cannot be offered: why.
    case badOffer(String)
    /// A line, or an answer, that has no end: bytes until then.
    case endless(Int)
    /// A line without a request: after an answer's end, or before any request.
    case unasked(String)
    /// Its own words in an `error` line.
    case refused(String)
    /// It counts other bytes a call than the case has.
    case wrongByteCount(Int, expected: Int)
    /// Nanoseconds that it says it took, and that the whole request took here.
    case impossibleTime(Int64, within: Int64)
    /// More or fewer outputs than the case has.
    case wrongOutputCount(Int, expected: Int)
  }

  /// The first word of the request: `hello`, `prepare`, `verify`, `run`.
  public var request: String
  public var kind: Kind

  /// In one line.
  public var description: String {
    switch kind {
    case .notStarted(let reason): "cannot be started: \(reason)"
    case .ended(let how, let words):
      "the runner ended (\(how)) before it answered '\(request)'"
        + (words.isEmpty ? "" : "; its last words: \(words)")
    case .late(let seconds): "no answer to '\(request)' within \(Self.text(seconds)) s"
    case .interrupted: "interrupted: the runner was ended before it answered '\(request)'"
    case .otherVersion(let words):
      "the runner speaks '\(words)', and this harness 'runner \(RunnerProcess.version)'"
    case .nonsense(let line): "'\(line)' is no answer to '\(request)'"
    case .badOffer(let why): "the answer to '\(request)': \(why)"
    case .endless(let bytes): "the answer to '\(request)' does not end: \(bytes) bytes so far"
    case .unasked(let line): "'\(line)' came without a request, before '\(request)'"
    case .refused(let reason): "the runner refuses '\(request)': \(reason)"
    case .wrongByteCount(let bytes, let expected):
      "the runner counts \(bytes) bytes a call, expected \(expected)"
    case .impossibleTime(let ns, let within):
      "the runner says that 'run' took \(ns) ns; the whole request took \(within) ns"
    case .wrongOutputCount(let count, let expected):
      "\(count) outputs in the answer to '\(request)', expected \(expected)"
    }
  }

  private static func text(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
  }
}
