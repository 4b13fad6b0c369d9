// fuzz-aes: every AES-CTR row of the lab that can run here, against libcrypto, under libFuzzer.
//
// OPTLAB_PLANTED=carry or =overread adds a kernel with a bug, which must be found.

import CAES
import CFuzz
import Foundation
import OptlabAES
import OptlabJSON
import OptlabLab

let rows = WorkloadList(AESWorkload.all).implementations.compactMap {
  implementation -> caes_kernel? in
  guard let kernel = implementation.aesKernel else { return nil }
  if let obstacle = implementation.obstacle() {
    print("fuzz-aes: \(implementation.id) cannot run: \(obstacle)")
    return nil
  }
  return kernel.row
}

func isReference(_ row: caes_kernel) -> Bool { String(cString: row.id) == "openssl" }

guard let reference = rows.first(where: isReference) else {
  fatalError("no reference: 'openssl' is no row of the lab")
}
var fuzzed = rows.filter { !isReference($0) }

if let name = ProcessInfo.processInfo.environment["OPTLAB_PLANTED"] {
  var honest = fuzzed[0]
  guard let planted = cfuzz_planted(name, &honest) else {
    FileHandle.standardError.write(
      Data("fuzz-aes: OPTLAB_PLANTED is '\(name)'; it can be carry or overread\n".utf8))
    exit(64)
  }
  fuzzed = [planted.pointee]
}
print("fuzz-aes: \(fuzzed.map { String(cString: $0.id) }.joined(separator: " "))")

// libFuzzer keeps them until the program ends.
let kernels = UnsafeMutableBufferPointer<caes_kernel>.allocate(capacity: fuzzed.count)
_ = kernels.initialize(from: fuzzed)
let against = UnsafeMutablePointer<caes_kernel>.allocate(capacity: 1)
against.initialize(to: reference)
fflush(nil)  // libFuzzer may end the process without it
exit(
  cfuzz_run(
    CommandLine.argc, CommandLine.unsafeArgv, kernels.baseAddress, kernels.count, against))
