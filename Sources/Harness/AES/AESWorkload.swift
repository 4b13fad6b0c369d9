import AESCTR
import CAES
import CAESAsm
import CAESOpenSSL
import OptlabLab

/// AES in counter mode (NIST SP 800-38A, section 6.5), with keys of one length.
public struct AESWorkload: Workload {
  /// 16, 24 or 32.
  public let keyBytes: Int

  public static let aes128 = AESWorkload(keyBytes: 16)
  public static let aes192 = AESWorkload(keyBytes: 24)
  public static let aes256 = AESWorkload(keyBytes: 32)
  /// In the order of the tables.
  public static let all = [aes128, aes192, aes256]

  public var facts: WorkloadFacts {
    WorkloadFacts(
      id: "aes-\(keyBytes * 8)-ctr", baseline: "swift-table",
      yardsticks: [Memcpy.id],
      about: """
        AES with a key of \(keyBytes * 8) bits in counter mode (NIST SP 800-38A, section 6.5), the \
        key schedule done before. The naive row is the textbook's tables in Swift, `swift-table`.
        """,
      charts: [.costOverSize, .shareOfLimit], sizeTitle: "size of the message",
      limitLoops: "loops that do AES rounds, or move the bytes, and nothing else",
      leastCost: "where blocks share their first round")
  }

  /// The key length between the others only runs when it is asked for.
  public var isStandard: Bool { keyBytes != 24 }
  public var family: String? { "aes" }
  public var implementations: [Implementation] { Self.rows }

  public var libraries: [String: String] {
    ["openssl": String(cString: caes_openssl_version())]
  }

  private static let rows: [Implementation] =
    [.aes(.swiftTable), .aes(.swiftBitslice)] + natives(caes_kernels())
    + natives(caes_asm_kernels()) + natives(caes_openssl_kernels(), unmasked: "libcrypto")
    + [.memcpy]

  /// - Parameter library: what chooses for itself by the CPU's features; nil where nothing does.
  private static func natives(
    _ table: UnsafePointer<caes_table>, unmasked library: String? = nil
  ) -> [Implementation] {
    UnsafeBufferPointer(start: table.pointee.rows, count: table.pointee.count).map {
      var one = Implementation.aes(AESKernel($0))
      if let library { one.remarks += Implementation.unmasked(library) }
      return one
    }
  }

  // MARK: Cases

  public var options: [CaseOption] { [Self.size] }

  private static let size = CaseOption(
    name: "size", help: "AES message sizes: 16, 8KiB, 1..1024, pyaes, setup.", valueName: "sizes",
    isForVerification: false)

  public func cases(_ given: [String: String], scope: CaseScope) throws -> [Case] {
    let all =
      try given[Self.size.name].map(AESInput.cases)
      ?? {
        switch scope {
        case .standard: AESInput.standardCases
        case .quick: [16, 8 << 10, 1 << 20].map(Case.message)
        case .single: [.message(bytes: 8 << 10)]
        }
      }()
    return keyBytes == 16 ? all : all.filter { $0.aesInput != .pyaes }
  }

  public func `case`(named id: String, content: [UInt8]?) throws -> Case? {
    try AESInput.cases(id).first
  }
}
