import OptlabBasics
import OptlabMeasure

/// One way to write JSON, as the lab calls it.
public protocol JSONEncoding: Sendable {
  /// What a call hands back: `fresh Data`, or `reused buffer`.
  var returns: String { get }

  /// Makes the encoder and the library's own form of the payload's values, which is not timed.
  func prepare(_ payload: JSONPayload) throws -> any PreparedEncoding
}

/// A payload made ready for one JSON implementation.
public protocol PreparedEncoding: CheckedCase {
  var payload: JSONPayload { get }

  /// What one call writes: one document a part of the payload, whatever the number of its repeats.
  func documents() throws -> [[UInt8]]

  /// What all calls wrote so far: kept so that no call can be left out, and looked at afterwards.
  var tally: WrittenTally { get set }

  /// What the last call left: the document that it wrote last, in the very bytes; nil after
  /// ``forget()``.
  var lastDocument: [UInt8]? { get }

  /// Drops or empties what the last call left.
  func forget()
}

/// Bytes that calls have written.
public struct WrittenTally {
  /// Modulo 2^64.
  public var bytes = 0
  fileprivate var before = 0
}

extension PreparedEncoding {
  /// The values are the payload's, and stay.
  public func renew(_ seed: UInt64) {
    forget()
    tally.before = tally.bytes
  }

  /// Every call has written so many bytes as one writes, and what the last one left are the values of
  /// the last document: by its bytes where they are those of the source, or else by its values, which
  /// takes its time.
  public func check(calls: Int, thoroughly: Bool) throws(Mismatch) {
    let written = tally.bytes &- tally.before
    guard written == calls &* unitsPerCall else {
      throw Mismatch(
        check: Mismatch.timedCalls,
        summary: "\(calls) calls wrote \(written) bytes, and one writes \(unitsPerCall)")
    }
    guard let last = lastDocument, let part = payload.parts.last else {
      throw Mismatch(check: Mismatch.timedCalls, summary: "the last call left no document")
    }
    if last == part.json { return }
    guard thoroughly, let difference = JSONDifference(in: last, from: part.json) else { return }
    throw Mismatch(
      check: Mismatch.timedCalls, summary: difference.summary, offset: difference.offset,
      detail: difference.detail)
  }
}
