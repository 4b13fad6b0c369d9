import Foundation

/// A shared library in this process that brings rows.
struct PluginLibrary {
  let rows: [LoadedRow]

  /// Loads it; it stays as long as the process.
  ///
  /// - Parameter abis: the interfaces that are known here.
  init(path: String, abis: [any PluginABI]) throws(PluginRefusal) {
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw PluginRefusal(
        description: "cannot be loaded as a shared library: \(String(cString: dlerror()))")
    }
    var rows: [LoadedRow] = []
    var isKnown = false
    for abi in abis {
      guard let function = dlsym(handle, abi.symbol) else { continue }
      isKnown = true
      rows += try abi.rows(function)
    }
    guard isKnown else {
      let ways = abis.map { "\($0.symbol): \($0.declaration)" }
      throw PluginRefusal(
        description: "exports no function \(ways.joined(separator: ", nor "))")
    }
    self.rows = rows
  }
}
