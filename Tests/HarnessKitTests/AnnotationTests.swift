import Testing

@testable import OptlabAES
@testable import OptlabCPU
@testable import OptlabExternal
@testable import OptlabJSON
@testable import OptlabProfile

@Suite("Annotated instructions")
struct AnnotationTests {
  private static let objdump = """

    /opt/harness:     file format elf64-x86-64


    Disassembly of section .text:

    00000000000001f0 <other>:
         1f0:\tret

    0000000000001000 <kernel>:
        1000:\tmov    eax,0x1
        1005:\tvaesenc zmm0,zmm0,zmm16
        100b:\tjne    1005 <kernel+0x5>
        100d:\tcall   1f0 <$s7harness1fyyF+0x10>
        1010:\tret

    0000000000001020 <kernel.cold>:
        1020:\tud2

    """

  @Test("objdump's lines of one function, and of no other")
  func disassembly() {
    let code = Disassembly(objdump: Self.objdump, symbol: "kernel")
    #expect(code.instructions.map(\.address) == [0x1000, 0x1005, 0x100B, 0x100D, 0x1010])
    #expect(code.instructions[1].text == "vaesenc zmm0,zmm0,zmm16")
    // A place in the function needs no name; a function that is called has a readable one.
    #expect(code.instructions[2].text == "jne 1005")
    #expect(code.instructions[3].text == "call 1f0 <f()+0x10>")
    #expect(Disassembly(objdump: Self.objdump, symbol: "kern").instructions.isEmpty)
  }

  @Test("Samples count at their instruction; cold ones are counted together")
  func text() {
    let annotation = Annotation(
      function: "kernel", object: "/opt/harness",
      of: Disassembly(objdump: Self.objdump, symbol: "kernel"),
      offsets: [5, 5, 5, 5, 5, 5, 0xB, 0xB, 0x10], total: 10)
    #expect(annotation.lines.map(\.samples) == [0, 6, 2, 0, 1])
    #expect(
      annotation.text(atLeast: 0.15) == """
        kernel in harness: 90.0 % of 10 samples, 5 instructions

          share  address  instruction
           0.0 %       ...  1 instruction
        > 60.0 %      1005  vaesenc zmm0,zmm0,zmm16
          20.0 %      100b  jne 1005
          10.0 %       ...  2 instructions

        """)
  }

  @Test("Code that no symbol names is refused with the library's name")
  func nameless() {
    let frame = StackSample.Frame(object: "/usr/lib/libcrypto.so.3")
    #expect {
      try Annotation.functions(in: [StackSample(frames: [frame], period: 1)])
    } throws: {
      ($0 as? Annotation.Nameless)?.description.contains("[libcrypto.so.3]") == true
    }
  }
}
