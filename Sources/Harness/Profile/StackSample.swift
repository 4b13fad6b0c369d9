/// Where the timed thread was found once: an instruction, and the calls that led to it.
public struct StackSample: Sendable, Equatable {
  /// A place in the code.
  public struct Frame: Sendable, Hashable {
    /// The linker's name of the function, mangled; nil where its library has no name for it.
    public var symbol: String?
    /// Bytes from the function's start: of the instruction itself in the innermost frame, of the
    /// return address or the call in all others.
    public var offset: UInt64?
    /// Path of the program or library, `[vdso]`; nil where the address lies in none.
    public var object: String?

    public init(symbol: String? = nil, offset: UInt64? = nil, object: String? = nil) {
      self.symbol = symbol
      self.offset = offset
      self.object = object
    }

    /// What people read: `caes_asm_vaes512`, `AESMessage.run(_:)`; `[libcrypto.so.3]` for code that
    /// its library has no name for; `[unknown]`.
    public var name: String {
      if let symbol { return SymbolName.readable(symbol) }
      guard let object else { return "[unknown]" }
      return object.hasPrefix("[") ? object : "[\(object.split(separator: "/").last ?? "")]"
    }
  }

  /// The innermost frame first.
  public var frames: [Frame]
  /// What the event counted since the sample before: cycles, or nanoseconds for cpu-clock.
  public var period: UInt64

  public init(frames: [Frame], period: UInt64) {
    self.frames = frames
    self.period = period
  }

  /// The names on the call path, outermost first. Starts at `main`, leaving out what the C library
  /// does before, and the compiler's forwarders; neighbours that one library has no names for are
  /// one frame.
  public var path: [String] {
    var outermost = frames.count
    if let main = frames.lastIndex(where: \.isMain) { outermost = main + 1 }
    var names: [String] = []
    for frame in frames[..<outermost].reversed() {
      let name = frame.isMain ? "main" : frame.name
      if frame.symbol == nil, names.last == name { continue }
      if frame.isForwarder, frame != frames.first { continue }
      names.append(name)
    }
    return names
  }

  /// Whether the call path was followed down to `main`.
  public var isWhole: Bool { frames.contains(where: \.isMain) }
}

extension StackSample.Frame {
  /// SwiftPM names a program's entry `<module>_main`, and has `main` call it or be it.
  fileprivate var isMain: Bool { symbol == "main" || symbol == "harness_main" }

  /// Whether it only hands a call on: the mangling ends in an operator of `partial apply forwarder`,
  /// `reabstraction thunk` or `dispatch thunk` (docs/ABI/Mangling.rst of the Swift repository).
  fileprivate var isForwarder: Bool {
    guard let symbol, symbol.hasPrefix("$s") else { return false }
    return ["TA", "TR", "Tj"].contains { symbol.hasSuffix($0) }
  }
}
