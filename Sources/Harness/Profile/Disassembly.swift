import Foundation
import OptlabBasics
import OptlabMeasure
import Subprocess

/// The instructions of one function.
struct Disassembly: Sendable, Equatable {
  struct Instruction: Sendable, Equatable {
    var address: UInt64
    /// Intel's order, as in the NASM files.
    var text: String
  }

  /// In the order of addresses; the first is where the function starts.
  var instructions: [Instruction] = []

  /// Reads what `objdump --disassemble` prints: the first function of that name.
  ///
  /// Padding after the last instruction stays out where objdump shows it as the next function's.
  init(objdump text: some StringProtocol, symbol: String) {
    var isInside = false
    for line in text.split(separator: "\n") {
      if line.hasSuffix(">:") {
        if isInside { break }
        isInside = line.hasSuffix(" <\(symbol)>:")
      } else if isInside, let colon = line.firstIndex(of: ":"),
        let address = UInt64(line[..<colon].drop { $0 == " " }, radix: 16)
      {
        let text = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        instructions.append(Instruction(address: address, text: Self.plain(text, in: symbol)))
      }
    }
  }

  /// One blank between words; places in the same function by their address alone, others with their
  /// readable name.
  private static func plain(_ text: String, in symbol: String) -> String {
    text.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
      .replacing(/\ <(?<name>[^>]+?)(?<offset>\+0x[0-9a-f]+)?>/) { match in
        match.name == symbol
          ? "" : " <\(SymbolName.readable(String(match.name)))\(match.offset ?? "")>"
      }
  }

  /// Why a function could not be disassembled, with the remedy.
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// - Parameter object: Path of the program or library.
  static func of(_ symbol: String, in object: String) throws -> Disassembly {
    try FreeDescriptors.require(to: "start objdump")
    let output: Result<String, Failure> = Synchronous.wait {
      await ChildWatch.over { child in
        do {
          let result = try await Subprocess.run(
            .name("objdump"),
            arguments: [
              "--disassemble=\(symbol)", "--no-show-raw-insn", "--disassembler-options=intel",
              object,
            ],
            environment: .inherit.updating(["LC_ALL": "C"]),
            input: .none, output: .string(limit: ChildOutput.unlimited),
            error: .string(limit: 1 << 16)
          ) { child.started($0.processIdentifier.value) }
          guard result.terminationStatus.isSuccess else {
            return .failure(Failure(description: "objdump failed: \(result.standardError)"))
          }
          return .success(result.standardOutput)
        } catch {
          return .failure(
            Failure(
              description: "cannot run 'objdump'; install it (Debian: apt-get install binutils)"))
        }
      }.value
    }
    let disassembly = Disassembly(objdump: try output.get(), symbol: symbol)
    guard !disassembly.instructions.isEmpty else {
      throw Failure(description: "objdump finds no '\(symbol)' in '\(object)'")
    }
    return disassembly
  }
}
