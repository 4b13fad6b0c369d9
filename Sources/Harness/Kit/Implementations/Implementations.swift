import CAES
import CAESAsm
import CAESOpenSSL
import FastJSON
import FoundationEssentials

extension Implementation {
  /// Every implementation of the lab, in the order of its tables: the naive row first.
  public static let all: [Implementation] =
    [aes(.swiftTable), aes(.swiftBitslice)] + natives(caes_kernels()) + natives(caes_asm_kernels())
    + natives(caes_openssl_kernels(), unmasked: "libcrypto")
    + json + [.memcpy]

  private static let json: [Implementation] = [
    Implementation(
      id: "foundation", language: "Swift",
      technique: "Foundation's JSONEncoder, withoutEscapingSlashes",
      work: .json(EncoderJSON { JSONEncoder() })),
    Implementation(
      id: "foundation-serialization", language: "Swift",
      technique: "Foundation's JSONSerialization, from a tree of dictionaries and arrays",
      work: .json(FoundationSerialization())),
    Implementation(
      id: "swift-dropin", language: "Swift",
      technique: "FastJSONEncoder: any Encodable, written straight to bytes",
      work: .json(EncoderJSON { FastJSONEncoder() })),
    Implementation(
      id: "swift-simd", language: "Swift",
      technique: "FastJSON: a static protocol, strings scanned 16 bytes at a time",
      work: .json(SwiftSIMDJSON())),
    Implementation(
      id: "swift-simd-data", language: "Swift",
      technique: "FastJSON: as swift-simd, with a new Data for each document",
      work: .json(SwiftSIMDJSON(makesData: true))),
    Implementation(
      id: "swift-simd-public", language: "Swift",
      technique: "FastJSON: as swift-simd, where a String's layout is not what it knows",
      work: .json(SwiftSIMDJSON(publicAPIAlone: true))),
    Implementation(
      id: "swift-document", language: "Swift",
      technique: "FastJSON: its own document, in memory in the order in which it is written",
      work: .json(SwiftDocument())),
    Implementation(
      id: "simdjson", language: "simdjson",
      technique: "simdjson \(SimdJSON.version): its DOM, written by its minifying writer",
      remarks: unmasked("simdjson"),
      work: .json(SimdJSON())),
  ]

  /// - Parameter library: what chooses for itself by the CPU's features; nil where nothing does.
  private static func natives(
    _ table: UnsafePointer<caes_table>, unmasked library: String? = nil
  ) -> [Implementation] {
    UnsafeBufferPointer(start: table.pointee.rows, count: table.pointee.count).map {
      var one = aes(AESKernel($0))
      if let library { one.remarks += unmasked(library) }
      return one
    }
  }

  /// The row that an AES-CTR kernel's own words make.
  package static func aes(_ kernel: AESKernel) -> Implementation {
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
      work: .aes(kernel))
  }
}
