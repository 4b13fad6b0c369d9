internal import CAES

extension SwiftBitslice {
  /// The row of the C ABI (`caes_kernel`, caes.h): lives as long as the program.
  package nonisolated(unsafe) static let row: UnsafeRawPointer = {
    func cString(_ string: StaticString) -> UnsafePointer<CChar> {
      UnsafeRawPointer(string.utf8Start).assumingMemoryBound(to: CChar.self)
    }
    let row = UnsafeMutablePointer<caes_kernel>.allocate(capacity: 1)
    row.initialize(
      to: caes_kernel(
        id: cString("swift-bitslice"),
        language: cString("Swift"),
        technique: cString("constant time: 32 blocks as bit-planes in SIMD4, no tables"),
        required: 0,
        preferred: 0,
        flags: UInt32(CAES_CONSTANT_TIME),
        context_alignment: UInt32(MemoryLayout<Plane>.alignment),
        context_size: contextBytes,
        set_key: { context, key, keyBytes in
          let key = UnsafeRawBufferPointer(start: key, count: keyBytes)
          return Int32(setKey(key, context: context!) ? CAES_OK : CAES_BAD_KEY_LENGTH)
        },
        crypt: { context, counter, input, output, n in
          guard n > 0 else { return }
          crypt(context: context!, counter: counter!, input: input!, output: output!, count: n)
        },
        clear: { context in
          UnsafeMutableRawBufferPointer(start: context, count: contextBytes).wipe()
        }))
    return UnsafeRawPointer(row)
  }()
}
