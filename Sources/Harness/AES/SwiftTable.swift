import AESCTR
import CAES

extension AESKernel {
  /// `swift-table` as a row of the C ABI, so that all AES rows are alike. The context holds one
  /// reference, which `clear` releases.
  public static let swiftTable = AESKernel(
    caes_kernel(
      id: cString("swift-table"),
      language: cString("Swift"),
      technique: cString("four T-tables in arrays, bounds-checked"),
      required: 0,
      preferred: 0,
      flags: 0,
      context_alignment: UInt32(MemoryLayout<Unmanaged<SwiftTable>>.alignment),
      context_size: MemoryLayout<Unmanaged<SwiftTable>>.size,
      set_key: { context, key, keyBytes in
        guard let table = SwiftTable(key: UnsafeRawBufferPointer(start: key, count: keyBytes))
        else { return Int32(CAES_BAD_KEY_LENGTH) }
        context!.initializeMemory(
          as: Unmanaged<SwiftTable>.self, to: Unmanaged.passRetained(table))
        return Int32(CAES_OK)
      },
      crypt: { context, counter, input, output, n in
        guard n > 0 else { return }
        context!.load(as: Unmanaged<SwiftTable>.self)._withUnsafeGuaranteedRef {
          $0.crypt(counter: counter!, input: input!, output: output!, count: n)
        }
      },
      clear: { context in
        context!.load(as: Unmanaged<SwiftTable>.self).release()
        context!.storeBytes(of: 0, as: UInt.self)
      }))

  /// A C string that lives as long as the program.
  private static func cString(_ string: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(string.utf8Start).assumingMemoryBound(to: CChar.self)
  }
}
