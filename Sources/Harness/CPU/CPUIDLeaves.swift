import CAES
import CCPU
import OptlabBasics

/// The answers of the CPUID instruction on one logical CPU, and XCR0: all that decoding needs.
///
/// Read from the machine, or from a recording, so that every CPU can be decoded on any other one.
public struct CPUIDLeaves: Sendable, Equatable {
  /// What CPUID is asked for: eax and ecx.
  public struct Query: Hashable, Sendable {
    public var leaf: UInt32
    public var subleaf: UInt32
  }

  /// What CPUID answers.
  public struct Registers: Hashable, Sendable {
    public var eax: UInt32
    public var ebx: UInt32
    public var ecx: UInt32
    public var edx: UInt32

    public init(eax: UInt32 = 0, ebx: UInt32 = 0, ecx: UInt32 = 0, edx: UInt32 = 0) {
      self.eax = eax
      self.ebx = ebx
      self.ecx = ecx
      self.edx = edx
    }

    /// The register that caes.h calls 'a', 'b', 'c' or 'd'.
    subscript(letter: Character) -> UInt32 {
      switch letter {
      case "a": eax
      case "b": ebx
      case "c": ecx
      default: edx
      }
    }

    /// The bytes of `words` as text, up to the first NUL; what is not ASCII is dropped.
    static func text(_ words: [UInt32]) -> String {
      let bytes = words.flatMap { word in
        (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
      }
      return String(
        decoding: bytes.prefix { $0 != 0 }.filter { (32..<127).contains($0) }, as: UTF8.self)
    }
  }

  /// The leaves that this table holds. A leaf that is not there reads as zeros.
  public var registers: [Query: Registers]

  /// Extended control register 0, or 0 where OSXSAVE (leaf 1, ecx bit 27) is off.
  public var xcr0: UInt64

  public init(registers: [Query: Registers] = [:], xcr0: UInt64 = 0) {
    self.registers = registers
    self.xcr0 = xcr0
  }

  public subscript(leaf: UInt32, subleaf: UInt32 = 0) -> Registers {
    get { registers[Query(leaf: leaf, subleaf: subleaf)] ?? Registers() }
    set { registers[Query(leaf: leaf, subleaf: subleaf)] = newValue }
  }

  /// What caes.h decodes kernel features from.
  var forKernels: caes_cpuid {
    func tuple(_ leaf: UInt32, _ subleaf: UInt32 = 0) -> (UInt32, UInt32, UInt32, UInt32) {
      let r = self[leaf, subleaf]
      return (r.eax, r.ebx, r.ecx, r.edx)
    }
    return caes_cpuid(
      leaf0: tuple(0), leaf1: tuple(1), leaf7_0: tuple(7), leaf7_1: tuple(7, 1),
      extended1: tuple(0x8000_0001), xcr0: xcr0)
  }
}

extension CPUIDLeaves {
  /// The leaves that a report is made from; those of the second list have subleaves.
  private static let plain: [UInt32] = [
    0, 1, 0xA, 0x15, 0x16, 0x1A, 0x8000_0000, 0x8000_0001, 0x8000_0002, 0x8000_0003, 0x8000_0004,
    0x8000_0005, 0x8000_0006, 0x8000_0007, 0x8000_0008, 0x8000_001A, 0x8000_001E, 0x8000_0022,
  ]
  private static let topologies: [UInt32] = [0xB, 0x1F, 0x8000_0026]
  private static let listed: [UInt32] = [4, 7, 0xB, 0xD, 0x1F, 0x24, 0x8000_001D, 0x8000_0026]

  /// The leaves of the logical CPU that the calling thread is on; empty where there is no CPUID.
  public static func machine() -> CPUIDLeaves {
    var leaves = CPUIDLeaves()
    guard let highest = cpuid(0)?.eax, let highestExtended = cpuid(0x8000_0000)?.eax else {
      return leaves
    }
    func exists(_ leaf: UInt32) -> Bool {
      leaf <= (leaf < 0x8000_0000 ? highest : highestExtended)
    }

    for leaf in plain where exists(leaf) { leaves[leaf] = cpuid(leaf) ?? Registers() }
    for leaf in listed where exists(leaf) {
      for subleaf in 0..<UInt32(leaf == 0xD ? 2 : 8) {
        let answer = cpuid(leaf, subleaf) ?? Registers()
        // A topology leaf that has come to its end still repeats the subleaf and the APIC id.
        if answer == Registers() || topologies.contains(leaf) && answer.ebx == 0 { break }
        leaves[leaf, subleaf] = answer
      }
    }

    // Without a hypervisor these numbers answer with the data of another leaf.
    if leaves[1].ecx >> 31 == 1 {
      for base in Hypervisor.signatureLeaves {
        guard let answer = cpuid(base), answer.ebx != 0 else { continue }
        leaves[base] = answer
        for offset: UInt32 in [1, 3, 0x10] where base + offset <= answer.eax {
          leaves[base + offset] = cpuid(base + offset) ?? Registers()
        }
      }
    }

    if leaves[1].ecx >> 27 & 1 == 1 { leaves.xcr0 = ccpu_xcr0() }
    return leaves
  }

  private static func cpuid(_ leaf: UInt32, _ subleaf: UInt32 = 0) -> Registers? {
    var words = [UInt32](repeating: 0, count: 4)
    guard ccpu_cpuid(leaf, subleaf, &words) == 1 else { return nil }
    return Registers(eax: words[0], ebx: words[1], ecx: words[2], edx: words[3])
  }
}

extension CPUIDLeaves {
  /// A line of a recording that cannot be read.
  public struct RecordingError: Error, Equatable, CustomStringConvertible {
    /// From 1.
    public var line: Int
    public var text: String

    public var description: String {
      "line \(line) of a CPUID recording is neither 'xcr0 HEX' nor 'LEAF SUBLEAF: EAX EBX ECX EDX'"
        + " in hexadecimal: '\(text)'"
    }
  }

  /// Reads a recording: a line a leaf, `00000007 0: 00000001 f1bf07ab 00405fc6 00000010` (leaf,
  /// subleaf, eax, ebx, ecx, edx), a line `xcr0 e7`, all in hexadecimal; `#` starts a comment.
  ///
  /// - Throws: `RecordingError` for a line of another form.
  public init(recording: String) throws(RecordingError) {
    self.init()
    for (index, line) in recording.split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      let content = line.prefix { $0 != "#" }
      let words = content.split { $0 == " " || $0 == ":" || $0 == "\r" || $0 == "\t" }
      if words.isEmpty { continue }
      if words.count == 2, words[0] == "xcr0", let value = UInt64(words[1], radix: 16) {
        xcr0 = value
        continue
      }
      let numbers = words.compactMap { UInt32($0, radix: 16) }
      guard words.count == 6, numbers.count == 6, content.contains(":") else {
        throw RecordingError(line: index + 1, text: String(line))
      }
      self[numbers[0], numbers[1]] = Registers(
        eax: numbers[2], ebx: numbers[3], ecx: numbers[4], edx: numbers[5])
    }
  }

  /// This table in the form that `init(recording:)` reads.
  public var recording: String {
    let lines = registers.sorted {
      ($0.key.leaf, $0.key.subleaf) < ($1.key.leaf, $1.key.subleaf)
    }.map { query, r in
      hex(query.leaf, digits: 8) + " " + String(query.subleaf, radix: 16) + ": "
        + [r.eax, r.ebx, r.ecx, r.edx].map { hex($0, digits: 8) }.joined(separator: " ")
    }
    return (["xcr0 " + String(xcr0, radix: 16)] + lines).joined(separator: "\n") + "\n"
  }
}
