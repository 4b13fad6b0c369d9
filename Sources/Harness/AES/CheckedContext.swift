import CAES
import OptlabBasics
import OptlabLab

/// A kernel's context, at no more than the alignment it asks for, of which every byte around it is
/// watched.
final class CheckedContext {
  private static let margin = 64
  private static let canary: UInt8 = 0x5C

  let kernel: AESKernel
  /// `context_size` bytes, of random content until a key is set.
  let memory: UnsafeMutableRawPointer
  private let watched: UnsafeMutableRawBufferPointer
  private var hasKey = false

  init(_ kernel: AESKernel, random: inout SeededGenerator) {
    self.kernel = kernel
    let (size, alignment) = (kernel.row.context_size, Int(kernel.row.context_alignment))
    let before = (Self.margin + alignment - 1) / alignment * alignment
    // An odd multiple of the alignment shows a kernel that relies on more.
    let odd = before / alignment % 2 == 0 ? before + alignment : before
    watched = .allocate(byteCount: odd + size + Self.margin, alignment: 2 * alignment)
    watched.initializeMemory(as: UInt8.self, repeating: Self.canary)
    memory = watched.baseAddress! + odd
    memory.copyMemory(from: random.bytes(size), byteCount: size)
  }

  deinit {
    clear()
    watched.deallocate()
  }

  /// - Parameter offset: Of the key's address modulo 16.
  /// - Returns: What `set_key` returned.
  func setKey(_ key: [UInt8], offset: Int) throws(Mismatch) -> Int32 {
    var place = [UInt8](repeating: Self.canary, count: offset) + key + [Self.canary]
    let pristine = place
    UnderWay.announce("set_key with \(key.count) bytes")
    let code = place.withUnsafeMutableBufferPointer {
      kernel.row.set_key(memory, $0.baseAddress! + offset, key.count)
    }
    hasKey = code == Int32(CAES_OK)
    let check = "set_key, \(key.count * 8)-bit key"
    if place != pristine { throw Mismatch(check: check, summary: "changes the key it was given") }
    do {
      try checkSurroundings()
    } catch {
      throw Mismatch(check: check, summary: error.summary)
    }
    return code
  }

  func clear() {
    if hasKey {
      UnderWay.announce("clear")
      kernel.row.clear(memory)
    }
    hasKey = false
  }

  func contains(_ key: [UInt8]) -> Bool {
    let bytes = UnsafeRawBufferPointer(start: memory, count: kernel.row.context_size)
    guard bytes.count >= key.count else { return false }
    return (0...bytes.count - key.count).contains { bytes[$0..<$0 + key.count].elementsEqual(key) }
  }

  func checkSurroundings() throws(Mismatch) {
    let start = memory - watched.baseAddress!
    let context = start..<start + kernel.row.context_size
    for i in watched.indices where !context.contains(i) && watched[i] != Self.canary {
      throw Mismatch(
        check: "", summary: "writes outside its context, at byte \(i - start) of \(context.count)")
    }
  }
}
