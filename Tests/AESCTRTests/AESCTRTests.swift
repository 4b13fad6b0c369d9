import AESCTR
import CAES
import Foundation
import Synchronization
import Testing

@Suite("AESCTR")
struct AESCTRTests {
  // NIST SP 800-38A, F.5.1.
  static let key: [UInt8] = [
    0x2B, 0x7E, 0x15, 0x16, 0x28, 0xAE, 0xD2, 0xA6, 0xAB, 0xF7, 0x15, 0x88, 0x09, 0xCF, 0x4F, 0x3C,
  ]
  static let counter: [UInt8] = (0xF0...0xFF).map { $0 }
  static let text: [UInt8] = [
    0x6B, 0xC1, 0xBE, 0xE2, 0x2E, 0x40, 0x9F, 0x96, 0xE9, 0x3D, 0x7E, 0x11, 0x73, 0x93, 0x17, 0x2A,
    0xAE, 0x2D, 0x8A, 0x57, 0x1E, 0x03, 0xAC, 0x9C, 0x9E, 0xB7, 0x6F, 0xAC, 0x45, 0xAF, 0x8E, 0x51,
  ]
  static let ciphertext: [UInt8] = [
    0x87, 0x4D, 0x61, 0x91, 0xB6, 0x20, 0xE3, 0x26, 0x1B, 0xEF, 0x68, 0x64, 0x99, 0x0D, 0xB6, 0xCE,
    0x98, 0x06, 0xF6, 0x6B, 0x79, 0x70, 0xFD, 0xFF, 0x86, 0x17, 0x18, 0x7B, 0xB9, 0xFF, 0xFD, 0xFF,
  ]

  /// Every feature of this machine, and none: the best native kernel, and the Swift one.
  static let featureSets = [caes_features(), 0]

  @Test(arguments: featureSets)
  func encryptsThePublishedExample(_ features: UInt64) throws {
    var cipher = try AESCTR(
      key: Self.key.span.bytes, counter: Self.counter.span.bytes, features: features)
    #expect(try cipher.update(Self.text) == Self.ciphertext)
  }

  @Test(arguments: featureSets)
  func decryptsInPlace(_ features: UInt64) throws {
    var cipher = try AESCTR(
      key: Self.key.span.bytes, counter: Self.counter.span.bytes, features: features)
    var bytes = Self.ciphertext
    try cipher.update(&bytes)
    #expect(bytes == Self.text)
  }

  @Test func spansWorkInPlaceAndOutOfPlace() throws {
    var cipher = try AESCTR(key: Self.key, counter: Self.counter)
    var output = [UInt8](repeating: 0, count: 32)
    do {
      var span = output.mutableSpan
      var bytes = span.mutableBytes
      try cipher.update(Self.text.span.bytes, into: &bytes)
    }
    #expect(output == Self.ciphertext)

    var back = try AESCTR(key: Self.key, counter: Self.counter)
    do {
      var span = output.mutableSpan
      var bytes = span.mutableBytes
      try back.update(&bytes)
    }
    #expect(output == Self.text)
  }

  @Test func lengthsThatDifferAreAnErrorAndChangeNothing() throws {
    var cipher = try AESCTR(key: Self.key, counter: Self.counter)
    var output = [UInt8](repeating: 1, count: 31)
    do throws(AESCTRError) {
      var span = output.mutableSpan
      var bytes = span.mutableBytes
      try cipher.update(Self.text.span.bytes, into: &bytes)
      Issue.record("no error")
    } catch {
      #expect(error == .outputLength(input: 32, output: 31))
    }
    #expect(output == [UInt8](repeating: 1, count: 31))
    #expect(try cipher.update(Self.text) == Self.ciphertext)
  }

  @Test(arguments: featureSets, [0, 1, 15, 17, 23, 31, 33])
  func wrongKeyLengthsAreAnError(_ features: UInt64, _ length: Int) {
    let key = [UInt8](repeating: 0, count: length)
    #expect(throws: AESCTRError.keyLength(length)) {
      _ = try AESCTR(key: key.span.bytes, counter: Self.counter.span.bytes, features: features)
    }
  }

  @Test(arguments: [0, 15, 17])
  func wrongCounterLengthsAreAnError(_ length: Int) {
    #expect(throws: AESCTRError.counterLength(length)) {
      _ = try AESCTR(key: Self.key, counter: [UInt8](repeating: 0, count: length))
    }
  }

  // MARK: The implementation

  @Test func theImplementationIsTheOneChosen() throws {
    let chosen = caes_chosen_kernel().map { String(cString: $0.pointee.id) }
    let cipher = try AESCTR(key: Self.key, counter: Self.counter)
    let implementation = cipher.implementation
    #expect(implementation == chosen ?? "swift-bitslice")
  }

  @Test func withoutANativeKernelItIsConstantTimeSwift() throws {
    let cipher = try AESCTR(
      key: Self.key.span.bytes, counter: Self.counter.span.bytes, features: 0)
    let implementation = cipher.implementation
    #expect(implementation == "swift-bitslice")
  }

  /// The row whose name is shown is the row that runs, and its key is cleared.
  @Test func theOneNamedIsTheOneThatRuns() throws {
    func calls() -> [Int] {
      [
        RecordingKernel.keys.load(ordering: .relaxed),
        RecordingKernel.crypts.load(ordering: .relaxed),
        RecordingKernel.clears.load(ordering: .relaxed),
      ]
    }
    #expect(calls() == [0, 0, 0])
    do {
      var cipher = try AESCTR(
        key: Self.key.span.bytes, counter: Self.counter.span.bytes, kernel: RecordingKernel.row)
      let implementation = cipher.implementation
      #expect(implementation == "recording")
      #expect(calls() == [1, 0, 0])
      // It inverts every bit.
      #expect(try cipher.update([0x0F, 0xFF]) == [0xF0, 0x00])
      #expect(calls() == [1, 1, 0])
    }
    #expect(calls() == [1, 1, 1])
  }

  @Test func eachImplementationCanBeNamed() throws {
    let all = AESCTR.implementations
    #expect(all.last == "swift-bitslice")
    #expect(Set(all).count == all.count)
    for id in all {
      var cipher = try AESCTR(key: Self.key, counter: Self.counter, implementation: id)
      let implementation = cipher.implementation
      #expect(implementation == id)
      #expect(try cipher.update(Self.text) == Self.ciphertext, "\(id)")
    }
  }

  @Test(arguments: ["", "swift-table", "asm-aesni", "c-vaes1024"])
  func anUnknownImplementationIsAnError(_ id: String) {
    #expect(throws: AESCTRError.unknownImplementation(.init(id))) {
      _ = try AESCTR(key: Self.key, counter: Self.counter, implementation: id)
    }
  }

  #if arch(x86_64)
    @Test func anImplementationThatIsMaskedIsAnError() async {
      await #expect(processExitsWith: .success) {
        setenv("OPTLAB_MASK", "aes", 1)
        #expect(AESCTR.implementations == ["swift-bitslice"])
        #expect(throws: AESCTRError.unavailableImplementation("c-aesni")) {
          _ = try AESCTR(key: Self.key, counter: Self.counter, implementation: "c-aesni")
        }
      }
    }
  #endif

  // OPTLAB_MASK is read once in a process: each of these has a process of its own.

  @Test func theMaskForcesTheSwiftOne() async {
    await #expect(processExitsWith: .success) {
      setenv("OPTLAB_MASK", "aes", 1)
      var cipher = try AESCTR(key: Self.key, counter: Self.counter)
      let implementation = cipher.implementation
      #expect(implementation == "swift-bitslice")
      #expect(try cipher.update(Self.text) == Self.ciphertext)
    }
  }

  @Test func anUnknownNameInTheMaskIsAnError() async {
    await #expect(processExitsWith: .success) {
      setenv("OPTLAB_MASK", "avx3", 1)
      #expect(throws: AESCTRError.unknownFeature("avx3")) {
        _ = try AESCTR(key: Self.key, counter: Self.counter)
      }
    }
  }

  /// A typed error that owns memory makes the compiler fail in programs that catch one case of it.
  @Test func errorsOwnNoMemory() {
    #expect(_isPOD(AESCTRError.self))
  }

  @Test(arguments: [
    ("", ""), ("c-aesni", "c-aesni"), ("a\0b", "a"),
    (String(repeating: "n", count: 47), String(repeating: "n", count: 47)),
    (String(repeating: "n", count: 48), String(repeating: "n", count: 44) + "…"),
    (String(repeating: "é", count: 24), String(repeating: "é", count: 22) + "…"),
    ("n" + String(repeating: "é", count: 24), "n" + String(repeating: "é", count: 21) + "…"),
    (String(repeating: "👩‍👩‍👧", count: 4), "👩‍👩‍👧👩‍👩‍👧👩\u{200D}…"),
  ])
  func errorsKeepTheBeginningOfALongName(_ name: String, _ kept: String) {
    #expect(AESCTRError.Name(name).description == kept)
    #expect(AESCTRError.Name(name) == AESCTRError.Name(name[...]))
    #expect(AESCTRError.Name(name) != AESCTRError.Name("x" + name))
  }

  @Test func errorsNameWhatWasGivenAndWhatIsRight() {
    #expect(AESCTRError.keyLength(17).description == "a key of 17 bytes: AES takes 16, 24 or 32")
    #expect(
      AESCTRError.unknownFeature("avx3").description
        == "OPTLAB_MASK names 'avx3', which is no CPU feature")
    #expect(
      AESCTRError.keystreamExhausted(requested: 17, left: 16).description
        == "17 bytes more: the message can go on for 16, then its counter blocks are used up")
    #expect(
      AESCTRError.nonceLength(16).description
        == "a nonce of 16 bytes: it must be 1 to 15, so that a counter fits behind it")
    #expect(
      AESCTRError.initialCounter(256, counterBytes: 1).description
        == "an initial counter of 256: the nonce leaves 1 bytes for it")
    #expect(
      AESCTRError.position(.init(block: 9, byte: 3), last: .init(block: 8, byte: 16)).description
        == "block 9, byte 3: the message ends at block 8, byte 16")
  }
}

/// A row that counts its calls, and inverts every bit.
private enum RecordingKernel {
  static let keys = Atomic(0)
  static let crypts = Atomic(0)
  static let clears = Atomic(0)

  nonisolated(unsafe) static let row: UnsafeRawPointer = {
    let id = UnsafeRawPointer(("recording" as StaticString).utf8Start)
      .assumingMemoryBound(to: CChar.self)
    let row = UnsafeMutablePointer<caes_kernel>.allocate(capacity: 1)
    row.initialize(
      to: caes_kernel(
        id: id, language: id, technique: id, required: 0, preferred: 0, flags: 0,
        context_alignment: 64, context_size: 100,
        set_key: { _, _, _ in
          keys.add(1, ordering: .relaxed)
          return 0
        },
        crypt: { _, _, input, output, n in
          crypts.add(1, ordering: .relaxed)
          for i in 0..<n { output![i] = ~input![i] }
        },
        clear: { _ in clears.add(1, ordering: .relaxed) }))
    return UnsafeRawPointer(row)
  }()
}
