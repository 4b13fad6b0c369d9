import OptlabAES
import OptlabCPU
import OptlabLab
import TestSupport
import Testing

/// A kernel as a test's argument.
struct KernelArgument: Sendable, CustomTestStringConvertible {
  var kernel: AESKernel
  var testDescription: String { kernel.id }

  /// Every AES implementation of the lab that can run here.
  static let available: [KernelArgument] = WorkloadList.house.implementations.compactMap {
    implementation in
    guard let kernel = implementation.aesKernel else { return nil }
    if let obstacle = implementation.obstacle() {
      print("NOT RUN: \(implementation.id): \(obstacle)")
      return nil
    }
    return KernelArgument(kernel: kernel)
  }
}

/// FIPS 197, section 5: in bytes.
let keyLengths = [16, 24, 32]
