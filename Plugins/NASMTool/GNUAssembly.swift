/// The same machine code as text that clang assembles, with what linkers, debuggers and profilers
/// ask of a function: symbol, type, size and unwind information.
struct GNUAssembly {
  var text: String

  init(code: RelocatableCode, sourceName: String) {
    var lines = [
      "// Made from \(sourceName) by nasm-object. Change that file, not this one.",
      "#if defined(__x86_64__)",
      ".text",
      ".balign \(code.alignment)",
    ]
    var position = 0
    for function in code.functions {
      lines += Self.data(code.bytes[position..<function.offset])
      let end = function.offset + function.size
      lines += [
        ".globl \(function.name)",
        ".hidden \(function.name)",
        ".type \(function.name), @function",
        "\(function.name):",
        // Kernels leave rsp alone, so the frame's address is rsp + 8 throughout.
        ".cfi_startproc",
      ]
      lines += Self.data(code.bytes[function.offset..<end])
      lines += [".cfi_endproc", ".size \(function.name), . - \(function.name)"]
      position = end
    }
    lines += Self.data(code.bytes[position...])
    lines += [
      // Indirect branch tracking, where every function begins with ENDBR64, and shadow stack: x86-64
      // psABI, program property GNU_PROPERTY_X86_FEATURE_1_AND.
      ".section .note.gnu.property, \"a\", @note",
      ".balign 8",
      ".long 4, 16, 5",
      ".asciz \"GNU\"",
      ".long 0xc0000002, 4, \(code.beginsWithENDBR64 ? 3 : 2), 0",
      ".section .note.GNU-stack, \"\", @progbits",
      "#endif",
    ]
    text = lines.joined(separator: "\n") + "\n"
  }

  private static func data(_ bytes: ArraySlice<UInt8>) -> [String] {
    stride(from: bytes.startIndex, to: bytes.endIndex, by: 16).map { start in
      ".byte "
        + bytes[start..<min(start + 16, bytes.endIndex)].map(String.init).joined(separator: ",")
    }
  }
}
