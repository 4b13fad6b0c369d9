import AESCTR
import CAES

extension AESKernel {
  /// `swift-bitslice`, as AESCTR itself uses it where no native kernel can run.
  public static let swiftBitslice = AESKernel(
    SwiftBitslice.row.assumingMemoryBound(to: caes_kernel.self).pointee)
}
