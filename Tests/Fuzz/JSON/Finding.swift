import Foundation

/// Ends the program as a finding of the fuzzer.
func fail(_ what: String, _ bytes: [UInt8]) -> Never {
  FileHandle.standardError.write(
    Data("fuzz-json: \(what); the input has \(bytes.count) bytes\n".utf8))
  abort()
}
