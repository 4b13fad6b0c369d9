import OptlabAES
import OptlabCPU
import Testing

@Suite struct CPUIDLeavesTests {
  @Test(arguments: Recording.names) func recordingRoundTrips(_ name: String) throws {
    let leaves = try Recording.leaves(name)
    #expect(try CPUIDLeaves(recording: leaves.recording) == leaves)
  }

  @Test func machineRoundTrips() throws {
    let leaves = CPUIDLeaves.machine()
    #expect(try CPUIDLeaves(recording: leaves.recording) == leaves)
    #if arch(x86_64)
      #expect(leaves[0].ebx != 0)
      #expect(leaves[1].eax != 0)
    #else
      #expect(leaves == CPUIDLeaves())
    #endif
  }

  @Test func missingLeavesReadAsZeros() {
    #expect(CPUIDLeaves()[0x1234, 5] == CPUIDLeaves.Registers())
  }

  @Test(arguments: [
    "00000001 0 00000000 00000000 00000000 00000000",
    "00000001 0: 00000000 00000000 00000000",
    "00000001 0: 00000000 00000000 00000000 00000000 00000000",
    "00000001 0: 00000000 0000000g 00000000 00000000",
    "00000001 0: 100000000 00000000 00000000 00000000",
    "xcr0 xyz",
  ])
  func refusesOtherLines(_ line: String) {
    let error = #expect(throws: CPUIDLeaves.RecordingError.self) {
      try CPUIDLeaves(recording: "# a comment\n\(line)\n")
    }
    #expect(error?.line == 2)
    #expect(error?.text == line)
  }
}
