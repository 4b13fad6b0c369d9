import OptlabAES
import OptlabBasics
import Testing

@Suite("Hex dump")
struct HexDumpTests {
  @Test func marksWhatDiffers() {
    let expected = (0..<40).map { UInt8($0) }
    var actual = expected
    actual[12] = 0xFF
    actual[17] = 0xEE
    #expect(
      HexDump.compare(expected: expected, actual: actual, lines: 2) == """
        offset    expected                | actual
        00000000  00 01 02 03 04 05 06 07 | 00 01 02 03 04 05 06 07
        00000008  08 09 0a 0b 0c 0d 0e 0f | 08 09 0a 0b ff 0d 0e 0f
                                                        ^^
        00000010  10 11 12 13 14 15 16 17 | 10 ee 12 13 14 15 16 17
                                               ^^
        """)
  }

  @Test func showsWhereOneEnds() {
    #expect(
      HexDump.compare(expected: [1, 2, 3], actual: [1, 2]) == """
        offset    expected                | actual
        00000000  01 02 03                | 01 02
                                                  ^^
        """)
  }

  @Test func isEmptyWhereNothingDiffers() {
    #expect(HexDump.compare(expected: [1, 2], actual: [1, 2]) == "")
  }
}
