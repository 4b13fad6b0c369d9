// Uses both libraries of Optlab as an outside program does, and checks what they return.

import AESCTR
import FastJSON
import Foundation

struct Place: JSONWritable {
  var name: String
  var population: Int?

  func write(to json: consuming JSONWriter) -> JSONWritten {
    json.beginObject()
      .member("name", name)
      .memberIfPresent("population", population)
      .endObject()
  }
}

var buffer = JSONBuffer()
try buffer.write([Place(name: "Ulm \"an der Donau\"", population: 128_928), Place(name: "Nowhere")])
let json = [UInt8](buffer)
precondition(
  String(decoding: json, as: UTF8.self)
    == #"[{"name":"Ulm \"an der Donau\"","population":128928},{"name":"Nowhere"}]"#)

try await checkCatching()

let key = [UInt8](0..<16)
// At the top level, where variables are global.
var caught: [Int] = []
do {
  var cipher = try AESCTR(key: key, nonce: [])
  caught += try cipher.update(key).map(Int.init)
} catch AESCTRError.nonceLength(let bytes) {
  caught.append(bytes)
} catch AESCTRError.overlap {
  preconditionFailure("an array in itself")
}
precondition(caught == [0])

func encryptAndDecrypt() throws {
  let counter = [UInt8](repeating: 0, count: 16)
  var encryption = try AESCTR(key: key, counter: counter)
  var decryption = try AESCTR(key: key, counter: counter)
  let text = [UInt8](repeating: 7, count: 100_003)
  let ciphertext = try encryption.update(text)
  let decrypted = try decryption.update(ciphertext)
  precondition(ciphertext != text && decrypted == text)
  print("AESCTR (\(encryption.implementation)) and FastJSON work: \(json.count) bytes")
}

// An unoptimised kernel took a third of a megabyte of stack for one call.
let done = DispatchSemaphore(value: 0)
let thread = Thread {
  do { try encryptAndDecrypt() } catch { preconditionFailure("\(error)") }
  done.signal()
}
thread.stackSize = 128 << 10
thread.start()
done.wait()
