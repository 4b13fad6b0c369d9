import CAES
import OptlabCPU
import OptlabLab
import OptlabMeasure

/// A kernel behind the C ABI of caes.h, as an implementation's work.
struct AESWork: Work {
  let kernel: AESKernel
  /// Whether nobody here has written it: then it is checked with more care for what it might do.
  var isExternal = false

  func does(_ workload: any Workload) -> Bool { workload is AESWorkload }

  func verify(
    _ workload: any Workload, cases: [Case], seed: UInt64, exhaustively: Bool
  ) -> Verdict {
    let keyBytes = Self.keyBytes(workload)
    return isExternal
      ? verifyExternalAES(kernel, keyBytes: keyBytes, seed: seed)
      : verifyAES(kernel, keyBytes: keyBytes, seed: seed, exhaustively: exhaustively)
  }

  func prepare(
    _ workload: any Workload, _ one: Case, seed: UInt64, layout: Int
  ) throws -> any PreparedCase {
    let keyBytes = Self.keyBytes(workload)
    switch one.aesInput {
    case .message(let bytes):
      return try kernel.prepareMessage(bytes: bytes, keyBytes: keyBytes, seed: seed, layout: layout)
    case .pyaes:
      return try kernel.preparePyaes(layout: layout)
    case .setup(let bytes):
      return try kernel.prepareSetup(bytes: bytes, keyBytes: keyBytes, seed: seed, layout: layout)
    case .chain:
      return try kernel.prepareChain(keyBytes: keyBytes, seed: seed)
    case nil:
      preconditionFailure("\(one.id) is no case of \(workload.id)")
    }
  }

  private static func keyBytes(_ workload: any Workload) -> Int {
    guard let workload = workload as? AESWorkload else {
      preconditionFailure("an AES kernel does not do \(workload.id)")
    }
    return workload.keyBytes
  }
}

extension Implementation {
  /// The row that an AES-CTR kernel's own words make.
  package static func aes(_ kernel: AESKernel, isExternal: Bool = false) -> Implementation {
    let row = kernel.row
    return Implementation(
      id: kernel.id, language: kernel.language,
      technique: String(cString: row.technique),
      required: FeatureSet(rawValue: row.required),
      preferred: FeatureSet(rawValue: row.preferred),
      remarks: [
        Int(row.flags) & Int(CAES_CONSTANT_TIME) == 0 ? "secret-dependent loads" : nil,
        kernel.isForOneThread ? Implementation.oneThread : nil,
        kernel.leavesSecrets ? Implementation.leavesSecrets : nil,
      ].compactMap(\.self),
      work: AESWork(kernel: kernel, isExternal: isExternal))
  }

  /// The kernel that does its work; nil for one of another kind.
  package var aesKernel: AESKernel? { (work as? AESWork)?.kernel }
}
