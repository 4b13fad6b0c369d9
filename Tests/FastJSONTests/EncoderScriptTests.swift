import Testing

/// A short and deterministic version of what .ci/fuzz-json does with EncoderTarget.
@Suite("Random programs against the Encoder protocol") struct EncoderScriptTests {
  @Test(arguments: 0..<8 as Range<UInt64>)
  func sameAsJSONEncoder(_ part: UInt64) {
    for seed in part * 250..<(part + 1) * 250 {
      guard let difference = EncoderScript.difference(EncoderScript.Source(seed: seed)) else {
        continue
      }
      Issue.record("seed \(seed): \(difference)")
      return
    }
  }

  /// What scripts found once.
  @Test(arguments: [248, 887, 894, 1258, 1419, 1828, 2008, 13_871] as [UInt64])
  func found(_ seed: UInt64) {
    #expect(EncoderScript.difference(EncoderScript.Source(seed: seed)) == nil)
  }
}
