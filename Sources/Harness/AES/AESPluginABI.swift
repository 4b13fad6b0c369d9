import CAES
import Foundation
import OptlabExternal

/// Rows behind the C ABI of caes.h.
struct AESPluginABI: PluginABI {
  let symbol = "caes_kernels"
  let declaration = "declare it CAES_API, as in caes.h"

  /// The size of a row in version 1.0: no field that came later is needed.
  private static let leastRowSize = MemoryLayout<caes_kernel>.offset(of: \.clear)! + 8
  private static let mostRows = 4096
  private static let longestContext = 1 << 30

  func rows(_ function: UnsafeMutableRawPointer) throws(PluginRefusal) -> [LoadedRow] {
    typealias Function = @convention(c) () -> UnsafePointer<caes_table>?
    guard let table = unsafeBitCast(function, to: Function.self)() else {
      throw PluginRefusal(description: "\(symbol) returns NULL")
    }
    return try Self.kernels(of: table.pointee).map { kernel in
      LoadedRow(
        .aes(kernel, isExternal: true), workloads: AESWorkload.all.map(\.id),
        code: kernel.address(of: .crypt))
    }
  }

  private static func kernels(of table: caes_table) throws(PluginRefusal) -> [AESKernel] {
    func version(_ number: UInt32) -> String { "\(number >> 16).\(number & 0xFFFF)" }
    let own = UInt32(CAES_ABI_MAJOR) << 16 | UInt32(CAES_ABI_MINOR)
    guard table.abi_version >> 16 == own >> 16 else {
      throw PluginRefusal(
        description: "has version \(version(table.abi_version)) of the ABI, and this harness "
          + "\(version(own)): compile it with the caes.h of this harness")
    }
    guard table.row_size >= leastRowSize, table.row_size % 8 == 0 else {
      throw PluginRefusal(
        description: "says that a row has \(table.row_size) bytes; it has \(leastRowSize) or more, "
          + "a multiple of 8: row_size is sizeof(caes_kernel)")
    }
    guard (1...mostRows).contains(table.count), let rows = UnsafeRawPointer(table.rows) else {
      throw PluginRefusal(description: "has a table of \(table.count) rows")
    }
    var kernels: [AESKernel] = []
    for number in 0..<table.count {
      // Of a longer row the beginning is what this version knows.
      var row = caes_kernel()
      withUnsafeMutableBytes(of: &row) {
        $0.copyMemory(
          from: UnsafeRawBufferPointer(
            start: rows + number * Int(table.row_size),
            count: min(Int(table.row_size), MemoryLayout<caes_kernel>.size)))
      }
      let kernel = AESKernel(row)
      if let fault = fault(row) {
        throw PluginRefusal(description: "row \(number): \(fault)")
      }
      guard !kernels.contains(where: { $0.id == kernel.id }) else {
        throw PluginRefusal(description: "row \(number): there is another '\(kernel.id)'")
      }
      kernels.append(kernel)
    }
    return kernels
  }

  private static func fault(_ row: caes_kernel) -> String? {
    guard row.id != nil, row.id.pointee != 0, row.language != nil, row.technique != nil else {
      return "id, language or technique is missing"
    }
    // The header's functions cannot be NULL; a table's can.
    func isMissing<Function>(_ function: Function?) -> Bool { function == nil }
    let missing = [
      isMissing(row.set_key) ? "set_key" : nil, isMissing(row.crypt) ? "crypt" : nil,
      isMissing(row.clear) ? "clear" : nil,
    ].compactMap(\.self)
    guard missing.isEmpty else { return "\(missing.joined(separator: ", ")) is NULL" }
    let alignment = row.context_alignment
    guard alignment > 0, alignment & (alignment - 1) == 0, alignment <= 4096 else {
      return "context_alignment is \(alignment), no power of two up to 4096"
    }
    guard row.context_size <= longestContext else {
      return "context_size is \(row.context_size), over 1 GiB"
    }
    return nil
  }
}
