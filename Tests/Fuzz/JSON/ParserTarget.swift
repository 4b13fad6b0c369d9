// libFuzzer's target for JSONDocument's parser: any bytes, against the plain parser of the lab.
// Built by .ci/fuzz-json in one module with FastJSON's sources.

import Foundation

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzParser(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
  let document: JSONDocument?
  do throws(JSONParsingError) {
    document = try JSONDocument(parsing: bytes, depth: JSONParser.deepest)
  } catch {
    guard (0...size).contains(error.offset), error.line >= 1, error.column >= 1 else {
      fail("an error at byte \(error.offset) of \(size)", bytes)
    }
    document = nil
  }
  do throws(JSONSyntaxError) {
    let reference = try JSONParser.parse(bytes)
    guard let document else { fail("refused, but it is JSON", bytes) }
    // Numbers beyond 64 bits keep their text, where the reference takes the nearest double.
    let output = write(document, bytes)
    if !holdsNumberText(document.root), output != reference.text {
      fail("other values than the reference: \(String(decoding: output, as: UTF8.self))", bytes)
    }
    // What was written is JSON, and is written again as it is.
    guard let again = try? JSONDocument(parsing: output), write(again, bytes) == output else {
      fail("written as what is not read again: \(String(decoding: output, as: UTF8.self))", bytes)
    }
  } catch {
    // The reference refuses keys that come twice and numbers beyond doubles; the document takes them.
    let isStricter = ["comes twice", "range of doubles"].contains { error.reason.contains($0) }
    if !isStricter, document != nil { fail("taken, but it is no JSON: \(error)", bytes) }
  }
  return 0
}

private func holdsNumberText(_ value: JSONDocument.Value) -> Bool {
  value.numberText != nil || value.elements.contains(where: holdsNumberText)
    || value.members.contains { holdsNumberText($0.value) }
}

/// With room for all of it, and into a buffer that must grow or is emptied into a sink.
private func write(_ document: JSONDocument, _ bytes: [UInt8]) -> [UInt8] {
  do {
    var buffer = JSONBuffer(capacity: 0)
    try buffer.write(document)
    let whole = [UInt8](buffer)
    buffer.reset()
    var pieces: [UInt8] = []
    try buffer.stream(document) { pieces += $0 }
    if pieces != whole { fail("pieces that are not the whole", bytes) }
    return whole
  } catch {
    fail("not written: \(error)", bytes)
  }
}
