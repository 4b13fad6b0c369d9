import Foundation

/// The linker's names, made readable.
public enum SymbolName {
  /// `AESMessage.run(_:)` for the Swift function, `simdjson::dom::parser::parse` for the C++ one, and
  /// a C or assembly name as it is. Types of parameters and results, modules, and what the optimiser
  /// made of a function are left out: a flame graph's frames are narrow.
  public static func readable(_ symbol: String) -> String {
    if symbol.hasPrefix("$s") || symbol.hasPrefix("$S") || symbol.hasPrefix("_$s") {
      return demangled(symbol).map(SwiftName.short) ?? symbol
    }
    if symbol.hasPrefix("_Z"), let name = demangledCXX(symbol) { return withoutParameters(name) }
    // perf keeps the version of a dynamic symbol: `memcpy@@GLIBC_2.14`.
    return symbol.firstIndex(of: "@").map { String(symbol[..<$0]) } ?? symbol
  }

  private typealias SwiftDemangle =
    @convention(c) (
      UnsafePointer<CChar>, Int, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<Int>?, UInt32
    ) -> UnsafeMutablePointer<CChar>?

  private typealias CXXDemangle =
    @convention(c) (
      UnsafePointer<CChar>, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<Int>?,
      UnsafeMutablePointer<Int32>?
    ) -> UnsafeMutablePointer<CChar>?

  /// Part of the Swift runtime, in no header.
  private static let swiftDemangle = dlsym(nil, "swift_demangle")
    .map { unsafeBitCast($0, to: SwiftDemangle.self) }

  /// Itanium C++ ABI, section 3.4. There wherever a C++ library is.
  private static let cxxDemangle = dlsym(nil, "__cxa_demangle")
    .map { unsafeBitCast($0, to: CXXDemangle.self) }

  private static func demangled(_ symbol: String) -> String? {
    guard let name = swiftDemangle?(symbol, symbol.utf8.count, nil, nil, 0) else { return nil }
    defer { free(name) }
    return String(cString: name)
  }

  private static func demangledCXX(_ symbol: String) -> String? {
    guard let name = cxxDemangle?(symbol, nil, nil, nil) else { return nil }
    defer { free(name) }
    return String(cString: name)
  }

  /// A C++ name without result, template arguments and parameters: it ends at the first parenthesis
  /// that opens at top level, `operator()` and `(anonymous namespace)` aside.
  private static func withoutParameters(_ name: String) -> String {
    // Operators whose names look like brackets are rare: they stay as they are.
    guard name.firstMatch(of: /operator *[<>-]/) == nil else { return name }
    let text = name.replacing("(anonymous namespace)", with: "{anonymous}")
      .replacing("operator()", with: "operator{}")
    var short = ""
    var depth = 0
    for character in text {
      if character == "(", depth == 0 { break }
      if character == ">" || character == ")" { depth -= 1 }
      if character == " ", depth == 0, !short.hasSuffix("operator") {
        short = ""  // it was the type of the result
      } else if depth == 0, character != "<", character != ">" {
        short.append(character)
      }
      if character == "<" || character == "(" { depth += 1 }
    }
    return short.replacing("operator{}", with: "operator()")
  }
}
