import CTrace
import Foundation
import OptlabAES
import OptlabBasics
import OptlabExternal
import OptlabLab
import OptlabMeasure
import OptlabProfile
import OptlabReport
import Subprocess

/// The code of the running program: names of its functions, and their disassembly, as `nm` and
/// `objdump` tell them.
final class CodeMap {
  struct Function {
    var name: String
    /// In the file.
    var range: Range<UInt64>
  }

  struct ToolMissing: Error, CustomStringConvertible {
    var names: [String]
    var description: String {
      "none of \(names.joined(separator: " and ")) could be run: they come with the Swift toolchain "
        + "and with the Debian package binutils"
    }
  }

  private let functions: [Function]
  private var disassembled: [UInt64: [Instruction]] = [:]

  /// The arguments of `nm` that make a listing.
  static let listing = ["--defined-only", "--numeric-sort", "--print-size"]

  /// - Parameter listing: What `nm` prints of this program with ``listing``; nil to run it.
  init(listing: String? = nil) throws {
    let text = try listing ?? Self.output(of: ["llvm-nm", "nm"], Self.listing + [Self.program])
    functions = text.split(separator: "\n").compactMap { line in
      // Address, size, kind, name.
      let words = line.split(separator: " ", maxSplits: 3)
      guard words.count == 4, ["t", "T", "w", "W"].contains(words[2]),
        let start = UInt64(words[0], radix: 16), let size = UInt64(words[1], radix: 16), size > 0
      else { return nil }
      return Function(name: String(words[3]), range: start..<start + size)
    }
  }

  /// The name of a function of this program.
  func symbol<F>(of pointer: F) -> String? {
    let address = UInt64(UInt(bitPattern: unsafeBitCast(pointer, to: UnsafeRawPointer.self)))
    return function(at: address)?.name
  }

  /// The function of this program that holds `address`; nil where another library does.
  func function(at address: UInt64) -> Function? {
    var base: UInt64 = 0
    guard let module = ctrace_module(address, &base), module.pointee == 0 else { return nil }
    let offset = address - base
    // The last one that starts at or before it.
    var (low, high) = (0, functions.count)
    while low < high {
      let middle = (low + high) / 2
      if functions[middle].range.lowerBound <= offset { low = middle + 1 } else { high = middle }
    }
    guard low > 0, functions[low - 1].range.contains(offset) else { return nil }
    return functions[low - 1]
  }

  /// All instructions of a function of this program.
  func instructions(of function: Function) throws -> [Instruction] {
    if let known = disassembled[function.range.lowerBound] { return known }
    let instructions = try Self.disassemble(Self.program, function.range)
    disassembled[function.range.lowerBound] = instructions
    return instructions
  }

  /// The instruction at an address, in this program or in a library.
  func instruction(at address: UInt64) throws -> Instruction? {
    var base: UInt64 = 0
    guard let module = ctrace_module(address, &base) else { return nil }
    let offset = address - base
    if let function = function(at: address) {
      return try instructions(of: function).first { $0.address == offset }
    }
    let path = module.pointee == 0 ? Self.program : String(cString: module)
    return try Self.disassemble(path, offset..<offset + 16).first
  }

  /// `caes_c_vaes512+0x40`.
  func name(of address: UInt64) -> String {
    if let function = function(at: address) {
      var base: UInt64 = 0
      _ = ctrace_module(address, &base)
      return "\(function.name)+0x\(String(address - base - function.range.lowerBound, radix: 16))"
    }
    var base: UInt64 = 0
    guard let module = ctrace_module(address, &base) else {
      return "0x" + String(address, radix: 16)
    }
    let library = String(cString: module).split(separator: "/").last ?? "program"
    return "\(library)+0x\(String(address - base, radix: 16))"
  }

  // MARK: Tools

  private static let program = "/proc/\(getpid())/exe"

  private static func disassemble(_ path: String, _ range: Range<UInt64>) throws -> [Instruction] {
    let text = try output(
      of: ["llvm-objdump", "objdump"],
      [
        "--disassemble", "--no-show-raw-insn",
        "--start-address=0x" + String(range.lowerBound, radix: 16),
        "--stop-address=0x" + String(range.upperBound, radix: 16), path,
      ])
    return text.split(separator: "\n").compactMap { Instruction(line: $0) }
  }

  /// What the first of the tools that can be run prints.
  private static func output(of tools: [String], _ arguments: [String]) throws -> String {
    for tool in tools {
      let text: String? = Synchronous.wait {
        let result = try? await Subprocess.run(
          .name(tool), arguments: Arguments(arguments), output: .string(limit: 1 << 28),
          error: .discarded)
        guard let result, result.terminationStatus.isSuccess else { return nil }
        return result.standardOutput
      }
      if let text { return text }
    }
    throw ToolMissing(names: tools)
  }
}
