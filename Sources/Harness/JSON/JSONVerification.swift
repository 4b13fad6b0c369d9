import OptlabBasics
import OptlabLab

/// Checks that `encoding` writes what it was given: every document of `payloads`, then documents
/// made to be difficult from `seed`.
///
/// What it writes must have the bytes of the payload's source, or else be valid JSON in which
/// Foundation's JSONSerialization finds the same values. Members may come in any order.
///
/// - Returns: The number of documents that agreed, or the first that did not.
public func verifyJSON(
  _ encoding: any JSONEncoding, seed: UInt64, payloads: [JSONPayload] = JSONPayload.standard
) -> Verdict {
  var checks = 0
  do throws(Mismatch) {
    for payload in payloads + JSONPayload.difficult(seed: seed) {
      checks += try agreement(of: encoding, on: payload)
    }
    return .passed(checks: checks)
  } catch {
    return .failed(error)
  }
}

/// - Returns: The number of documents in `payload`.
private func agreement(
  of encoding: any JSONEncoding, on payload: JSONPayload
) throws(Mismatch) -> Int {
  let documents: [[UInt8]]
  let unitsPerCall: Int
  do {
    let prepared = try encoding.prepare(payload)
    // Twice in a row, since a buffer that is used again may hold something of the last call.
    prepared.run(1)
    unitsPerCall = prepared.unitsPerCall
    documents = try prepared.documents()
  } catch {
    throw Mismatch(check: payload.id, summary: "cannot be written: \(error)")
  }
  return try agreeing(documents, with: payload, unitsPerCall: unitsPerCall)
}

/// Checks what was written of a payload in one call.
///
/// - Parameter unitsPerCall: what the implementation says that a call writes.
/// - Returns: The number of documents.
func agreeing(
  _ documents: [[UInt8]], with payload: JSONPayload, unitsPerCall: Int
) throws(Mismatch) -> Int {
  guard documents.count == payload.parts.count else {
    throw Mismatch(
      check: payload.id,
      summary: "\(documents.count) documents written, expected \(payload.parts.count)")
  }
  for (number, (document, part)) in zip(documents, payload.parts).enumerated() {
    // Equal bytes have equal values.
    if document == part.json { continue }
    let check = documents.count == 1 ? payload.id : "\(payload.id), document \(number + 1)"
    if let difference = JSONDifference(in: document, from: part.json) {
      throw Mismatch(
        check: check, summary: difference.summary, offset: difference.offset,
        detail: difference.detail)
    }
  }
  let bytes = payload.bytesPerCall(of: documents)
  guard bytes == unitsPerCall else {
    throw Mismatch(
      check: payload.id, summary: "\(unitsPerCall) bytes a call reported, but \(bytes) written")
  }
  return documents.count
}
