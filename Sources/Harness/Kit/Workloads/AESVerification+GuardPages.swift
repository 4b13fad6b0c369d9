extension AESVerification {
  /// Input, output, counter, key and context, each with a page that nobody may touch right behind
  /// its last byte, then right before its first.
  mutating func checkGuardPages() throws(Mismatch) {
    let pages = GuardedPages(kernel)
    let key = random.bytes(keyBytes)
    let counter = UInt128.random(in: 0...(.max), using: &random)
    let keystream = AESReference(key: key)!.keystream(counter: counter, bytes: GuardedPages.longest)

    for edge in [GuardedPages.Edge.end, .start] {
      let memory = pages.context(edge, kernel)
      pages.key.place(key, edge).withMemoryRebound(to: UInt8.self) { key in
        _ = kernel.row.set_key(memory, key.baseAddress, key.count)
      }
      defer { kernel.row.clear(memory) }
      let lengths = Array(0...300) + (0..<20).map { _ in 301 + random.below(700) }
      for count in lengths {
        for inPlace in [false, true] {
          checks += 1
          let text = random.bytes(count)
          let block = pages.counter.place(counter.bigEndianBytes, edge)
          let input = pages.input.place(text, edge)
          let zeros = [UInt8](repeating: 0, count: count)
          let output = inPlace ? input : pages.output.place(zeros, edge)
          kernel.row.crypt(
            memory, block.bindMemory(to: UInt8.self).baseAddress,
            input.bindMemory(to: UInt8.self).baseAddress,
            output.bindMemory(to: UInt8.self).baseAddress, count)
          let expected = zip(text, keystream).map { $0 ^ $1 }
          if let mismatch = Mismatch(
            check: "guard page at the \(edge), \(keyBytes * 8)-bit key, \(count) bytes"
              + (inPlace ? ", in place" : ""),
            expected: expected, actual: [UInt8](output))
          {
            throw mismatch
          }
        }
      }
      // With n 0 no pointer is read.
      checks += 1
      let nowhere = pages.input.forbidden.assumingMemoryBound(to: UInt8.self)
      kernel.row.crypt(memory, nowhere, nowhere, nowhere, 0)
    }
  }
}

/// The memory of ``AESVerification/checkGuardPages()``.
private struct GuardedPages {
  /// Where the page is that must not be touched.
  enum Edge: String, CustomStringConvertible {
    case start, end
    var description: String { rawValue }
  }

  static let longest = 1000

  let input = GuardedBuffer(capacity: longest)
  let output = GuardedBuffer(capacity: longest)
  let counter = GuardedBuffer(capacity: 16)
  let key = GuardedBuffer(capacity: 32)
  let context: GuardedBuffer

  init(_ kernel: AESKernel) { context = GuardedBuffer(capacity: kernel.row.context_size) }

  /// As near to the edge as the context's alignment lets it be.
  func context(_ edge: Edge, _ kernel: AESKernel) -> UnsafeMutableRawPointer {
    guard edge == .end else { return context.bytes.baseAddress! }
    let last = context.last(kernel.row.context_size).baseAddress!
    return last - Int(bitPattern: last) % Int(kernel.row.context_alignment)
  }
}

extension GuardedBuffer {
  fileprivate func place(_ contents: [UInt8], _ edge: GuardedPages.Edge)
    -> UnsafeMutableRawBufferPointer
  {
    let place = edge == .start ? first(contents.count) : last(contents.count)
    place.copyBytes(from: contents)
    return place
  }
}
