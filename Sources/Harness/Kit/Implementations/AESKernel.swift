import CAES

/// A row of a `caes_table`: an AES-CTR implementation behind the C ABI, in whatever language.
///
/// The contract of every call is in caes.h.
public struct AESKernel: @unchecked Sendable {  // the row is constant and lives as long as the program
  public let row: caes_kernel

  public init(_ row: caes_kernel) { self.row = row }

  public var id: String { String(cString: row.id) }
}
