internal import CAES

extension AESCTR {
  /// The ids of what can run here, in the order in which dispatch tries them: native kernels whose
  /// CPU features count (OPTLAB_MASK takes some away), and `swift-bitslice`, which always can.
  public static var implementations: [String] {
    let features = caes_features()
    return kernels.filter { $0.pointee.required & ~features == 0 }
      .map { String(cString: $0.pointee.id) }
  }

  /// Starts a message with an implementation that is named: for tests and comparisons, since
  /// dispatch knows which is fastest.
  ///
  /// - Parameters:
  ///   - key: 16, 24 or 32 bytes.
  ///   - counter: The first counter block: 16 bytes, big-endian.
  ///   - implementation: One of ``implementations``.
  /// - Throws: ``AESCTRError/unknownImplementation(_:)``,
  ///   ``AESCTRError/unavailableImplementation(_:)``, and what
  ///   ``init(key:counter:)-(RawSpan,_)`` throws.
  public init(key: RawSpan, counter: RawSpan, implementation: String) throws(AESCTRError) {
    if let name = caes_unknown_mask_name() { throw .unknownFeature(.init(String(cString: name))) }
    guard
      let kernel = Self.kernels.first(where: { String(cString: $0.pointee.id) == implementation })
    else { throw .unknownImplementation(.init(implementation)) }
    guard kernel.pointee.required & ~caes_features() == 0 else {
      throw .unavailableImplementation(.init(implementation))
    }
    try self.init(key: key, start: Start(counter: counter), kernel: kernel)
  }

  /// Starts a message with an implementation that is named, as
  /// ``init(key:counter:implementation:)-(RawSpan,_,_)``.
  public init(key: [UInt8], counter: [UInt8], implementation: String) throws(AESCTRError) {
    try self.init(
      key: key.span.bytes, counter: counter.span.bytes, implementation: implementation)
  }

  /// Starts a message as if only `features` (a set of `caes_feature`) counted.
  package init(key: RawSpan, counter: RawSpan, features: UInt64) throws(AESCTRError) {
    let kernel = caes_choose_kernel(features).map { UnsafeRawPointer($0) }
    try self.init(
      key: key, start: Start(counter: counter), kernel: kernel ?? SwiftBitslice.row)
  }

  /// Starts a message with one kernel.
  ///
  /// - Parameter kernel: A `caes_kernel` that lives as long as the program and can run here.
  package init(key: RawSpan, counter: RawSpan, kernel: UnsafeRawPointer) throws(AESCTRError) {
    try self.init(key: key, start: Start(counter: counter), kernel: kernel)
  }

  /// What dispatch chose: a `caes_kernel`.
  static func chosenKernel() throws(AESCTRError) -> UnsafeRawPointer {
    if let name = caes_unknown_mask_name() { throw .unknownFeature(.init(String(cString: name))) }
    return caes_chosen_kernel().map { UnsafeRawPointer($0) } ?? SwiftBitslice.row
  }

  private static var kernels: [UnsafePointer<caes_kernel>] {
    let table = caes_kernels().pointee
    return (0..<table.count).map { table.rows + $0 }
      + [SwiftBitslice.row.assumingMemoryBound(to: caes_kernel.self)]
  }
}
