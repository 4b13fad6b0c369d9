// libFuzzer's target for the drop-in encoder: bytes become a script that keeps and uses encoders and
// containers in all orders, which must give what it gives with JSONEncoder.
// Built by .ci/fuzz-json in one module with FastJSON's sources.

import Foundation

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzEncoder(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
  if let difference = EncoderScript.difference(EncoderScript.Source(bytes: bytes)) {
    fail("the drop-in differs from JSONEncoder: \(difference)", bytes)
  }
  return 0
}
