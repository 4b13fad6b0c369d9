import CAES
import OptlabBasics
import OptlabLab

extension AESVerification {
  /// Input, output, counter, key and context, each with a page that nobody may touch right behind
  /// its last byte, then right before its first.
  mutating func checkGuardPages() throws(Mismatch) {
    let (pages, keyBytes) = (GuardedPages(kernel), keyBytes)
    let stack = CheckedStack(random: &random)
    let key = random.bytes(keyBytes)
    let counter = UInt128.random(in: 0...(.max), using: &random)
    let keystream = AESReference(key: key)!.keystream(counter: counter, bytes: GuardedPages.longest)

    for edge in [GuardedPages.Edge.end, .start] {
      let place = "guard page at the \(edge), \(keyBytes * 8)-bit key"
      let memory = pages.context(edge, kernel)
      let context = UnsafeMutableRawBufferPointer(start: memory, count: kernel.row.context_size)
      let code = try call(
        .setKey, stack, place, [("context", context), ("key", pages.key.place(key, edge))]
      ) { $0.set_key($1[0], $1[1], keyBytes) }
      guard code == Int32(CAES_OK) else {
        throw Mismatch(
          check: place,
          summary: "set_key returned \(code) for a key of \(keyBytes) bytes, expected \(CAES_OK)")
      }
      let lengths = Array(0...600) + (0..<40).map { _ in 601 + random.below(1000) }
      for count in lengths {
        for inPlace in [false, true] {
          checks += 1
          let text = random.bytes(count)
          let block = pages.counter.place(counter.bigEndianBytes, edge)
          let input = pages.input.place(text, edge)
          let zeros = [UInt8](repeating: 0, count: count)
          let output = inPlace ? input : pages.output.place(zeros, edge)
          let check = "\(place), \(count) bytes" + (inPlace ? ", in place" : "")
          _ = try call(
            .crypt, stack, check,
            [("context", context), ("counter", block), ("input", input), ("output", output)]
          ) {
            $0.crypt($1[0], $1[1], $1[2], $1[3], count)
            return 0
          }
          let expected = zip(text, keystream).map { $0 ^ $1 }
          if let mismatch = Mismatch(check: check, expected: expected, actual: [UInt8](output)) {
            throw mismatch
          }
        }
      }
      // With n 0 no pointer is read.
      checks += 1
      let nowhere = UnsafeMutableRawBufferPointer(start: pages.input.forbidden, count: 0)
      _ = try call(
        .crypt, stack, "\(place), 0 bytes, no pointer",
        [("context", context), ("counter", nowhere), ("input", nowhere), ("output", nowhere)]
      ) {
        $0.crypt($1[0], $1[1], $1[2], $1[3], 0)
        return 0
      }
      _ = try call(.clear, stack, place, [("context", context)]) {
        $0.clear($1[0])
        return 0
      }
    }
  }

  /// Calls a function of the row so that a fault becomes a mismatch, where that can be done.
  ///
  /// - Parameters:
  ///   - memory: Its pointer arguments, with their names; the number of the last one's bytes follows.
  ///   - directly: The same call for where it cannot.
  /// - Returns: What an `int` function returned.
  private mutating func call(
    _ function: KernelFunction, _ stack: CheckedStack?, _ check: String,
    _ memory: [(name: String, bytes: UnsafeMutableRawBufferPointer)],
    directly: (caes_kernel, [UnsafeMutablePointer<UInt8>]) -> Int32
  ) throws(Mismatch) -> Int32 {
    UnderWay.announce("\(function.rawValue), \(check)")
    guard let stack else {
      let pointers = memory.map { $0.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self) }
      return directly(kernel.row, pointers)
    }
    let call = stack.call(
      kernel.address(of: function),
      memory.map { UInt(bitPattern: $0.bytes.baseAddress) } + [UInt(memory.last!.bytes.count)],
      random: &random, attention: .noTrace)
    guard call.returned else {
      let touched = memory.lazy.compactMap { name, bytes -> String? in
        guard let fault = call.faultAddress else { return nil }
        let position = Int(bitPattern: fault) - Int(bitPattern: bytes.baseAddress)
        guard (-4096..<bytes.count + 4096).contains(position) else { return nil }
        return "touches byte \(position) of its \(name), which has \(bytes.count)"
      }.first
      throw Mismatch(
        check: check,
        summary: "\(function.rawValue) \(touched ?? call.breaches.joined(separator: "; "))")
    }
    return call.result
  }
}

/// The memory of ``AESVerification/checkGuardPages()``.
private struct GuardedPages {
  /// Where the page is that must not be touched.
  enum Edge: String, CustomStringConvertible {
    case start, end
    var description: String { rawValue }
  }

  static let longest = 1600

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
